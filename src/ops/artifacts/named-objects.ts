/**
 * Which artifacts the records of all repositories that use a store name: every one is asked, or nobody may say.
 */
import { join } from 'node:path'
import { sha256Of } from '../../base/digest.ts'
import type { Sha256 } from '../../base/digest.ts'
import { newUlid } from '../../base/ulid.ts'
import { isFailure, refuse } from '../../domain/failure.ts'
import { fetchRepository, namedBy } from '../../remote/care/record-roots.ts'
import type { AskedRepository, RootsOptions } from '../../remote/care/record-roots.ts'
import { listRepositories, registeredUrl } from '../../remote/care/registration.ts'
import { readTrustedRepositories } from '../../remote/care/trusted-repositories.ts'
import type { KeyedPlace } from '../../remote/keyed-place.ts'
import { listRemotes, remoteUrl } from '../../remote/git-transport.ts'
import { removeTree } from '../../store/artifacts/remove-tree.ts'
import { REGISTRY_REF } from '../../store/branch/snapshot.ts'
import { reachableObjects } from './reachable-objects.ts'
import { requireGit } from '../repository/repository.ts'
import type { Repository } from '../repository/repository.ts'

/** Asks what is named, as often as it is called; later calls fetch only what is new. */
export type AskNamed = () => Promise<ReadonlySet<Sha256>>

const DAY_NS = 86_400_000_000_000n

/**
 * Does work that needs to know what is named. What is fetched for it is gone afterwards.
 *
 * @param asking whom to ask, listed anew each time.
 */
export async function withNamed<Result>(
  repository: Repository,
  { store, repositories, onAsk }: Asking,
  work: (named: AskNamed) => Promise<Result>,
): Promise<Result> {
  const { files, commonDir, clock, entropy, variables } = repository
  const git = requireGit(repository, 'read the repositories that use a store')
  const folders = join(commonDir, 'mlv', 'remote-gc')
  await removeLeftovers(repository, folders)
  const folder = join(folders, newUlid(clock, entropy))
  const options: RootsOptions = { git, files, commonDir, store, variables, registry: REGISTRY_REF }
  const named = new Set<Sha256>()
  try {
    await files.makeFolder(folder)
    return await work(async () => {
      for (const asked of await repositories()) {
        const { url } = asked
        onAsk(url)
        const copy = join(folder, `${sha256Of(Buffer.from(url))}.git`)
        await readable(store, url, () => fetchRepository(options, url, copy))
        for (const sha256 of await namedBy(options, asked, copy)) named.add(sha256)
      }
      for (const sha256 of (await reachableObjects(repository)).keys()) named.add(sha256)
      return named
    })
  } finally {
    await removeTree(files, folder)
    await files.removeFolder(folders)
  }
}

/** Whom to ask. */
export interface Asking {
  /** What people call the store. */
  readonly store: string
  readonly repositories: () => Promise<readonly AskedRepository[]>
  readonly onAsk: (url: string) => void
}

/**
 * The repositories of a store's list, each one that this clone trusts.
 *
 * An address says only where to ask. That what answers there is the repository that was listed is held by its identity.
 *
 * @throws `store-unlisted` for a list without entries, `store-repository-untrusted`, `store-repository-unread` for an
 * entry that is none, or does not say which repository it is
 */
export async function trustedRepositories(
  repository: Repository,
  place: KeyedPlace,
): Promise<readonly AskedRepository[]> {
  const trusted = await readTrustedRepositories(repository.files, repository.commonDir)
  const own = await ownUrls(repository)
  const listed = await listRepositories(place)
  if (listed.length === 0) throw refuse('store-unlisted', { store: place.label })
  return listed.map(({ key, url, identity }) => {
    if (url === undefined) {
      throw refuse('store-repository-unread', {
        store: place.label,
        url: key,
        problem: 'that entry of its list is damaged',
      })
    }
    if (!own.has(url) && !trusted.has(url)) throw refuse('store-repository-untrusted', { store: place.label, url })
    if (identity === undefined) {
      throw refuse('store-repository-unread', { store: place.label, url: key, problem: unsaid(url) })
    }
    return { url, identity, key }
  })
}

/** Entries of before there were identities stay until a person takes them off: they may stand for another machine's. */
function unsaid(url: string): string {
  return `it says '${url}' but not which repository that is; push an artifact from it, then forget this entry`
}

/** The addresses of this clone and its remotes, as a store would list them. */
export async function ownUrls(repository: Repository): Promise<ReadonlySet<string>> {
  const { git, place, worktree, commonDir } = repository
  if (git === undefined) return new Set([commonDir])
  const names = await listRemotes(git, place)
  const urls = await Promise.all(names.map((name) => remoteUrl(git, place, name)))
  return new Set([commonDir, ...urls.map((url) => registeredUrl(url, worktree ?? commonDir))])
}

/** An address that git must not see is one that cannot be asked. */
async function readable(store: string, url: string, work: () => Promise<void>): Promise<void> {
  try {
    await work()
  } catch (caught) {
    if (!isFailure(caught, 'remote-url-invalid')) throw caught
    throw refuse('store-repository-unread', { store, url, problem: caught.why }, caught)
  }
}

/** What a killed one left, once nobody can be at it any more. */
async function removeLeftovers({ files, clock }: Repository, folders: string): Promise<void> {
  for (const { name } of await files.readFolder(folders)) {
    const stat = await files.lstat(join(folders, name))
    const ageNs = BigInt(Math.floor(clock.nowMs())) * 1_000_000n - (stat?.modifiedNs ?? 0n)
    if (ageNs > DAY_NS) await removeTree(files, join(folders, name))
  }
}
