/**
 * `mlv gc --remote`: sets aside what no record of any repository names in a store for others, in two steps a week
 * apart.
 */
import type { Sha256 } from '../../base/digest.ts'
import { refuse } from '../../domain/failure.ts'
import { readDependencies } from '../../remote/care/read-dependencies.ts'
import { declareComplete, isUnused, registeredUrl } from '../../remote/care/registration.ts'
import { previewSweep, sweepStore, undoSweep } from '../../remote/care/sweep-store.ts'
import type { SweepWorld } from '../../remote/care/sweep-store.ts'
import type { FatedKey } from '../../remote/care/sweep-plan.ts'
import { remoteUrl } from '../../remote/git-transport.ts'
import { listObjects } from '../../store/artifacts/trash.ts'
import { usualRemote, withSharedStore } from '../repository/artifact-store-access.ts'
import { trustedRepositories, withNamed } from '../artifacts/named-objects.ts'
import { requireGit } from '../repository/repository.ts'
import type { Repository } from '../repository/repository.ts'
import { requireSettings, withStorePlace, writtenStore } from '../repository/store-place.ts'

/** What to do with what is found. */
export interface RemoteGarbageOptions {
  /** Tells, and does nothing. */
  readonly isDryRun: boolean
  /** Puts back everything that was set aside, and sweeps nothing. */
  readonly isUndo: boolean
  /** Somebody vouches that every repository that uses the store is in its list. */
  readonly isListComplete: boolean
  /** Called before a repository is asked. */
  readonly onAsk: (url: string) => void
}

/** What was done, or would be. */
export type RemoteGarbageReport =
  | {
      readonly kind: 'place'
      /** As `mlv.json` names it. */
      readonly store: string
      readonly isDryRun: boolean
      /** The repositories that were asked; none when what was set aside is put back. */
      readonly repositories: readonly string[]
      readonly objects: readonly FatedKey[]
      /** When the last of what is unnamed may go, in milliseconds since the Unix epoch. */
      readonly markedUntilMs: number | undefined
      /** Nobody uses the store yet: it is as empty as it was made. */
      readonly isUnused?: true
    }
  | {
      readonly kind: 'lfs'
      readonly remote: string
      /** The address of the remote, without secrets. */
      readonly url: string
      /** Objects of this clone that the server has and no record of the remote names. */
      readonly objects: readonly { readonly sha256: Sha256; readonly sizeBytes: number }[]
    }

/**
 * Sweeps the store of the branch.
 *
 * @throws `store-unlisted`, `store-in-use`, `store-repository-untrusted`, `store-repository-unread`, `git-missing`
 */
export async function collectRemoteGarbage(
  repository: Repository,
  options: RemoteGarbageOptions,
): Promise<RemoteGarbageReport> {
  if (writtenStore(await requireSettings(repository)) === undefined) return unnamedOnHost(repository, options)
  return withStorePlace(repository, async ({ address: store, place }) => {
    const { clock, entropy } = repository
    const { isDryRun, isUndo, isListComplete, onAsk } = options
    if (isUndo) {
      const objects = await undoSweep(place, { clock, entropy })
      return { kind: 'place', store, isDryRun: false, repositories: [], objects, markedUntilMs: undefined }
    }
    if (await isUnused(place)) {
      const nothing = { repositories: [], objects: [], markedUntilMs: undefined }
      return { kind: 'place', store, isDryRun, ...nothing, isUnused: true }
    }
    if (isListComplete) await declareComplete(place)
    const asked = new Set<string>()
    const asking = {
      store: place.label,
      repositories: () => trustedRepositories(repository, place),
      onAsk: (url: string) => {
        asked.add(url)
        onAsk(url)
      },
    }
    return withNamed(repository, asking, async (named) => {
      const world: SweepWorld = { clock, entropy, named, readDependencies }
      const report = isDryRun ? await previewSweep(place, world) : await sweepStore(place, world)
      return { kind: 'place', store, repositories: [...asked], ...report }
    })
  })
}

/** A host of Git LFS lists nothing: all that can be told is what of this clone is there and unnamed. */
async function unnamedOnHost(
  repository: Repository,
  { isDryRun, onAsk }: RemoteGarbageOptions,
): Promise<RemoteGarbageReport> {
  if (!isDryRun) throw refuse('usage-invalid', { problem: 'a Git LFS server lets nobody but its host remove objects' })
  const git = requireGit(repository, 'read a remote')
  const { place, files, worktree, commonDir } = repository
  const remote = await usualRemote(repository)
  if (remote === undefined) throw refuse('remote-not-found', { text: 'origin', known: [] })
  const url = registeredUrl(await remoteUrl(git, place, remote), worktree ?? commonDir)
  const settings = await requireSettings(repository, remote)
  // Of no list, so nobody else's: nothing says which repository it has to be.
  const repositories = () => Promise.resolve([{ url, identity: undefined, key: undefined }])
  return withNamed(repository, { store: remote, repositories, onAsk }, async (ask) => {
    const named = await ask()
    const here = (await listObjects(files, commonDir)).filter(({ sha256 }) => !named.has(sha256))
    const there = await withSharedStore(repository, settings, remote, (transfer) => transfer.has(here))
    const objects = here.filter(({ sha256 }) => there.has(sha256))
    return { kind: 'lfs', remote, url, objects: objects.map(({ sha256, sizeBytes }) => ({ sha256, sizeBytes })) }
  })
}
