/**
 * Brings this clone's refs up to a remote's: forward where only the remote moved, by replay where both did. Under the
 * writer's lock; all refs move or none.
 */
import { parseOperation } from '../../domain/operation-message.ts'
import type { OperationId } from '../../domain/operation.ts'
import type { MergeNotice } from '../../domain/merge-notice.ts'
import type { BranchSettings } from '../../domain/branch.ts'
import { refuse } from '../../domain/failure.ts'
import { writtenText } from '../../domain/store-settings.ts'
import type { Oid } from '../../domain/oid.ts'
import { commitsBeyond } from '../../remote/git-history.ts'
import type { GitRemote } from '../../remote/git-transport.ts'
import { planReplay } from '../../store/branch/replay.ts'
import type { Replay, ReplayArea } from '../../store/branch/replay.ts'
import { readSettings, REGISTRY_REF } from '../../store/branch/snapshot.ts'
import { refuseCheckedOut } from '../../store/branch/transaction.ts'
import { moveOntoChains } from '../../store/git/commit-chain.ts'
import type { RefChain } from '../../store/git/commit-chain.ts'
import type { Commit } from '../../store/git/engine.ts'
import { withWriterLock } from '../../store/git/writer-lock.ts'
import { moveOf, readRemoteAreas } from '../repository/share-state.ts'
import type { AreaMove, RemoteArea } from '../repository/share-state.ts'
import type { Repository } from '../repository/repository.ts'

/** What bringing the two together did. */
export interface Integration {
  /** Operations put on top of the remote's. */
  readonly replayed: number
  /** What the refs here took in of the remote's, whenever it was fetched. */
  readonly takenIn: readonly AreaMove[]
  readonly notices: readonly MergeNotice[]
}

/** How a ref here stands to the one of the remote. */
export type Standing = 'equal' | 'behind' | 'ahead' | 'diverged'

/** A ref, and how it stands. */
export interface StandingArea extends RemoteArea {
  readonly standing: Standing
}

/**
 * Integrates what was fetched.
 *
 * @throws `settings-differ`, `branch-checked-out`, `branch-moved`, `lock-timeout`
 */
export async function integrateRemote(repository: Repository, remote: GitRemote): Promise<Integration> {
  const { context } = repository
  return withWriterLock(context.place, context.files, context.lock, async () => {
    const areas = await standingAreas(repository, remote)
    if (areas.every(({ standing }) => standing === 'equal' || standing === 'ahead')) return NOTHING
    const settings = await refuseOtherSettings(repository, remote, areas)
    const isDiverged = areas.some(({ standing }) => standing === 'diverged')
    const replay = isDiverged
      ? await planReplay(context.engine, settings, await replayAreas(repository, remote, areas))
      : undefined
    const chains = chainsOf(areas, replay)
    const takenIn = await takenInBy(remote, areas)
    for (const { ref } of chains) await refuseCheckedOut(context, ref)
    const world = { git: remote.git, ...context }
    await moveOntoChains(world, chains, await context.signatures(), `replay on ${remote.name}`)
    const notices = [...(await storeMove(repository, areas)), ...(replay?.notices ?? [])]
    return { replayed: countOf(chains), takenIn, notices }
  })
}

const NOTHING: Integration = { replayed: 0, takenIn: [], notices: [] }

/** Refs that are only ahead take nothing in. */
async function takenInBy(remote: GitRemote, areas: readonly StandingArea[]): Promise<readonly AreaMove[]> {
  const moves: AreaMove[] = []
  for (const { ref, local, remote: theirs, standing } of areas) {
    const isMoved = standing === 'behind' || standing === 'diverged'
    if (isMoved && theirs !== undefined) moves.push(await moveOf(remote, ref, local, theirs))
  }
  return moves
}

