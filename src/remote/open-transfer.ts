/**
 * Opens the store that a branch's artifacts are in: the one of a remote that speaks Git LFS, a folder or a bucket.
 */
import { isAbsolute, join, resolve } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import type { Clock, Entropy } from '../base/clock.ts'
import type { BranchSettings } from '../domain/branch.ts'
import { refuse } from '../domain/failure.ts'
import type { StoreAddress } from '../domain/store-address.ts'
import type { ArtifactStore } from '../store/artifacts/artifact-store.ts'
import type { Files } from '../store/files/files.ts'
import { runGit } from '../store/git/git-command.ts'
import type { GitProgram } from '../store/git/git-command.ts'
import { noTransfer } from './artifact-transfer.ts'
import type { ArtifactTransfer } from './artifact-transfer.ts'
import { openFolderStore, requireFolderStore } from './folder-store.ts'
import { openHttp } from './http.ts'
import { gitCredentials } from './lfs/lfs-credentials.ts'
import { accessByUrl, authenticateBySsh } from './lfs/lfs-endpoint.ts'
import type { LfsAccess } from './lfs/lfs-endpoint.ts'
import { findLfsEndpoint } from './lfs/lfs-settings.ts'
import type { LfsRemote } from './lfs/lfs-settings.ts'
import { openLfsStore } from './lfs/lfs-store.ts'
import type { ObjectStore } from './object-store.ts'
import type { RetryWorld } from './retry.ts'
import { storeTransfer } from './store-transfer.ts'

/** What a transfer is opened with. */
export interface TransferOptions {
  /** Absent where there is none: then only folders and buckets are reached. */
  readonly git: GitProgram | undefined
  readonly files: Files
  readonly clock: Clock
  readonly entropy: Entropy
  readonly variables: Readonly<Record<string, string | undefined>>
  /** The worktree, else the git folder: where git's configuration is read. */
  readonly folder: string
  /** Absent in a repository without remotes. */
  readonly remote: LfsRemote | undefined
  /** The ref the artifacts are for. */
  readonly ref: string
  /** Hosts that an address on the branch may name besides Amazon's own. */
  readonly trustedHosts: ReadonlySet<string>
}

/** A transfer that is open. Close it: it holds connections. */
export interface OpenTransfer {
  readonly transfer: ArtifactTransfer
  readonly close: () => Promise<void>
}

/** A store that is open. */
export interface OpenStore {
  readonly store: ObjectStore
  readonly close: () => Promise<void>
}

type LfsOptions = TransferOptions & { readonly git: GitProgram; readonly remote: LfsRemote }

/**
 * Opens the transfer between a clone's store and the one its branch names.
 *
 * @throws `remote-url-invalid`, `lfs-host-untrusted`, `store-host-untrusted`, `store-not-found`
 */
export async function openTransfer(
  local: ArtifactStore,
  settings: Pick<BranchSettings, 'store' | 'stores' | 'mirrors'>,
  options: TransferOptions,
): Promise<OpenTransfer> {
  const opened: OpenStore[] = []
  const close = async (): Promise<void> => {
    for (const one of opened.splice(0)) await one.close()
  }
  try {
    const { git, remote } = options
    if (settings.store === 'lfs' && git !== undefined && remote !== undefined) {
      opened.push(await openRemoteStore({ ...options, git, remote }))
    }
    for (const address of settings.stores) opened.push(await openStoreAt(address, options))
    const own = opened.length
    for (const address of settings.mirrors) opened.push(await openStoreAt(address, options))
    const [first, ...others] = opened.map(({ store }) => store)
    if (first === undefined) return { transfer: noTransfer, close }
    const transfer = storeTransfer(settings.store, local, [first, ...others], retryWorld(options))
    // A mirror alone takes nothing: it is filled by whoever keeps it.
    return { transfer: own === 0 ? { ...transfer, upload: noTransfer.upload } : transfer, close }
  } catch (caught) {
    await close()
    throw caught
  }
}

/** Opens a store by its address. @throws `store-host-untrusted`, `store-not-found` */
export async function openStoreAt(address: StoreAddress, options: TransferOptions): Promise<OpenStore> {
  if (address.kind === 'dir') {
    await requireFolderStore(options.files, address.folder)
    return { store: openFolderStore(join(address.folder, 'objects'), options), close: () => Promise.resolve() }
  }
  const { openS3Store } = await import('./s3/s3-store.ts')
  return openS3Store(address, { ...options, retry: retryWorld(options) })
}

/** A remote that is a folder keeps objects in its own `lfs/objects`, where stock git-lfs looks for them too. */
async function openRemoteStore(options: LfsOptions): Promise<OpenStore> {
  const { git, files, folder, remote, ref } = options
  const endpoint = await findLfsEndpoint(git, files, folder, remote, 'download')
  if (endpoint.kind === 'folder') {
    const store = openFolderStore(await lfsFolder(options, endpoint.path), options)
    return { store, close: () => Promise.resolve() }
  }
  const http = openHttp(options.variables)
  const credentials = gitCredentials(git, folder)
  const access = accessTo(options)
  const store = openLfsStore(remote.name, { http, access, credentials, ref, retry: retryWorld(options) })
  return { store, close: http.close }
}

function retryWorld({ entropy, clock }: TransferOptions): RetryWorld {
  return { entropy, clock, wait: (ms) => sleep(ms) }
}

/** Asks where the server is once for each operation: an answer over ssh costs a login. */
function accessTo(options: LfsOptions): (operation: 'upload' | 'download') => Promise<LfsAccess> {
  const known = new Map<string, Promise<LfsAccess>>()
  const find = async (operation: 'upload' | 'download'): Promise<LfsAccess> => {
    const { git, files, folder, remote } = options
    const endpoint = await findLfsEndpoint(git, files, folder, remote, operation)
    switch (endpoint.kind) {
      case 'http':
        return accessByUrl(endpoint.url)
      case 'ssh':
        return authenticateBySsh(git, endpoint, operation, folder)
      case 'folder':
        throw refuse('remote-url-invalid', { url: endpoint.path, problem: 'its uploads and downloads differ in kind' })
    }
  }
  return (operation) => {
    const asked = known.get(operation) ?? find(operation)
    known.set(operation, asked)
    return asked
  }
}

async function lfsFolder({ git, folder }: LfsOptions, path: string): Promise<string> {
  const args = ['rev-parse', '--path-format=absolute', '--git-common-dir']
  const there = isAbsolute(path) ? path : resolve(folder, path)
  const { exitCode, stdout } = await runGit(git, ['-C', there, ...args], { cwd: folder })
  if (exitCode !== 0) throw refuse('remote-unreachable', { url: path, problem: 'it is no git repository' })
  return join(Buffer.from(stdout).toString('utf8').trim(), 'lfs', 'objects')
}
