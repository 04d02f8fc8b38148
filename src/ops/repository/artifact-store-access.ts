/**
 * Opens the store that a branch's artifacts are shared through, for as long as one piece of work needs it.
 */
import type { BranchSettings } from '../../domain/branch.ts'
import type { ArtifactTransfer } from '../../remote/artifact-transfer.ts'
import type { Oid } from '../../domain/oid.ts'
import type { ListedRepository } from '../../remote/care/care-documents.ts'
import { firstCommitOf } from '../../remote/git-history.ts'
import { listRemotes, remoteUrl, trackingRef } from '../../remote/git-transport.ts'
import { lfsHostOf } from '../../remote/lfs/lfs-settings.ts'
import { parseLfsRemote } from '../../remote/lfs/lfs-endpoint.ts'
import type { LfsRemote } from '../../remote/lfs/lfs-settings.ts'
import { openTransfer } from '../../remote/open-transfer.ts'
import type { OpenTransfer, TransferOptions } from '../../remote/open-transfer.ts'
import { registeredUrl } from '../../remote/care/registration.ts'
import { hostsTrustedFor, readTrustedHosts } from '../../remote/trusted-hosts.ts'
import type { TrustedHost } from '../../remote/trusted-hosts.ts'
import { REGISTRY_REF } from '../../store/branch/snapshot.ts'
import type { GitProgram } from '../../store/git/git-command.ts'
import type { Repository } from './repository.ts'

/** What a trust in an address on the branch is bound to, where one in an LFS server is bound to a remote's host. */
export const NAMED_BY_BRANCH = 'branch'

/**
 * Opens the store, does the work and closes it.
 *
 * @param remote a remote of git's configuration; the usual one when absent.
 * @throws what the work throws; `remote-not-found`
 */
export async function withSharedStore<Result>(
  repository: Repository,
  settings: BranchSettings,
  remote: string | undefined,
  work: (transfer: ArtifactTransfer) => Promise<Result>,
): Promise<Result> {
  const { transfer, close } = await openSharedStore(repository, settings, remote)
  try {
    return await work(transfer)
  } finally {
    await close()
  }
}

/** Opens the store; whoever asked closes it. @throws as `withSharedStore` */
export async function openSharedStore(
  repository: Repository,
  settings: BranchSettings,
  remote?: string,
): Promise<OpenTransfer> {
  const local = repository.artifacts(settings.store)
  return openTransfer(local, settings, await transferOptions(repository, settings, remote))
}

/** What stores are opened with in this clone. */
export async function transferOptions(
  repository: Repository,
  settings: BranchSettings,
  remote: string | undefined,
): Promise<TransferOptions> {
  const { git, files, clock, entropy, variables, worktree, commonDir, onTrouble } = repository
  const trusted = await readTrustedHosts(files, commonDir)
  return {
    git,
    files,
    clock,
    entropy,
    variables,
    folder: worktree ?? commonDir,
    // Folders and buckets work beside a remote that no objects travel by.
    remote:
      settings.store === 'lfs' || settings.readsLfs === true ? await lfsRemote(repository, remote, trusted) : undefined,
    ref: REGISTRY_REF,
    trustedHosts: hostsTrustedFor(trusted, NAMED_BY_BRANCH),
    listedAs: () => listedAs(repository, remote),
    onTrouble,
  }
}

/** How a store lists this repository: by its remote, else by its folder, so that nothing of it is taken for unused. */
async function listedAs(repository: Repository, remote: string | undefined): Promise<ListedRepository> {
  const { git, place, worktree, commonDir } = repository
  const name = remote ?? (await usualRemote(repository))
  // Without git its history is not walked. An entry that does not say which repository it is lets nothing be removed.
  if (git === undefined) return { url: commonDir, identity: undefined }
  const identity = await identityOf(repository, git, name)
  if (name === undefined) return { url: commonDir, identity }
  return { url: registeredUrl(await remoteUrl(git, place, name), worktree ?? commonDir), identity }
}

/** The first commit of the registry branch as the remote has it: a branch begun apart is put on top of that one. */
async function identityOf(
  { place, context: { engine } }: Repository,
  git: GitProgram,
  remote: string | undefined,
): Promise<Oid | undefined> {
  const published = remote === undefined ? undefined : await engine.readRef(trackingRef(remote, REGISTRY_REF))
  const tip = published ?? (await engine.readRef(REGISTRY_REF))
  return tip === undefined ? undefined : firstCommitOf({ git, place }, tip)
}

/** A remote as LFS servers are looked for; `undefined` in a repository without one. @throws `remote-not-found` */
export async function lfsRemote(
  repository: Repository,
  remote: string | undefined,
  trusted: readonly TrustedHost[],
): Promise<LfsRemote | undefined> {
  const { git, place } = repository
  if (git === undefined) return undefined
  const name = remote ?? (await usualRemote(repository))
  if (name === undefined) return undefined
  const url = await remoteUrl(git, place, name)
  return { name, url, trustedHosts: hostsTrustedFor(trusted, lfsHostOf(parseLfsRemote(url))) }
}

/** `origin`, else the only remote there is. */
export async function usualRemote({ git, place }: Repository): Promise<string | undefined> {
  if (git === undefined) return undefined
  const known = await listRemotes(git, place)
  return known.includes('origin') ? 'origin' : known.length === 1 ? known[0] : undefined
}