async function standingAreas(repository: Repository, remote: GitRemote): Promise<readonly StandingArea[]> {
  const { engine } = repository.context
  const areas = await readRemoteAreas(repository, remote.name)
  return Promise.all(areas.map(async (area) => ({ ...area, standing: await standingOf(area) })))

  async function standingOf({ local, remote: theirs }: RemoteArea): Promise<Standing> {
    // A clone that never wrote reads the remote's own ref.
    if (local === undefined || local === theirs) return 'equal'
    if (theirs === undefined || (await engine.isAncestor(theirs, local))) return 'ahead'
    return (await engine.isAncestor(local, theirs)) ? 'behind' : 'diverged'
  }
}

/** Two branches that were started apart can be one, if they keep their records in the same places. */
async function refuseOtherSettings(
  repository: Repository,
  remote: GitRemote,
  areas: readonly RemoteArea[],
): Promise<BranchSettings> {
  const { engine } = repository.context
  const registry = areas.find(({ ref }) => ref === REGISTRY_REF)
  const here = registry?.local === undefined ? undefined : await readSettings(engine, registry.local)
  const there = registry?.remote === undefined ? undefined : await readSettings(engine, registry.remote)
  const settings = here ?? there
  if (settings === undefined) throw refuse('branch-not-found', { ref: REGISTRY_REF })
  const [ours, theirs] = [settings, there ?? settings].map(
    ({ layout, areas: refs }) => `layout ${layout} (${refs.registry}, ${refs.records})`,
  )
  if (ours !== undefined && theirs !== undefined && ours !== theirs) {
    throw refuse('settings-differ', { remote: remote.name, here: ours, there: theirs })
  }
  return settings
}

/** Whether others moved the store: told once, when the settings here take it over. */
async function storeMove(
  { context: { engine } }: Repository,
  areas: readonly StandingArea[],
): Promise<readonly MergeNotice[]> {
  const before = areas.find(({ ref }) => ref === REGISTRY_REF)?.local
  const after = await engine.readRef(REGISTRY_REF)
  if (before === undefined || after === undefined) return []
  const [from, to] = [writtenText(await readSettings(engine, before)), writtenText(await readSettings(engine, after))]
  return from === to ? [] : [{ kind: 'store-moved', from, to }]
}

/** Every ref takes part, because the records decide the numbers that the registry names. */
async function replayAreas(
  repository: Repository,
  { git, place }: GitRemote,
  areas: readonly StandingArea[],
): Promise<readonly ReplayArea[]> {
  const { engine } = repository.context
  const read = async (tip: Oid | undefined, other: Oid | undefined): Promise<readonly Commit[]> => {
    if (tip === undefined) return []
    const oids = await commitsBeyond({ git, place }, tip, other === undefined ? [] : [other])
    return Promise.all(oids.map(engine.readCommit))
  }
  return Promise.all(
    areas.map(async ({ ref, local, remote }) => ({
      ref,
      onto: remote,
      commits: await read(local, remote),
      published: idsOf(local === undefined ? [] : await read(remote, local)),
    })),
  )
}

function idsOf(commits: readonly Commit[]): ReadonlySet<OperationId> {
  return new Set(commits.flatMap(({ message }) => parseOperation(message)?.id ?? []))
}

/** A ref that is only ahead stays as it is, unless a number it names has moved. */
export function chainsOf(areas: readonly StandingArea[], replay: Replay | undefined): readonly RefChain[] {
  const hasMoved = replay?.notices.some(({ kind }) => kind === 'renumbered') === true
  return areas.flatMap(({ ref, local, remote, standing }) => {
    if (standing === 'behind') return [{ ref, expected: local, base: remote, commits: [] }]
    const replayed = replay?.areas.find((area) => area.ref === ref)
    const takesPart = standing === 'diverged' || (standing === 'ahead' && hasMoved)
    if (replayed === undefined || !takesPart) return []
    return [{ ref, expected: local, base: replayed.onto, commits: replayed.commits }]
  })
}

function countOf(chains: readonly RefChain[]): number {
  return chains.reduce((sum, { commits }) => sum + commits.length, 0)
}
