/**
 * `mlv push`: sends what this clone recorded. Artifacts first, then the records, then the registry; never by force.
 * Where others were faster their operations are fetched and ours are put on top, as often as it takes.
 */
import { refuse } from '../../domain/failure.ts'
import type { MergeNotice } from '../../domain/merge-notice.ts'
import type { RefName } from '../../domain/ref-name.ts'
import { backOff } from '../../remote/git-transport.ts'
import type { GitRemote } from '../../remote/git-transport.ts'
import { pushInBatches } from '../../remote/push-batches.ts'
import { runGit, gitFailure } from '../../store/git/git-command.ts'
import { REGISTRY_REF } from '../../store/branch/snapshot.ts'
import { fetchAreas, nothingShared } from './fetch-branch.ts'
import { integrateRemote } from './integrate-remote.ts'
import { pushArtifacts } from './push-artifacts.ts'
import { pushCode } from './push-code.ts'
import { moveOf, openRemote, readRemoteAreas } from '../repository/share-state.ts'
import type { AreaMove, RemoteArea, ShareOptions, ShareReport } from '../repository/share-state.ts'
import type { Repository } from '../repository/repository.ts'

/** With waits of 0.2 s, 0.4 s up to 13 s the last try is more than a minute after the first (decision 0014). */
const TRIES = 20

/**
 * Pushes the branch to a remote.
 *
 * @throws `branch-not-found`, `remote-not-found`, `remote-unreachable`, `push-refused` when the remote takes nothing,
 * `push-contended`, `remote-rewound`, `settings-differ`, what the artifact store refuses
 */
export async function pushBranch(repository: Repository, options: ShareOptions): Promise<ShareReport> {
  const remote = await openRemote(repository, options)
  return pushAreas(repository, remote, options)
}

/** Pushes to a remote that is open already. */
export async function pushAreas(
  repository: Repository,
  remote: GitRemote,
  options: ShareOptions,
): Promise<ShareReport> {
  const found = await areasToPush(repository, remote)
  if (found.length === 0) return nothingShared(remote.name)
  const artifacts = await pushArtifacts(repository, remote.name, found, options)
  const code = await pushCode(repository, remote, options)
  const work = startWork()
  for (let tries = 0; tries < TRIES; tries += 1) {
    if (tries > 0) await catchUp(repository, remote, { work, tries, options })
    const areas = (await areasToPush(repository, remote)).filter(({ ref }) => !work.refused.has(ref))
    const stale = await pushEach(remote, areas, work)
    if (stale === undefined) return { ...reportOf(remote, work), artifacts, code, tries: tries + 1 }
    work.stale = stale
  }
  throw refuse('push-contended', { remote: remote.name, ref: work.stale ?? REGISTRY_REF, tries: TRIES })
}

/** What a push did so far. */
interface Work {
  readonly pushed: Map<RefName, AreaMove>
  readonly refused: Map<RefName, string>
  readonly fetched: AreaMove[]
  readonly notices: MergeNotice[]
  replayed: number
  stale: RefName | undefined
}

function startWork(): Work {
  return { pushed: new Map(), refused: new Map(), fetched: [], notices: [], replayed: 0, stale: undefined }
}

function reportOf(remote: GitRemote, work: Work): ShareReport {
  const [first] = work.refused
  // Nothing at all went through: that is a failure. Where something did, the rest is told beside it.
  if (first !== undefined && work.pushed.size === 0) {
    throw refuse('push-refused', { remote: remote.name, ref: first[0], problem: first[1] })
  }
  return {
    ...nothingShared(remote.name),
    fetched: work.fetched,
    replayed: work.replayed,
    notices: work.notices,
    pushed: [...work.pushed.values()],
    refused: [...work.refused].map(([ref, problem]) => ({ ref, problem })),
  }
}

/** Refs with something that the remote, as far as it is known, does not have. */
async function areasToPush(repository: Repository, remote: GitRemote): Promise<readonly RemoteArea[]> {
  const { engine } = repository.context
  const areas = await readRemoteAreas(repository, remote.name)
  if (areas.every((area) => area.local === undefined && area.remote === undefined)) {
    throw refuse('branch-not-found', { ref: REGISTRY_REF })
  }
  const waiting: RemoteArea[] = []
  for (const area of areas) {
    const { local, remote: theirs } = area
    if (local === undefined || local === theirs) continue
    if (theirs === undefined || !(await engine.isAncestor(local, theirs))) waiting.push(area)
  }
  return waiting
}

/** Pushes ref by ref, records first, until one is stale. A refused one does not hold back the others. */
async function pushEach(remote: GitRemote, areas: readonly RemoteArea[], work: Work): Promise<RefName | undefined> {
  for (const area of areas) {
    const { ref, local, remote: theirs } = area
    if (local === undefined) continue
    const outcome = await pushInBatches(remote, { ref, commit: local, creates: theirs === undefined }, theirs)
    if (outcome.kind === 'stale') return ref
    if (outcome.kind === 'refused') {
      work.refused.set(ref, outcome.problem)
      continue
    }
    work.pushed.set(ref, await moveOf(remote, ref, work.pushed.get(ref)?.from ?? theirs, local))
    await track(remote, area)
  }
  return undefined
}

/** Git tracks only what a clone is configured to fetch; what was pushed is known to be there either way. */
async function track({ git, place }: GitRemote, { tracking, local }: RemoteArea): Promise<void> {
  if (local === undefined) return
  const result = await runGit(git, [`--git-dir=${place.gitDir}`, 'update-ref', '-m', 'mlv: push', tracking, local])
  if (result.exitCode !== 0) throw gitFailure('update-ref', result, place.gitDir)
}

async function catchUp(
  repository: Repository,
  remote: GitRemote,
  { work, tries, options }: { readonly work: Work; readonly tries: number; readonly options: ShareOptions },
): Promise<void> {
  const first = options.backOffMs === undefined ? {} : { firstMs: options.backOffMs }
  await backOff(tries - 1, { entropy: repository.entropy, ...first })
  work.fetched.push(...(await fetchAreas(repository, remote)))
  const { replayed, notices } = await integrateRemote(repository, remote)
  work.replayed = replayed
  work.notices.push(...notices)
}
