/**
 * Opens the store that a branch's artifacts are in: the one of a remote that speaks Git LFS, a folder or a bucket.
 */
import { isAbsolute, join, resolve } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import type { Clock, Entropy } from '../base/clock.ts'
import type { BranchSettings } from '../domain/branch.ts'
import { Failure, refuse } from '../domain/failure.ts'
import { storeAddressText } from '../domain/store-address.ts'
import type { StoreAddress } from '../domain/store-address.ts'
import type { ArtifactStore } from '../store/artifacts/artifact-store.ts'
import type { Files } from '../store/files/files.ts'
import { runGit } from '../store/git/git-command.ts'
import type { GitProgram } from '../store/git/git-command.ts'
import { noTransfer } from './artifact-transfer.ts'
import type { ArtifactTransfer } from './artifact-transfer.ts'
import type { CompactOptions } from './compact/compact-store.ts'
import type { ListedRepository } from './care/care-documents.ts'
import { carefully } from './care/careful-upload.ts'
import type { CareOptions } from './care/careful-upload.ts'
import { readDependencies } from './care/read-dependencies.ts'
import { openFolderStore, requireFolderStore } from './folder-store.ts'
import { openHttp } from './http.ts'
import { openKeyedFolder } from './keyed-folder.ts'
import type { KeyedPlace } from './keyed-place.ts'
import { gitCredentials } from './lfs/lfs-credentials.ts'
import { accessByUrl, authenticateBySsh } from './lfs/lfs-endpoint.ts'
import type { LfsAccess } from './lfs/lfs-endpoint.ts'
import { lfsEndpoints } from './lfs/lfs-settings.ts'
import type { FindLfsEndpoint, LfsRemote } from './lfs/lfs-settings.ts'
import { openLfsStore } from './lfs/lfs-store.ts'
import type { ObjectId, ObjectStore } from './object-store.ts'
import type { RetryWorld } from './retry.ts'
import { awayStore, localCopy, storeTransfer } from './store-transfer.ts'

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
  /** How a store lists this repository; asked before an upload. */
  readonly listedAs: () => Promise<ListedRepository>
  /** Told of a store or mirror that could not be opened and is left out. */
  readonly onTrouble: (problem: string) => void
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
 * Opens the transfer between a clone's store and the one its branch names. A store that is away is told when it is
 * written to, or when what is read is nowhere else; a mirror that is away is left out.
 */
export async function openTransfer(
  local: ArtifactStore,
  settings: StoreSettings,
  options: TransferOptions,
): Promise<OpenTransfer> {
  const sources = await openSources(local, settings, options, 'written')
  const { own, close } = sources
  const [first, ...others] = sources.stores
  if (first === undefined) return { transfer: noTransfer, close }
  const transfer = storeTransfer(settings.store, local, [first, ...others], retryWorld(options))
  // A mirror alone takes nothing: it is filled by whoever keeps it.
  if (own === 0) return { transfer: { ...transfer, upload: noTransfer.upload }, close }
  const [written] = sources.isFirstLfs ? [] : settings.stores
  if (written === undefined) return { transfer, close }
  const upload: ArtifactTransfer['upload'] = async (objects, onProgress) => {
    const care = await openPlaceAt(written, options)
    try {
      return await carefully(transfer, careOptions(care.place, options)).upload(objects, onProgress)
    } finally {
      await care.close()
    }
  }
  return { transfer: { ...transfer, upload }, close }
}

/** What of the settings says where artifacts are. */
export type StoreSettings = Pick<BranchSettings, 'store' | 'stores' | 'mirrors' | 'compact' | 'readsLfs'>

/** Stores that are open, in the order in which they are asked. */
export interface OpenSources {
  /** A first one of the branch that cannot be opened is here all the same, and refuses whatever it is asked. */
  readonly stores: readonly ObjectStore[]
  /** How many of them, from the first on, the branch names as its own; the first is written to. */
  readonly own: number
  /** Whether the first is the Git LFS server of a remote. */
  readonly isFirstLfs: boolean
  readonly close: () => Promise<void>
}

/**
 * Opens every store and mirror that settings name, and what was set aside there. One that is away is told and left out.
 *
 * @param first `written` keeps the first one of the branch in its place when it is away, so that writing is refused.
 */
export async function openSources(
  local: ArtifactStore,
  settings: StoreSettings,
  options: TransferOptions,
  first: 'written' | 'read',
): Promise<OpenSources> {
  const opened: OpenStore[] = []
  const close = async (): Promise<void> => {
    for (const one of opened.splice(0)) await one.close()
  }
  const add = async (label: string, role: Opening['role'], open: Opening['open']): Promise<void> => {
    opened.push(...(await openIfThere({ label, open, role }, options)))
  }
  const addLfs = async (role: Opening['role']): Promise<boolean> => {
    const { git, remote } = options
    if (git === undefined || remote === undefined) return false
    await add(remote.name, role, () => openRemoteStore({ ...options, git, remote }))
    return true
  }
  try {
    const isFirstLfs = settings.store === 'lfs' && (await addLfs(first))
    const reading = { near: (object: ObjectId) => localCopy(local, object), isCompact: false }
    const writing = { ...reading, isCompact: settings.compact === true }
    for (const [at, address] of settings.stores.entries()) {
      const role = at === 0 && !isFirstLfs ? first : 'read'
      await add(storeAddressText(address), role, () => openStoreAt(address, options, writing))
    }
    const own = opened.length
    if (settings.store !== 'lfs' && settings.readsLfs === true) await addLfs('read')
    for (const address of settings.mirrors) {
      await add(storeAddressText(address), 'read', () => openStoreAt(address, options, reading))
    }
    // Last of all what was set aside there: for a while it is no loss that a sweep was wrong.
    for (const address of settings.stores) {
      await add(storeAddressText(address), 'quiet', () => openStoreAt(address, options, reading, 'trash'))
    }
    return { stores: opened.map(({ store }) => store), own, isFirstLfs, close }
  } catch (caught) {
    await close()
    throw caught
  }
}

