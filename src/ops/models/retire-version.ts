/**
 * `mlv retire`: says that a version must not be used any more, and why. Its record and files stay.
 */
import { instantOf } from '../../base/clock.ts'
import { newUlid } from '../../base/ulid.ts'
import { refuse } from '../../domain/failure.ts'
import type { ModelVersion, VersionState } from '../../domain/model-version.ts'
import { operationIdOf } from '../../domain/operation.ts'
import type { OperationId } from '../../domain/operation.ts'
import { readAliases, readState, readStateBytes, statePath } from '../../store/branch/read-models.ts'
import type { BranchSnapshot } from '../../store/branch/snapshot.ts'
import { writeBranch } from '../../store/branch/transaction.ts'
import { rewriteState } from '../../store/documents/state-manifest.ts'
import { aliasesOf } from '../read/list-runs.ts'
import { personOf } from './promote-version.ts'
import { resolveVersion } from '../revisions/resolve-revision.ts'
import type { Repository } from '../repository/repository.ts'

/** A retired version. */
export interface RetireReport {
  readonly version: ModelVersion
  readonly state: VersionState
  /** Absent when it was retired already. */
  readonly operation: OperationId | undefined
}

/**
 * Retires a version.
 *
 * @throws `version-in-use` while an alias names it, `version-not-found`, what `writeBranch` refuses
 */
export async function retireVersion(
  repository: Repository,
  revision: string,
  options: { readonly reason: string },
): Promise<RetireReport> {
  const { author } = await repository.context.signatures()
  const landed = await writeBranch(repository.context, async (snapshot) => {
    const version = await resolveVersion(snapshot, revision)
    const state = await readState(snapshot, version.model, version.number)
    if (state.retired !== undefined) return { draft: undefined, result: { version, state } }
    await refuseInUse(snapshot, version)
    const at = instantOf(repository.clock.nowMs())
    const retired = { ...state, retired: { reason: options.reason, at, by: personOf(author) } }
    const previous = await readStateBytes(snapshot, version.model, version.number)
    const path = statePath(version.model, version.number)
    const operation = {
      id: operationIdOf(newUlid(repository.clock, repository.entropy)),
      kind: 'retire' as const,
      subject: `${version.model}: retire v${version.number}`,
      body: options.reason,
      model: version.model,
      version: { number: version.number, uid: version.uid },
    }
    const edits = [{ kind: 'put' as const, path, bytes: rewriteState(previous, retired) }]
    return { draft: { operation, edits }, result: { version, state: retired } }
  })
  return { ...landed.result, operation: landed.operation?.id }
}

async function refuseInUse(snapshot: BranchSnapshot, version: ModelVersion): Promise<void> {
  const [alias] = aliasesOf(await readAliases(snapshot, version.model), version.number)
  if (alias === undefined) return
  throw refuse('version-in-use', { model: version.model, version: `v${version.number}`, alias })
}
