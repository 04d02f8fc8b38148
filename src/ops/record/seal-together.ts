/**
 * Runs that ended in their journals, sealed by one operation: a sweep, or a repetition with its receipt.
 */
import type { Oid } from '../../domain/oid.ts'
import type { Operation, OperationId } from '../../domain/operation.ts'
import type { RunId } from '../../domain/run.ts'
import { readRun } from '../../store/branch/read-runs.ts'
import type { BranchSnapshot } from '../../store/branch/snapshot.ts'
import { writeBranch } from '../../store/branch/transaction.ts'
import type { Draft } from '../../store/branch/transaction.ts'
import type { TreeEdit } from '../../store/git/engine.ts'
import { readJournal, removeJournal, requireWhole } from '../../store/journal/journal.ts'
import { completeRecord } from './complete-record.ts'
import { foldJournal } from './fold-journal.ts'
import type { Repository } from '../repository/repository.ts'
import { runEdits } from '../repository/run-edits.ts'
import type { RunRecord } from '../repository/run-edits.ts'
import { planVersion } from '../repository/version-edits.ts'
import type { Registration } from '../repository/version-edits.ts'

/** What is sealed, and how it is told. */
export interface SealTogether {
  readonly records: readonly RunRecord[]
  /** The one run that may lead to a version: a new one, or only one that has its content already. */
  readonly registers?: { readonly run: RunId; readonly how: 'new' | 'join' }
  /** The operation and what else it puts on the branch. */
  readonly describe: (
    snapshot: BranchSnapshot,
    registration: Registration | undefined,
  ) => Promise<{ readonly operation: Operation; readonly edits: readonly TreeEdit[] }>
}

/** What sealing did; without an operation when every run was on the branch already. */
export interface SealedTogether {
  readonly operation: OperationId | undefined
  readonly commit: Oid | undefined
  readonly registration: Registration | undefined
}

/**
 * Reads the record of a run that ended in its journal; `undefined` when it has none, or it broke off at once.
 *
 * @throws `journal-damaged`, `document-malformed`, the disk's refusals
 */
export async function readEndedRun(repository: Repository, run: RunId): Promise<RunRecord | undefined> {
  const content = await readJournal(repository.journals, run)
  if (content === undefined) return undefined
  requireWhole(repository.journals, run, content)
  const folded = foldJournal(content.events)
  return folded === undefined ? undefined : (await completeRecord(repository, folded)).record
}

/**
 * Puts runs on the branch in one transaction, then removes their journals.
 *
 * @throws what `writeBranch` refuses, `name-taken`
 */
export async function sealTogether(repository: Repository, request: SealTogether): Promise<SealedTogether> {
  const landed = await writeBranch(repository.context, async (snapshot) => {
    const known = await Promise.all(request.records.map(({ run }) => readRun(snapshot, run.id)))
    const fresh = request.records.filter((_, index) => known[index] === undefined)
    if (fresh.length === 0) return { draft: undefined, result: undefined }
    const registration = await register(repository, snapshot, fresh, request)
    const { operation, edits } = await request.describe(snapshot, registration)
    const all = [...fresh.flatMap(runEdits), ...(registration?.edits ?? []), ...edits]
    return { draft: { operation, edits: all, ...keptCode(fresh) }, result: registration }
  })
  for (const { run } of request.records) await removeJournal(repository.journals, run.id)
  return { operation: landed.operation?.id, commit: landed.commit, registration: landed.result }
}

async function register(
  repository: Repository,
  snapshot: BranchSnapshot,
  records: readonly RunRecord[],
  { registers }: SealTogether,
): Promise<Registration | undefined> {
  const record = records.find(({ run }) => run.id === registers?.run)
  if (registers === undefined || record?.model === undefined) return undefined
  const registration = await planVersion(snapshot, record, record.model, repository)
  return registers.how === 'join' && registration.created ? undefined : registration
}

/** Each worktree may have made its own snapshot of the same code; all of them are kept. */
function keptCode(records: readonly RunRecord[]): Pick<Draft, 'keepCode' | 'keepAlso'> {
  const kept = records.flatMap(({ keepCode, keepAlso }) => {
    return [...(keepCode === undefined ? [] : [keepCode]), ...(keepAlso ?? [])]
  })
  const [first, ...rest] = [...new Set(kept)]
  if (first === undefined) return {}
  return rest.length === 0 ? { keepCode: first } : { keepCode: first, keepAlso: rest }
}
