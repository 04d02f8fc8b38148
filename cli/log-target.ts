/**
 * What the commands that log into a run share: which run it is, and what they say when it is done.
 */
import type { ValueMap } from '../src/base/value.ts'
import { valueMap } from '../src/base/value.ts'
import type { LogEntry } from '../src/domain/log-entry.ts'
import { logOfRun, logOfVariables, logToRun } from '../src/ops/record/log-to-run.ts'
import type { LogReport } from '../src/ops/record/log-to-run.ts'
import type { Session } from './command.ts'
import { EXIT } from './exit-code.ts'
import type { ExitCode } from './exit-code.ts'
import { integer } from './json/json-members.ts'
import { text } from './option.ts'

/** Where to log to. */
export const RUN_OPTION = text('--run <id>', 'a run that is being written; the one of MLV_RUN_DIR when not given')

/** Logs entries; says nothing when all is well, because it is called in loops. @throws `run-not-live` */
export async function logEntries(
  { output, openOptions, withRepository }: Session,
  run: string | undefined,
  entries: readonly LogEntry[],
): Promise<ExitCode> {
  // The repository is opened only for a run that is named: it is most of the time this takes.
  const log =
    run === undefined
      ? await logOfVariables(openOptions.variables)
      : await withRepository((repository) => logOfRun(repository, run))
  const report = await logToRun(log, entries)
  output.answer(
    () => loggedJson(report),
    () => [],
  )
  return EXIT.ok
}

/** The report as JSON. */
export function loggedJson({ run, folder, lines }: LogReport): ValueMap {
  return valueMap({ run, folder, lines: integer(lines) })
}
