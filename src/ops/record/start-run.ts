/**
 * Live runs for programs: what is logged is on the disk when the call returns, and history when the run ends.
 *
 * A process that dies in between leaves its journal; `recoverRuns` seals it as `killed` with every point acknowledged.
 */
import { instantOf } from '../../base/clock.ts'
import { newUlid } from '../../base/ulid.ts'
import { sha256Of } from '../../base/digest.ts'
import { parseExperimentName } from '../../domain/key.ts'
import { flattenParameters } from '../../domain/parameter-flatten.ts'
import type { Value } from '../../base/value.ts'
import { runIdOf } from '../../domain/run.ts'
import type { SealedRun } from '../../domain/run.ts'
import { openSnapshot } from '../../store/branch/snapshot.ts'
import { encodeEnvironment } from '../../store/documents/environment-manifest.ts'
import { captureCode, DEFAULT_SNAPSHOT_LIMIT_BYTES } from '../../store/code/code-state.ts'
import { probeEnvironment } from '../../store/environment/environment.ts'
import { startJournal } from '../../store/journal/journal.ts'
import { recordEvent } from './journal-record.ts'
import type { Repository } from '../repository/repository.ts'
import type { RunRecord } from '../repository/run-edits.ts'
import { openRunHandle } from './run-handle.ts'
import type { RunHandle } from './run-handle.ts'

/** What is known when a run starts. */
export interface StartOptions {
  readonly experiment: string
  readonly message?: string
  /** Nested mappings become dotted keys. */
  readonly parameters?: Value
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
  return openRunHandle(repository, record.run.id, journal, first)
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
