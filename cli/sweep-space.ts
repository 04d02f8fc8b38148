/**
 * A sweep from the command line, for `mlv sweep` and `mlv run --sweep`.
 */
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { refuse } from '../src/domain/failure.ts'
import type { Sweep } from '../src/domain/sweep.ts'
import { readSweep } from '../src/ops/sweep/read-sweep.ts'
import { openRepository } from '../src/ops/repository/repository.ts'
import type { Repository } from '../src/ops/repository/repository.ts'
import { runSweep } from '../src/ops/sweep/run-sweep.ts'
import type { SweepReport } from '../src/ops/sweep/sweep-options.ts'
import type { Session } from './command.ts'
import { EXIT } from './exit-code.ts'
import type { ExitCode } from './exit-code.ts'
import { arrayLines } from './format/array-line.ts'
import { sweepText, trialLine } from './format/sweep-text.ts'
import { sweepJson } from './json/sweep-json.ts'

/** What the command line says about a sweep. */
export interface SweepWishes {
  readonly file: string
  /** Program and arguments; those of the file when empty. */
  readonly command: readonly string[]
  readonly workers?: number
  readonly resume: boolean
  readonly trial?: number
  readonly print: 'none' | 'slurm' | 'ray'
  readonly message?: string
  readonly allowSecrets: boolean
}

/** Runs a sweep and reports it, or prints how to run it elsewhere. @throws what `runSweep` refuses */
export async function sweepSpace(session: Session, wishes: SweepWishes): Promise<ExitCode> {
  return session.withRepository(async (repository) => {
    const sweep = await readSweep(repository, wishes.file)
    const command = wishes.command.length > 0 ? wishes.command : (sweep.command ?? [])
    if (command.length === 0) {
      throw refuse('usage-invalid', { problem: `neither ${wishes.file} nor the command line names a command` })
    }
    if (wishes.print !== 'none') return printArray(session, sweep, { ...wishes, print: wishes.print })
    const report = await run(session, repository, { sweep, command, wishes })
    session.output.progress('')
    session.output.answer(
      () => sweepJson(report),
      () => sweepText(report, wishes.file),
    )
    return exitCodeOf(report)
  })
}

async function run(
  { openOptions, commandTerminal, output }: Session,
  repository: Repository,
  parts: { readonly sweep: Sweep; readonly command: readonly string[]; readonly wishes: SweepWishes },
): Promise<SweepReport> {
  const { sweep, command, wishes } = parts
  const { workers, trial, message, resume, allowSecrets } = wishes
  const name = Buffer.from(openOptions.entropy.randomBytes(6)).toString('hex')
  return runSweep(repository, {
    sweep,
    command,
    workers: workers ?? sweep.workers ?? 1,
    resume,
    ...(trial === undefined ? {} : { trial }),
    ...(message === undefined ? {} : { message }),
    allowSecrets,
    folder: join(tmpdir(), `mlv-sweep-${name}`),
    terminal: commandTerminal(),
    open: (place) => openRepository({ ...openOptions, ...place }),
    onTrial: (report) => output.talk(trialLine(report, sweep)),
  })
}

function printArray(
  { output }: Session,
  sweep: Sweep,
  wishes: SweepWishes & { readonly print: 'slurm' | 'ray' },
): ExitCode {
  const { document, lines } = arrayLines(sweep, wishes)
  output.answer(
    () => document,
    () => lines,
  )
  return EXIT.ok
}

/** A trial that failed is a finding and no failure of the sweep, unless there is nothing else. */
function exitCodeOf({ isInterrupted, trials }: SweepReport): ExitCode {
  if (isInterrupted) return EXIT.interrupted
  return trials.length > 0 && trials.every(({ run }) => run.status !== 'finished') ? EXIT.difference : EXIT.ok
}
