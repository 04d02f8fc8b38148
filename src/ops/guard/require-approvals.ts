/**
 * `mlv init --approvals` on a branch that exists: puts the files there that have a host ask for approvals.
 */
import { newUlid } from '../../base/ulid.ts'
import type { BranchSettings } from '../../domain/branch.ts'
import type { Oid } from '../../domain/oid.ts'
import { operationIdOf } from '../../domain/operation.ts'
import type { OperationId } from '../../domain/operation.ts'
import { approvalEdits } from '../../store/branch/approval-files.ts'
import { findArea, readPath, REGISTRY_REF } from '../../store/branch/snapshot.ts'
import type { BranchSnapshot } from '../../store/branch/snapshot.ts'
import { writeBranch } from '../../store/branch/transaction.ts'
import type { TreeEdit } from '../../store/git/engine.ts'
import type { Repository } from '../repository/repository.ts'

/** What was put on the branch; commit and operation are absent when it was there already. */
export interface ApprovalsReport {
  readonly settings: BranchSettings
  readonly operation: OperationId | undefined
  readonly commit: Oid | undefined
}

/** Tells whether there is a branch, here or on a remote that was fetched. */
export async function isSetUp({ context }: Repository): Promise<boolean> {
  return (await findArea(context.engine, REGISTRY_REF)) !== undefined
}

/** Writes the files in one operation. @throws what `writeBranch` refuses */
export async function requireApprovals(repository: Repository, owners: readonly string[]): Promise<ApprovalsReport> {
  const landed = await writeBranch(repository.context, async (snapshot) => {
    const edits = await newEdits(snapshot, approvalEdits(owners))
    const result = snapshot.settings
    if (edits.length === 0) return { draft: undefined, result }
    const id = operationIdOf(newUlid(repository.clock, repository.entropy))
    const operation = { id, kind: 'migrate' as const, subject: 'mlv: ask for approvals of promotions' }
    return { draft: { operation, edits }, result }
  })
  return { settings: landed.result, operation: landed.operation?.id, commit: landed.commit }
}

async function newEdits(snapshot: BranchSnapshot, edits: readonly TreeEdit[]): Promise<readonly TreeEdit[]> {
  const wanted: TreeEdit[] = []
  for (const edit of edits) {
    if (edit.kind !== 'put') continue
    const before = await readPath(snapshot.engine, snapshot.tips.registry, edit.path)
    if (before === undefined || Buffer.compare(before, edit.bytes) !== 0) wanted.push(edit)
  }
  return wanted
}
