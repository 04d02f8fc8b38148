/**
 * `mlv fetch`: asks a remote what others did. Nothing of this clone moves but what it knows of the remote.
 */
import { refuse } from '../../domain/failure.ts'
import type { Oid } from '../../domain/oid.ts'
import { REQUESTS } from '../../domain/promotion-request.ts'
import type { RefName } from '../../domain/ref-name.ts'
import { branchRefspecs, fetchRefs, trackingRef } from '../../remote/git-transport.ts'
import type { GitRemote } from '../../remote/git-transport.ts'
import { readSettings, REGISTRY_REF } from '../../store/branch/snapshot.ts'
import { fetchCode } from './bring-code.ts'
import { moveOf, NO_ARTIFACTS, openRemote, areaRefs, refsOf } from '../repository/share-state.ts'
import type { AreaMove, ShareOptions, ShareReport } from '../repository/share-state.ts'
import type { Repository } from '../repository/repository.ts'

/**
 * Fetches the branch of a remote.
 *
 * @throws `remote-not-found`, `remote-unreachable`, `remote-rewound`
 */
export async function fetchBranch(repository: Repository, options: ShareOptions): Promise<ShareReport> {
  const remote = await openRemote(repository, options)
  const fetched = await fetchAreas(repository, remote)
  const code = options.bringsCode === true ? await fetchCode(repository, remote) : []
  return { ...nothingShared(remote.name), fetched: [...fetched, ...code] }
}

/** A report of nothing at all. */
export function nothingShared(remote: string): ShareReport {
  const nothing = { fetched: [], replayed: 0, notices: [], pushed: [], refused: [] }
  return { remote, ...nothing, artifacts: NO_ARTIFACTS, code: 0, tries: 0 }
}

/** Fetches every ref of the branch, those too that only the fetched settings name. */
export async function fetchAreas(repository: Repository, remote: GitRemote): Promise<readonly AreaMove[]> {
  const known = await areaRefs(repository, remote.name)
  const before = await trackedTips(repository, remote, known)
  await fetchInto(remote, known)
  const named = await refsThere(repository, remote)
  const further = named.filter((ref) => !known.includes(ref))
  const beforeFurther = await trackedTips(repository, remote, further)
  // A name that starts like one of the known is fetched already; git then finds nothing to do.
  if (further.length > 0) await fetchInto(remote, further)
  await fetchRequests(repository, remote)
  return movesSince(repository, remote, new Map([...before, ...beforeFurther]))
}

async function fetchInto(remote: GitRemote, refs: readonly RefName[]): Promise<void> {
  const { rewound } = await fetchRefs(remote, branchRefspecs(remote.name, refs))
  const lost = refs.find((ref) => rewound.includes(ref.replace(/^refs\/heads\//, '')))
  if (lost !== undefined) throw refuse('remote-rewound', { remote: remote.name, ref: lost })
}

/**
 * The globs above fetch requests too; ones that the remote changed or forgot are taken over and forgotten here. Nothing
 * is asked where none is known.
 */
async function fetchRequests({ context }: Repository, remote: GitRemote): Promise<void> {
  const there = REQUESTS.replace('refs/heads/', `refs/remotes/${remote.name}/`)
  if ((await context.engine.listRefs(there)).length === 0) return
  await fetchRefs(remote, [`+${REQUESTS}*:${there}*`], ['--prune'])
}

async function refsThere(repository: Repository, remote: GitRemote): Promise<readonly RefName[]> {
  const { engine } = repository.context
  const tip = await engine.readRef(trackingRef(remote.name, REGISTRY_REF))
  return tip === undefined ? [] : refsOf(await readSettings(engine, tip))
}

async function trackedTips(
  repository: Repository,
  remote: GitRemote,
  refs: readonly RefName[],
): Promise<ReadonlyMap<RefName, Oid | undefined>> {
  const { engine } = repository.context
  const tips = refs.map(async (ref) => [ref, await engine.readRef(trackingRef(remote.name, ref))] as const)
  return new Map(await Promise.all(tips))
}

async function movesSince(
  repository: Repository,
  remote: GitRemote,
  before: ReadonlyMap<RefName, Oid | undefined>,
): Promise<readonly AreaMove[]> {
  const moves: AreaMove[] = []
  for (const [ref, from] of before) {
    const to = await repository.context.engine.readRef(trackingRef(remote.name, ref))
    if (to !== undefined && to !== from) moves.push(await moveOf(remote, ref, from, to))
  }
  return moves
}
