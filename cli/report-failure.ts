/**
 * Failures as people and programs read them: what is wrong, why, what to type next, and an exit code.
 */
import { valueMap } from '../src/base/value.ts'
import type { ValueMap } from '../src/base/value.ts'
import { Failure } from '../src/domain/failure.ts'
import type { Environment } from './environment.ts'
import { EXIT } from './exit-code.ts'
import type { ExitCode } from './exit-code.ts'
import { failureExitCodes } from './failure-exit-codes.ts'
import { failureDataJson } from './json/failure-json.ts'
import { styled } from './format/line.ts'
import type { Line } from './format/line.ts'
import { nextCommand } from './next-command.ts'
import { documentText, renderingFor, textOfLines } from './output.ts'

/** The command line that failed. */
export interface FailedCommand {
  /** Absent when no verb was understood. */
  readonly verb: string | undefined
  readonly argv: readonly string[]
}

interface Report {
  readonly code: string
  readonly message: string
  readonly why: string
  readonly next: string
  readonly data: ValueMap
}

/** Reports what was caught on standard error and returns the exit code for it. */
export function reportFailure(environment: Environment, caught: unknown, command: FailedCommand): ExitCode {
  const report = caught instanceof Failure ? reportOf(caught, command) : bugReport(caught)
  const { standardError, variables } = environment
  const noColor = command.argv.includes('--no-color')
  const rendering = renderingFor(environment, standardError.isTerminal, { noColor })
  if (command.argv.includes('--json')) {
    const { data, ...texts } = report
    standardError.write(`${documentText(valueMap({ error: valueMap({ ...texts, data }) }), rendering)}\n`)
  } else standardError.write(textOfLines(linesOf(report), rendering))
  if (variables['MLV_DEBUG'] === '1') standardError.write(textOfLines(stackLines(caught), rendering))
  return caught instanceof Failure ? failureExitCodes[caught.code] : EXIT.other
}

function reportOf(failure: Failure, { verb }: FailedCommand): Report {
  const { code, message, why, detail } = failure
  return { code, message, why, next: nextCommand(detail, verb), data: failureDataJson(detail.data) }
}

function bugReport(caught: unknown): Report {
  const message = caught instanceof Error ? caught.message : String(caught)
  return {
    code: 'bug',
    message: `bug: ${message}`,
    why: 'mlv met something its authors did not foresee; what was acknowledged before is safe',
    next: 'run it again with MLV_DEBUG=1 and report what it prints',
    data: new Map(),
  }
}

function linesOf({ code, message, why, next }: Report): readonly Line[] {
  const suffix = code === 'bug' ? [] : [styled('faint', ` (${code})`)]
  return [
    [styled('bad', 'mlv:'), ` ${message}`, ...suffix],
    [styled('faint', 'why:'), ` ${why}`],
    [styled('faint', 'next:'), ` ${next}`],
  ]
}

/** The stack of what was caught, then of what caused it. */
function stackLines(caught: unknown): readonly Line[] {
  if (!(caught instanceof Error)) return [[`thrown: ${String(caught)}`]]
  const own = (caught.stack ?? caught.message).split('\n').map((line): Line => [line])
  return caught.cause === undefined ? own : [...own, ['caused by:'], ...stackLines(caught.cause)]
}