interface Opening {
  readonly label: string
  readonly open: () => Promise<OpenStore>
  /** `quiet` is left out without a word. */
  readonly role: 'written' | 'read' | 'quiet'
}

/** Opens a store, or tells why not: then one that is written to is there to refuse, and another is left out. */
async function openIfThere(
  { label, open, role }: Opening,
  { onTrouble }: TransferOptions,
): Promise<readonly OpenStore[]> {
  try {
    return [await open()]
  } catch (caught) {
    if (!(caught instanceof Failure)) throw caught
    const tell = (): void => onTrouble(`${label} is left out: ${caught.message}`)
    if (role === 'written') return [{ store: awayStore(label, caught, tell), close: () => Promise.resolve() }]
    if (role === 'read') tell()
    return []
  }
}

/**
 * Opens a store by its address. Objects are read in whatever form they are stored.
 *
 * @param form how objects are put, and where copies of their parents are.
 * @param part `trash` opens what was set aside there, to read.
 * @throws `store-host-untrusted`, `store-not-found`
 */
export async function openStoreAt(
  address: StoreAddress,
  options: TransferOptions,
  form: StoreForm = WHOLE,
  part: 'all' | 'trash' = 'all',
): Promise<OpenStore> {
  const { openCompactStore } = await import('./compact/compact-store.ts')
  if (address.kind === 'dir') {
    await requireFolderStore(options.files, address.folder)
    const folder = part === 'all' ? address.folder : join(address.folder, 'trash')
    const plain = openFolderStore(join(folder, 'objects'), options)
    const place = openKeyedFolder(folder, options)
    return { store: openCompactStore(plain, { ...form, place }), close: () => Promise.resolve() }
  }
  const [{ openS3Store }, { openKeyedBucket }] = await Promise.all([
    import('./s3/s3-store.ts'),
    import('./s3/keyed-bucket.ts'),
  ])
  const prefix = [address.prefix, 'trash'].filter((each) => each !== '').join('/')
  const there = part === 'all' ? address : { ...address, prefix }
  const retry = retryWorld(options)
  const plain = openS3Store(there, { ...options, retry })
  const keyed = openKeyedBucket(there, { ...options, retry })
  const close = async (): Promise<void> => {
    await plain.close()
    await keyed.close()
  }
  return { store: openCompactStore(plain.store, { ...form, place: keyed.place }), close }
}

/** How a store is written, and what spares it reading. */
type StoreForm = Pick<CompactOptions, 'isCompact' | 'near'>

const WHOLE: StoreForm = { isCompact: false, near: () => Promise.resolve(undefined) }

/** A keyed place that is open. */
export interface OpenPlace {
  readonly place: KeyedPlace
  readonly close: () => Promise<void>
}

/** Opens what is below a store by its address. @throws `store-host-untrusted`, `store-not-found` */
export async function openPlaceAt(address: StoreAddress, options: TransferOptions): Promise<OpenPlace> {
  if (address.kind === 'dir') {
    await requireFolderStore(options.files, address.folder)
    return { place: openKeyedFolder(address.folder, options), close: () => Promise.resolve() }
  }
  const { openKeyedBucket } = await import('./s3/keyed-bucket.ts')
  return openKeyedBucket(address, { ...options, retry: retryWorld(options) })
}

/** A remote that is a folder keeps objects in its own `lfs/objects`, where stock git-lfs looks for them too. */
async function openRemoteStore(options: LfsOptions): Promise<OpenStore> {
  const { git, files, folder, remote, ref } = options
  const find = lfsEndpoints(git, files, folder, remote)
  const endpoint = await find('download')
  if (endpoint.kind === 'folder') {
    const store = openFolderStore(await lfsFolder(options, endpoint.path), options)
    return { store, close: () => Promise.resolve() }
  }
  const http = openHttp(options.variables, { trustedOrigins: remote.trustedHosts })
  const credentials = gitCredentials(git, folder)
  const access = accessTo(options, find)
  const store = openLfsStore(remote.name, { http, access, credentials, ref, retry: retryWorld(options) })
  return { store, close: http.close }
}

/** What uploads to a place take care with. */
export function careOptions(place: KeyedPlace, options: TransferOptions): CareOptions {
  return { place, world: retryWorld(options), listedAs: options.listedAs, readDependencies }
}

function retryWorld({ entropy, clock }: TransferOptions): RetryWorld {
  return { entropy, clock, wait: (ms) => sleep(ms) }
}

/** Asks where the server is once for each operation: an answer over ssh costs a login. */
function accessTo(
  { git, folder }: LfsOptions,
  find: FindLfsEndpoint,
): (operation: 'upload' | 'download') => Promise<LfsAccess> {
  const known = new Map<string, Promise<LfsAccess>>()
  const ask = async (operation: 'upload' | 'download'): Promise<LfsAccess> => {
    const endpoint = await find(operation)
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
    const asked = known.get(operation) ?? ask(operation)
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
