/**
 * `mlv revert`: undoes one operation by a new one. History only goes forward, and no record is ever taken back.
 */
import { newUlid } from '../../base/ulid.ts'
import { refuse } from '../../domain/failure.ts'
import { parseAliasName, parseModelName } from '../../domain/name.ts'
import type { Oid } from '../../domain/oid.ts'
import { parseOperation } from '../../domain/operation-message.ts'
import { operationIdOf, parseOperationId } from '../../domain/operation.ts'
import type { Operation, OperationId } from '../../domain/operation.ts'
import type { TreePath } from '../../domain/tree-path.ts'
import { changedPaths } from '../../store/branch/changed-paths.ts'
import type { ChangedPath } from '../../store/branch/changed-paths.ts'
import { requireVersion } from '../../store/branch/read-models.ts'
import type { BranchSnapshot } from '../../store/branch/snapshot.ts'
import { writeBranch } from '../../store/branch/transaction.ts'
import { decodeAlias } from '../../store/documents/alias-manifest.ts'
import type { Commit, TreeEdit, TreeEntry } from '../../store/git/engine.ts'
import { refuseRetired } from './promote-version.ts'
import type { Repository } from '../repository/repository.ts'

/** What was undone, and by which operation. */
export interface RevertReport {
  /** Absent when the commit was made with plain git and has no operation id. */
  readonly reverted: OperationId | undefined
  readonly revertedCommit: Oid
  /** Subject of the undone operation. */
  readonly subject: string
  readonly operation: OperationId
  readonly commit: Oid
  readonly paths: readonly TreePath[]
}

/** Records stay: a run or version that was once on the branch is never taken off it. */
const RECORD =
  /^(?:runs\/|models\/[^/]+\/versions\/[^/]+\/(?:version\.yaml|files\.yaml|files\/|receipts\/))|^mlv\.json$/

const ALIAS = /^models\/([^/]+)\/aliases\/([^/]+)\.yaml$/

/**
 * Reverts an operation named by its id, a unique prefix of it, or its commit.
 *
 * @throws `operation-not-found`, `revert-conflict` when a later operation changed the same file,
 * `revert-record` when it added runs or versions, `version-retired` when an alias would name such a version again,
 * `usage-invalid` when it changed no file
 */
export async function revertOperation(
  repository: Repository,
  text: string,
  options: { readonly reason?: string },
): Promise<RevertReport> {
  const landed = await writeBranch(repository.context, async (snapshot) => {
    const { commit, tip } = await findOperation(snapshot, text)
    const changes = await changedPaths(snapshot.engine, commit.parents[0], commit.oid)
    const edits = await inverseEdits(snapshot, { text, commit, tip, changes })
    if (edits.length === 0)
      throw refuse('usage-invalid', { problem: `'${text}' changed no file, so nothing can be undone` })
    const undone = parseOperation(commit.message)
    const subject = commit.message.split('\n', 1)[0] ?? ''
    const operation = describe(repository, undone, subject, options.reason)
    const result = { reverted: undone?.id, revertedCommit: commit.oid, subject, paths: changes.map(({ path }) => path) }
    return { draft: { operation, edits }, result }
  })
  if (landed.operation === undefined || landed.commit === undefined) throw refuse('operation-not-found', { text })
  return { ...landed.result, operation: landed.operation.id, commit: landed.commit }
}

interface Found {
  readonly commit: Commit
  /** The tip of the area the operation is on. */
  readonly tip: Oid
}

async function findOperation(snapshot: BranchSnapshot, text: string): Promise<Found> {
  const wanted = parseOperationId(text)
  const prefix = text.toLowerCase()
  // By operation: one that made a commit on both areas is one, told by its records, which are what forbids undoing it.
  const found = new Map<string, Found>()
  for (const tip of new Set([snapshot.tips.registry, snapshot.tips.records])) {
    for (const commit of await snapshot.engine.log(tip, {})) {
      const id = parseOperation(commit.message)?.id
      const named =
        wanted === undefined ? id?.startsWith(prefix) === true || commit.oid.startsWith(prefix) : id === wanted
      if (named) found.set(id ?? commit.oid, { commit, tip })
    }
  }
  const [only, second] = found.values()
  if (only === undefined || prefix.length < 4) throw refuse('operation-not-found', { text })
  if (second !== undefined) {
    throw refuse('revision-ambiguous', {
      text,
      matches: [...found.values()].map(({ commit }) => commit.oid.slice(0, 12)),
    })
  }
  return only
}

async function inverseEdits(
  snapshot: BranchSnapshot,
  undo: Found & { readonly text: string; readonly changes: readonly ChangedPath[] },
): Promise<readonly TreeEdit[]> {
  const edits: TreeEdit[] = []
  for (const { path, before, after } of undo.changes) {
    if (RECORD.test(path)) throw refuse('revert-record', { operation: undo.text, path })
    const now = await snapshot.engine.entryAt(undo.tip, path)
    if (now?.oid !== after?.oid) {
      const [newer] = await snapshot.engine.log(undo.tip, { path, limit: 1 })
      const subject = newer?.message.split('\n', 1)[0] ?? 'a later operation'
      throw refuse('revert-conflict', { operation: undo.text, path, newer: subject })
    }
    const inverse: TreeEdit =
      before === undefined
        ? { kind: 'remove', path }
        : { kind: 'put', path, bytes: await snapshot.engine.readBlob(before.oid) }
    edits.push(inverse)
    if (before !== undefined) await refuseRetiredAlias(snapshot, path, before)
  }
  return edits
}

/** An undone promotion must not leave an alias on a version that was retired since. */
async function refuseRetiredAlias(snapshot: BranchSnapshot, path: TreePath, before: TreeEntry): Promise<void> {
  const [, modelText, aliasText] = ALIAS.exec(path) ?? []
  if (modelText === undefined || aliasText === undefined) return
  const model = parseModelName(modelText)
  const alias = decodeAlias(await snapshot.engine.readBlob(before.oid), path, model, parseAliasName(aliasText))
  await refuseRetired(snapshot, await requireVersion(snapshot, model, alias.version.number))
}

function describe(
  repository: Repository,
  undone: Operation | undefined,
  subject: string,
  reason: string | undefined,
): Operation {
  return {
    id: operationIdOf(newUlid(repository.clock, repository.entropy)),
    kind: 'revert',
    subject: `revert "${subject}"`,
    ...(reason === undefined ? {} : { body: reason }),
    ...(undone?.model === undefined ? {} : { model: undone.model }),
    ...(undone === undefined ? {} : { reverts: undone.id }),
  }
}
