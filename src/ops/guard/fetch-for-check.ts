/**
 * Fetches what a check of the registry needs and the clone of a job lacks: such a clone has one commit of one branch.
 */
import { parseOid } from '../../domain/oid.ts'
import type { RefName } from '../../domain/ref-name.ts'
import { isShallowClone, mergeBaseOf } from '../../remote/git-history.ts'
import { fetchRefs, trackingRef } from '../../remote/git-transport.ts'
import type { GitRemote } from '../../remote/git-transport.ts'
import { readSettings, REGISTRY_REF } from '../../store/branch/snapshot.ts'
import { requireGit } from '../repository/repository.ts'
import type { Repository } from '../repository/repository.ts'
import { openRemote } from '../repository/share-state.ts'

/** How much history is asked for at first, and how often four times as much while the two ends do not meet. */
const FIRST_COMMITS = 4
const MOST_ROUNDS = 8
/** What git takes for all of it. */
const ALL_COMMITS = 2_147_483_647

/**
 * Fetches the registry where this clone lacks it, and in a job always; and so much history that both ends meet.
 *
 * @throws `remote-unreachable`, `git-missing`
 */
export async function fetchSides(
  repository: Repository,
  name: string | undefined,
  { base, head, isJob }: { readonly base: string; readonly head: string; readonly isJob: boolean },
): Promise<void> {
  if (name === undefined) return
  const history = { git: requireGit(repository, 'fetch the commits of a change'), place: repository.place }
  const { engine } = repository.context
  const remote = await openRemote(repository, { remote: name })
  const isShallow = await isShallowClone(history)
  const isLacking = (await engine.readRef(trackingRef(name, REGISTRY_REF))) === undefined
  if (isLacking || isJob) await fetchRegistry(repository, remote, isShallow ? ['--depth=1'] : [])
  const commit = parseOid(head)
  if (commit !== undefined && (await engine.resolveCommit(head)) === undefined) {
    await fetchRefs(remote, [commit], isShallow ? ['--depth=1'] : [])
  }
  if (!isShallow) return
  for (let round = 0; round < MOST_ROUNDS; round += 1) {
    const [left, right] = await Promise.all([base, head].map((end) => engine.resolveCommit(end)))
    if (left === undefined || right === undefined) return
    if ((await mergeBaseOf(history, left, right)) !== undefined) return
    const depth = round === MOST_ROUNDS - 1 ? ALL_COMMITS : FIRST_COMMITS * 4 ** round
    await fetchRefs(remote, [left, right], [`--depth=${depth}`])
  }
}

/** Fetches all of the registry's history, where this clone has only its end. @throws `remote-unreachable` */
export async function fetchHistory(repository: Repository, name: string | undefined): Promise<void> {
  if (name === undefined) return
  const history = { git: requireGit(repository, 'fetch the commits of a change'), place: repository.place }
  if (!(await isShallowClone(history))) return
  const remote = await openRemote(repository, { remote: name })
  await fetchRegistry(repository, remote, [`--depth=${ALL_COMMITS}`])
}

async function fetchRegistry(repository: Repository, remote: GitRemote, more: readonly string[]): Promise<void> {
  await fetchRefs(remote, [refspecOf(remote, REGISTRY_REF)], more)
  const { engine } = repository.context
  const tip = await engine.readRef(trackingRef(remote.name, REGISTRY_REF))
  const records = tip === undefined ? REGISTRY_REF : (await readSettings(engine, tip)).areas.records
  // Only the records as they are now are read.
  const depth = more.length === 0 ? [] : ['--depth=1']
  if (records !== REGISTRY_REF) await fetchRefs(remote, [refspecOf(remote, records)], depth)
}

function refspecOf(remote: GitRemote, ref: RefName): string {
  return `${ref}:${trackingRef(remote.name, ref)}`
}
