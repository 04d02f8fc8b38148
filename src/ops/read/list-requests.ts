/**
 * The promotions that wait for a review, as far as this clone has fetched.
 */
import type { VersionReference } from '../../domain/alias.ts'
import { Failure } from '../../domain/failure.ts'
import { fileUnit } from '../../domain/merge-unit.ts'
import type { AliasName, ModelName } from '../../domain/name.ts'
import type { Oid } from '../../domain/oid.ts'
import { REQUESTS } from '../../domain/promotion-request.ts'
import { mergeBaseOf } from '../../remote/git-history.ts'
import { changedPaths } from '../../store/branch/changed-paths.ts'
import type { ChangedPath } from '../../store/branch/changed-paths.ts'
import type { BranchSnapshot } from '../../store/branch/snapshot.ts'
import { decodeAlias } from '../../store/documents/alias-manifest.ts'
import { usualRemote } from '../repository/artifact-store-access.ts'
import { publishedSnapshot } from '../repository/published-branch.ts'
import { requireGit } from '../repository/repository.ts'
import type { Repository } from '../repository/repository.ts'

/** A promotion that was asked for and not merged yet. */
export interface OpenRequest {
  /** `mlv-promote/churn-production-1`. */
  readonly branch: string
  readonly model: ModelName
  readonly alias: AliasName
  readonly version: VersionReference
  /** `Name <email>`. */
  readonly by: string
  /** The alias was moved since, so that merging conflicts or undoes somebody's work. */
  readonly isOutdated: boolean
}

/** Lists open requests by branch; none where there is no remote. Branches that hold no promotion are passed over. */
export async function listRequests(repository: Repository): Promise<readonly OpenRequest[]> {
  const remote = await usualRemote(repository)
  if (remote === undefined) return []
  const found = await repository.context.engine.listRefs(REQUESTS.replace('refs/heads/', `refs/remotes/${remote}/`))
  if (found.length === 0) return []
  const published = await publishedSnapshot(repository, remote)
  const open: OpenRequest[] = []
  for (const { ref, oid } of found) {
    open.push(...(await promotionsOf(repository, published, { branch: ref.split('/').slice(3).join('/'), oid })))
  }
  return open
}

async function promotionsOf(
  repository: Repository,
  published: BranchSnapshot,
  { branch, oid }: { readonly branch: string; readonly oid: Oid },
): Promise<readonly OpenRequest[]> {
  const git = requireGit(repository, 'read the requests of a remote')
  const { registry } = published.tips
  const fork = await mergeBaseOf({ git, place: repository.place }, registry, oid)
  if (fork === undefined) return []
  const open: OpenRequest[] = []
  try {
    for (const change of await changedPaths(published.engine, fork, oid)) {
      const found = await promotionOf(published, change)
      if (found !== undefined) open.push({ branch, ...found })
    }
    return open
  } catch (caught) {
    // What somebody pushed under such a name need not be a promotion; `mlv check` says what is wrong with it.
    if (caught instanceof Failure) return []
    throw caught
  }
}

async function promotionOf(
  { engine, tips }: BranchSnapshot,
  { path, before, after }: ChangedPath,
): Promise<Omit<OpenRequest, 'branch'> | undefined> {
  const unit = fileUnit(path)
  if (unit.kind !== 'alias' || after?.kind !== 'file') return undefined
  const { model, alias } = unit
  const now = await engine.entryAt(tips.registry, path)
  const read = async (blob: Oid): Promise<ReturnType<typeof decodeAlias>> => {
    return decodeAlias(await engine.readBlob(blob), path, model, alias)
  }
  const { version, by } = await read(after.oid)
  const isMerged = now?.kind === 'file' && (await read(now.oid)).version.uid === version.uid
  return isMerged ? undefined : { model, alias, version, by, isOutdated: before?.oid !== now?.oid }
}
