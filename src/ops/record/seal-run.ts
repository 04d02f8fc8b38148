/**
 * Sealing: the moment a run's record becomes history. `mlv commit`, a finished library run and recovery all end here.
 */
import { newUlid } from '../../base/ulid.ts'
import { operationIdOf } from '../../domain/operation.ts'
import type { Operation, OperationId } from '../../domain/operation.ts'
import type { Oid } from '../../domain/oid.ts'
import { readRun } from '../../store/branch/read-runs.ts'
import type { BranchSnapshot } from '../../store/branch/snapshot.ts'
import { writeBranch } from '../../store/branch/transaction.ts'
import type { Draft, Plan } from '../../store/branch/transaction.ts'
import { findBaseline } from '../revisions/baseline.ts'
import type { Baseline } from '../revisions/baseline.ts'
import type { Repository } from '../repository/repository.ts'
import { runEdits } from '../repository/run-edits.ts'
import type { RunRecord } from '../repository/run-edits.ts'
import { planVersion } from '../repository/version-edits.ts'
import type { Registration } from '../repository/version-edits.ts'

/** What sealing did. */
export interface Sealed {
  /** Absent when the run was on the branch already: a recovery after the commit had landed. */
  readonly operation: OperationId | undefined
  readonly commit: Oid | undefined
  readonly registration: Registration | undefined
  /** What the run is compared with, as the branch stood just before. */
  readonly baseline: Baseline | undefined
}

/**
 * Puts a run on the branch, with its version when it asks for one. Sealing the same run twice is sealing it once.
 *
 * @throws what `writeBranch` refuses, `name-taken`
 */
export async function sealRun(repository: Repository, record: RunRecord, kind: 'commit' | 'recover'): Promise<Sealed> {
  const landed = await writeBranch(repository.context, (snapshot) => planSeal(repository, snapshot, record, kind))
  return { ...landed.result, operation: landed.operation?.id, commit: landed.commit }
}

async function planSeal(
  repository: Repository,
  snapshot: BranchSnapshot,
  record: RunRecord,
  kind: 'commit' | 'recover',
): Promise<Plan<Pick<Sealed, 'registration' | 'baseline'>>> {
  const nothing = { registration: undefined, baseline: undefined }
  if ((await readRun(snapshot, record.run.id)) !== undefined) return { draft: undefined, result: nothing }
  const [baseline, registration] = await Promise.all([
    findBaseline(snapshot, record),
    record.model === undefined ? undefined : planVersion(snapshot, record, record.model, repository),
  ])
  const operation = describe(repository, record, registration, kind)
  const edits = [...runEdits(record), ...(registration?.edits ?? [])]
  const draft = { operation, edits, ...keepOf(record) }
  return { draft, result: { registration, baseline } }
}

function keepOf({ keepCode, keepAlso }: RunRecord): Pick<Draft, 'keepCode' | 'keepAlso'> {
  return {
    ...(keepCode === undefined ? {} : { keepCode }),
    ...(keepAlso === undefined ? {} : { keepAlso }),
  }
}

function describe(
  repository: Repository,
  { run }: RunRecord,
  registration: Registration | undefined,
  kind: 'commit' | 'recover',
): Operation {
  const version = registration?.version
  const what = version === undefined ? run.experiment : `${version.model} v${version.number}`
  return {
    id: operationIdOf(newUlid(repository.clock, repository.entropy)),
    kind,
    subject: `${what}: ${subjectOf(run.message) ?? `record run ${run.id.slice(0, 12)}`}`,
    runs: [run.id],
    ...bodyOf(run.message),
    ...(version === undefined ? {} : { model: version.model, version: { number: version.number, uid: version.uid } }),
  }
}

/** The first line of a message, short enough for a log. */
function subjectOf(message: string | undefined): string | undefined {
  const line = message?.split('\n', 1)[0]?.trim()
  return line === undefined || line === '' ? undefined : line.slice(0, 100)
}

/** The whole message, where the subject does not say all of it. */
function bodyOf(message: string | undefined): Pick<Operation, 'body'> {
  return message === undefined || message.trim() === (subjectOf(message) ?? '') ? {} : { body: message }
}
