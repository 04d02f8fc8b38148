/**
 * `mlv sweep`: runs the trials of a space on this machine, several at a time, and records them with one commit.
 *
 * Every trial is in its journal the moment it ends, so a sweep that is killed is taken up where it was.
 */
import { newUlid } from '../../base/ulid.ts'
import { refuse } from '../../domain/failure.ts'
import { operationIdOf } from '../../domain/operation.ts'
import type { Operation } from '../../domain/operation.ts'
import { formatParameterText } from '../../domain/parameter-text.ts'
import type { SealedRun } from '../../domain/run.ts'
import { sweepGroup, trialKey, trialsOf } from '../../domain/sweep.ts'
import type { Sweep, Trial } from '../../domain/sweep.ts'
import type { CommandTerminal } from '../../store/processes/command-terminal.ts'
import type { Repository } from '../repository/repository.ts'
import { runCommand } from '../record/run-command.ts'
import type { RunRecord } from '../repository/run-edits.ts'
import { shortNumber } from '../models/promote-version.ts'
import { readEndedRun, sealTogether } from '../record/seal-together.ts'
import type { SealedTogether } from '../record/seal-together.ts'
import { sharedSignals } from '../repository/shared-signals.ts'
import type { SweepOptions, SweepReport, TrialReport } from './sweep-options.ts'
import { readProgress } from './sweep-progress.ts'
import { openWorkers } from './sweep-workers.ts'
import type { SweepWorker } from './sweep-workers.ts'

/** What a sweep has while it runs. */
interface Running {
  readonly options: SweepOptions
  readonly group: string
  readonly queue: Trial[]
  readonly records: RunRecord[]
  readonly reports: TrialReport[]
  readonly terminal: CommandTerminal
  readonly isStopped: () => boolean
}

/**
 * Runs a sweep to its end, or until it is interrupted.
 *
 * @throws `sweep-begun` when trials wait in their journals and it is not resumed, `usage-invalid` for a trial there is
 * not, what `runCommand` and `sealTogether` refuse
 */
export async function runSweep(repository: Repository, options: SweepOptions): Promise<SweepReport> {
  const { sweep, resume } = options
  const group = sweepGroup({ ...sweep, command: options.command })
  const all = trialsOf(sweep)
  const chosen = options.trial === undefined ? all : [trialNumbered(all, options.trial)]
  const progress = await readProgress(repository, group, sweep)
  if (!resume && options.trial === undefined && progress.waiting.length > 0) {
    throw refuse('sweep-begun', { group, ended: progress.waiting.length, trials: all.length })
  }
  const ended = resume ? progress.ended : new Map<string, SealedRun>()
  const known = chosen.flatMap((trial) => {
    const run = ended.get(trialKey(trial.parameters))
    return run === undefined ? [] : [reportOf(sweep, trial, run, true)]
  })
  const isKnown = new Set(known.map(({ trial }) => trial.number))
  const signals = sharedSignals(options.terminal)
  const running: Running = {
    options,
    group,
    queue: chosen.filter(({ number }) => !isKnown.has(number)),
    records: options.trial === undefined ? [...progress.waiting] : [],
    reports: [...known],
    terminal: signals.terminal,
    isStopped: signals.wasSignalled,
  }
  try {
    const told = await runQueue(repository, running)
    return await finish(repository, running, { trialCount: all.length, told })
  } finally {
    signals.close()
  }
}

function trialNumbered(trials: readonly Trial[], number: number): Trial {
  const trial = trials[number - 1]
  if (trial === undefined) {
    throw refuse('usage-invalid', { problem: `there is no trial ${number}; the sweep has ${trials.length}` })
  }
  return trial
}

async function runQueue(repository: Repository, running: Running): Promise<readonly string[]> {
  const { options, queue } = running
  if (queue.length === 0) return []
  const count = Math.min(options.workers, queue.length)
  const { folder, allowSecrets } = options
  const { workers, told } = await openWorkers(repository, { count, folder, allowSecrets })
  try {
    const done = await Promise.allSettled(workers.map((worker) => work(running, worker)))
    const refused = done.find((result) => result.status === 'rejected')
    if (refused !== undefined) throw refused.reason
  } finally {
    for (const worker of workers) await worker.close()
    await repository.files.removeFolder(folder)
  }
  return told
}

