/**
 * Live runs for programs: what is logged is on the disk when the call returns, and history when the run ends.
 *
 * A process that dies in between leaves its journal; `recoverRuns` seals it as `killed` with every point acknowledged.
 */
import { present } from '../base/assert.ts'
import { instantOf } from '../base/clock.ts'
import { newUlid } from '../base/ulid.ts'
import { sha256Of } from '../base/digest.ts'
import { parseExperimentName, parseMetricKey } from '../domain/key.ts'
import { flattenParameters } from '../domain/parameter-flatten.ts'
import type { Value } from '../base/value.ts'
import { refuse } from '../domain/failure.ts'
import { parseTag, runIdOf } from '../domain/run.ts'
import type { RunId, SealedRun } from '../domain/run.ts'
import { openSnapshot } from '../store/branch/snapshot.ts'
import { encodeEnvironment } from '../store/documents/environment-manifest.ts'
import { captureCode, DEFAULT_SNAPSHOT_LIMIT_BYTES } from '../store/inputs/code-state.ts'
import { probeEnvironment } from '../store/inputs/environment.ts'
import { startJournal } from '../store/journal/journal.ts'
import type { Journal } from '../store/journal/journal.ts'
import type { JournalEvent } from '../store/journal/journal-event.ts'
import { foldJournal } from './fold-journal.ts'
import { recordEvent } from './journal-record.ts'
import { completeRecord } from './recover-runs.ts'
import type { Repository } from './repository.ts'
import type { RunRecord } from './run-edits.ts'
import { sealRun } from './seal-run.ts'

/** What is known when a run starts. */
export interface StartOptions {
  readonly experiment: string
  readonly message?: string
  /** Nested mappings become dotted keys. */
  readonly parameters?: Value
}

/** A running run. Calls are durable when they return, and must not overlap. */
export interface RunHandle {
  readonly id: RunId
  /** Adds parameters; a key logged again takes the later value. */
  readonly logParameters: (parameters: Value) => Promise<void>
  /** Adds a point. `step` counts up from 0 when absent. NaN and infinities are kept. */
  readonly logMetric: (key: string, value: number, options?: { readonly step?: number }) => Promise<void>
  readonly addTags: (tags: readonly string[]) => Promise<void>
  /** Seals the run as finished. */
  readonly finish: () => Promise<SealedRun>
  /** Seals the run as failed. */
  readonly fail: (exitCode: number) => Promise<SealedRun>
}

/**
 * Starts a run: its code and environment are captured now, not when it ends.
 *
 * @throws `branch-not-found`, `secret-found`, `snapshot-too-large`, `identity-missing`
 */
export async function startRun(repository: Repository, options: StartOptions): Promise<RunHandle> {
  const snapshot = await openSnapshot(repository.context.engine)
  const record = await startingRecord(repository, options, snapshot.settings.store)
  const first = recordEvent(record)
  const journal = await startJournal(repository.journals, record.run.id, [first])
  return handleOf(repository, record.run.id, journal, [first])
}

async function startingRecord(
  repository: Repository,
  options: StartOptions,
  store: RunRecord['store'],
): Promise<RunRecord> {
  const { signatures } = repository.context
  // A run that nobody can sign must fail now, not when it has trained for a day.
  await signatures()
  const root = repository.worktree ?? repository.folder
  const [captured, environment] = await Promise.all([
    repository.git === undefined
      ? { code: { kind: 'none' as const, reason: 'there is no git program to ask' } }
      : captureCode(repository.git, repository.place, repository.files, {
          signatures,
          entropy: repository.entropy,
          allowSecrets: false,
          exclude: [],
          limitBytes: DEFAULT_SNAPSHOT_LIMIT_BYTES,
        }),
    probeEnvironment(repository.files, root, repository.variables, repository.system),
  ])
  const at = instantOf(repository.clock.nowMs())
  const run: SealedRun = {
    id: runIdOf(newUlid(repository.clock, repository.entropy)),
    experiment: parseExperimentName(options.experiment),
    status: 'killed',
    startedAt: at,
    lastSeenAt: at,
    ...(options.message === undefined ? {} : { message: options.message }),
    parameters: options.parameters === undefined ? new Map() : flattenParameters(options.parameters, 'parameters'),
    metrics: new Map(),
    datasets: [],
    code: captured.code,
    environment: sha256Of(encodeEnvironment(environment)),
    files: { count: 0, sizeBytes: 0 },
  }
  const keepCode = 'keep' in captured ? captured.keep : undefined
  return {
    run,
    notes: { tags: [], archived: false },
    environment,
    series: undefined,
    files: [],
    inline: new Map(),
    store,
    ...(keepCode === undefined ? {} : { keepCode }),
  }
}

function handleOf(repository: Repository, id: RunId, journal: Journal, events: JournalEvent[]): RunHandle {
  const steps = new Map<string, number>()
  const append = async (event: JournalEvent): Promise<void> => {
    await journal.append([event])
    events.push(event)
  }
  const seal = async (end: Pick<Extract<JournalEvent, { kind: 'end' }>, 'status' | 'exitCode'>): Promise<SealedRun> => {
    await append({ kind: 'end', at: instantOf(repository.clock.nowMs()), ...end })
    return sealEvents(repository, journal, events)
  }
  return {
    id,
    logParameters: async (parameters) =>
      append({ kind: 'parameters', values: flattenParameters(parameters, 'parameters') }),
    logMetric: async (key, value, options) => {
      const metric = parseMetricKey(key)
      const step = options?.step ?? (steps.get(key) ?? -1) + 1
      if (!Number.isSafeInteger(step))
        throw refuse('usage-invalid', { problem: `a step is a whole number, not ${step}` })
      steps.set(key, step)
      await append({ kind: 'points', metric, points: [{ step, value, atMs: repository.clock.nowMs() }] })
    },
    addTags: async (tags) => append({ kind: 'tags', tags: tags.map(parseTag) }),
    finish: () => seal({ status: 'finished' }),
    fail: (exitCode) => seal({ status: 'failed', exitCode }),
  }
}

async function sealEvents(
  repository: Repository,
  journal: Journal,
  events: readonly JournalEvent[],
): Promise<SealedRun> {
  const folded = foldJournal(events)
  const record = await completeRecord(repository, present(folded, 'a journal with its first event'))
  await sealRun(repository, record, 'commit')
  await journal.remove()
  return record.run
}