/** Takes trials until there are none, or one was refused: it would be refused again. */
async function work(running: Running, { folder, variables }: SweepWorker): Promise<void> {
  const { options, queue } = running
  const repository = await options.open({ folder, variables })
  try {
    for (let trial = queue.shift(); trial !== undefined && !running.isStopped(); trial = queue.shift()) {
      await runTrial(repository, running, trial, folder)
    }
  } catch (refused) {
    queue.length = 0
    throw refused
  } finally {
    await repository.close()
  }
}

async function runTrial(repository: Repository, running: Running, trial: Trial, folder: string): Promise<void> {
  const { options, group, terminal } = running
  const { sweep, command, message } = options
  const { run } = await runCommand(repository, {
    command,
    folder,
    ...(sweep.experiment === undefined ? {} : { experiment: sweep.experiment }),
    message: message ?? `${sweep.name} trial ${trial.number}`,
    tags: [],
    params: [...trial.parameters].map(([key, value]) => ({ key, text: formatParameterText(value) })),
    group,
    variables: { MLV_TRIAL: String(trial.number) },
    allowSecrets: options.allowSecrets,
    terminal,
    seal: 'later',
  })
  const record = await readEndedRun(repository, run.id)
  if (record === undefined) return
  running.records.push(record)
  const report = reportOf(sweep, trial, record.run, false)
  running.reports.push(report)
  options.onTrial(report)
}

function reportOf({ metric }: Sweep, trial: Trial, run: SealedRun, isKnown: boolean): TrialReport {
  const value = metric === undefined ? undefined : run.metrics.get(metric.key)?.summary.last
  return { trial, run, isKnown, ...(value === undefined ? {} : { value }) }
}

async function finish(
  repository: Repository,
  running: Running,
  { trialCount, told }: Pick<SweepReport, 'trialCount' | 'told'>,
): Promise<SweepReport> {
  const { group, options, records } = running
  const trials = [...running.reports].sort((left, right) => left.trial.number - right.trial.number)
  const best = bestOf(options.sweep, trials)
  const common = { group, trialCount, trials, ...(best === undefined ? {} : { best }), told }
  if (running.isStopped()) return { ...common, isInterrupted: true }
  const sealed = records.length === 0 ? undefined : await seal(repository, running, best)
  const version = sealed?.registration?.version
  return {
    ...common,
    isInterrupted: false,
    ...(version === undefined ? {} : { version }),
    ...(sealed?.operation === undefined ? {} : { operation: sealed.operation }),
    ...(sealed?.commit === undefined ? {} : { commit: sealed.commit }),
  }
}

/** The best finished trial; only it may become a version, and only where there is a metric to say so. */
function bestOf({ metric }: Sweep, trials: readonly TrialReport[]): TrialReport | undefined {
  if (metric === undefined) return undefined
  const sign = metric.goal === 'max' ? 1 : -1
  const measured = trials.filter(({ run, value }) => run.status === 'finished' && Number.isFinite(value))
  return measured.reduce<TrialReport | undefined>((best, trial) => {
    return best === undefined || sign * (trial.value ?? 0) > sign * (best.value ?? 0) ? trial : best
  }, undefined)
}

async function seal(
  repository: Repository,
  { records, group, options }: Running,
  best: TrialReport | undefined,
): Promise<SealedTogether> {
  const registers = best === undefined || options.trial !== undefined ? undefined : best.run.id
  return sealTogether(repository, {
    records,
    ...(registers === undefined ? {} : { registers: { run: registers, how: 'new' as const } }),
    describe: (_, registration) => {
      const { version } = registration ?? {}
      const named =
        best?.value === undefined ? '' : `, best ${options.sweep.metric?.key ?? ''} ${shortNumber(best.value)}`
      const operation: Operation = {
        id: operationIdOf(newUlid(repository.clock, repository.entropy)),
        kind: 'commit',
        subject: `${group}: ${records.length === 1 ? 'one trial' : `${records.length} trials`}${named}`,
        runs: records.map(({ run }) => run.id),
        ...(version === undefined
          ? {}
          : { model: version.model, version: { number: version.number, uid: version.uid } }),
      }
      return Promise.resolve({ operation, edits: [] })
    },
  })
}
