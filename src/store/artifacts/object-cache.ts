/**
 * A cache of artifacts that the repositories of one machine share: `ab/cd/<sha256>` in a folder, read-only files like
 * those of a clone's own store. On one disk an object and its copies in clones are one file with several names, else it
 * is cloned where the file system can and copied where it cannot.
 *
 * Laws: nothing of it is believed before it was digested; what is not what its name says is dropped. Nothing that goes
 * wrong in it fails the command that uses it: it is told once, and the command goes on without.
 */
import { dirname, join } from 'node:path'
import { sha256Stream } from '../../base/digest.ts'
import type { Sha256 } from '../../base/digest.ts'
import { Failure } from '../../domain/failure.ts'
import { asDiskFailure, errnoOf } from '../files/disk-failure.ts'
import type { Files } from '../files/files.ts'
import type { LockOptions } from '../git/writer-lock.ts'
import { accountFor, makeRoom } from './cache-room.ts'
import { copyFile } from './copy-file.ts'
import type { HashedBytes } from './hash-while-copying.ts'

/** The cache as a clone's store uses it. Nothing here throws what the disk says. */
export interface ObjectCache {
  /** Takes an object of a clone in; `path` is the object there, digested as it was written. */
  readonly offer: (sha256: Sha256, path: string) => Promise<void>
  /** Gives an object under a new name in a clone, digested; false when it does not have it whole. */
  readonly take: (object: HashedBytes, target: string) => Promise<boolean>
  /** Notes what was used, and makes room when there is too much. Called after every piece of work. */
  readonly settle: () => Promise<void>
}

/** How to open a cache. */
export interface CacheOptions {
  readonly files: Files
  /** Absolute; made when the first object goes in. */
  readonly folder: string
  /** When it holds more, what was not used for longest goes. */
  readonly limitBytes: number
  readonly lock: LockOptions
  /** Told once: what is the matter with the cache. */
  readonly onTrouble: (problem: string) => void
}

const NAME_BYTES = 9
const READ_BYTES = 1024 * 1024
const OBJECT_PERMISSIONS = 0o444
const WRITE_BITS = 0o222n

/** Where an object of a cache is. */
export function cachedPath(folder: string, sha256: Sha256): string {
  return join(folder, sha256.slice(0, 2), sha256.slice(2, 4), sha256)
}

/** Opens a cache; the disk is not touched before it is used. */
export function openObjectCache(options: CacheOptions): ObjectCache {
  const cache = new Cache(options)
  return {
    offer: (sha256, path) => cache.quietly(undefined, () => cache.offer(sha256, path)),
    take: (object, target) => cache.quietly(false, () => cache.take(object, target)),
    settle: () => cache.quietly(undefined, () => cache.settle()),
  }
}

/** Lives as long as one process uses a cache. */
class Cache {
  readonly #options: CacheOptions
  readonly #used = new Set<Sha256>()
  #addedBytes = 0
  #isBroken = false

  constructor(options: CacheOptions) {
    this.#options = options
  }

  /** Whatever the disk refuses is told, and from then on the cache is left alone. */
  async quietly<Result>(otherwise: Result, action: () => Promise<Result>): Promise<Result> {
    if (this.#isBroken) return otherwise
    try {
      return await action()
    } catch (caught) {
      const failure = caught instanceof Failure ? caught : asDiskFailure(caught, this.#options.folder, 'caching')
      const errno = errnoOf(caught)
      if (failure === undefined && errno === undefined) throw caught
      this.#breakOff(failure?.message ?? `${errno} in ${this.#options.folder}`)
      return otherwise
    }
  }

  /** Several objects are on their way at once; the first that fails tells. */
  #breakOff(problem: string): void {
    if (this.#isBroken) return
    this.#isBroken = true
    this.#options.onTrouble(`the cache is not used: ${problem}`)
  }

  async offer(sha256: Sha256, path: string): Promise<void> {
    const { files, folder, limitBytes } = this.#options
    const stat = await files.lstat(path)
    if (stat?.kind !== 'file' || stat.sizeBytes > limitBytes) return
    const target = cachedPath(folder, sha256)
    const found = await files.lstat(target)
    this.#used.add(sha256)
    if (found?.kind === 'file' && found.sizeBytes === stat.sizeBytes) return
    // What has the name and another size is no object.
    if (found !== undefined) await files.remove(target)
    await files.makeFolder(dirname(target))
    if (await this.#link(path, target)) this.#addedBytes += stat.sizeBytes
    else if (await this.#copyIn(sha256, path, target)) this.#addedBytes += stat.sizeBytes
  }

  async take({ sha256, sizeBytes }: HashedBytes, target: string): Promise<boolean> {
    const { files, folder } = this.#options
    const path = cachedPath(folder, sha256)
    const found = await files.lstat(path)
    if (found === undefined) return false
    if (found.kind === 'file' && found.sizeBytes === sizeBytes && (await this.#give(path, target)) === sha256) {
      this.#used.add(sha256)
      return true
    }
    await files.remove(target)
    // One that was evicted meanwhile is only not there.
    if ((await files.lstat(path)) === undefined) return false
    await files.remove(path)
    this.#options.onTrouble(`an object of the cache was damaged and is dropped: ${path}`)
    return false
  }

  async settle(): Promise<void> {
    if (this.#used.size === 0) return
    const used = [...this.#used]
    const addedBytes = this.#addedBytes
    this.#used.clear()
    this.#addedBytes = 0
    const { files, folder, limitBytes, lock } = this.#options
    await accountFor({ files, folder, lock }, used)
    if (addedBytes > 0) await makeRoom({ files, folder, lock }, { addedBytes, limitBytes })
  }

  /** False where the two cannot be one file. */
  async #link(from: string, to: string): Promise<boolean> {
    try {
      await this.#options.files.link(from, to)
      return true
    } catch (error) {
      // Another process put it there this moment.
      if (errnoOf(error) === 'EEXIST') return true
      if (UNLINKABLE.has(errnoOf(error))) return false
      throw error
    }
  }

  async #copyIn(sha256: Sha256, source: string, target: string): Promise<boolean> {
    const { files, folder, lock } = this.#options
    await files.makeFolder(temporaryIn(folder))
    const name = Buffer.from(lock.entropy.randomBytes(NAME_BYTES)).toString('hex')
    const beside = join(temporaryIn(folder), name)
    try {
      const copied = await copyFile(files, copyOf(source, beside))
      if (copied.sha256 !== sha256) return false
      await files.rename(beside, target)
      return true
    } finally {
      await files.remove(beside).catch(() => undefined)
    }
  }

  /** Makes the new name and returns the digest of what is behind it; `undefined` when the object is gone. */
  async #give(path: string, target: string): Promise<Sha256 | undefined> {
    const { files } = this.#options
    try {
      // What somebody may still write to is copied, so that it stays what it was.
      const isFixed = (BigInt((await files.lstat(path))?.mode ?? 0) & WRITE_BITS) === 0n
      if (isFixed && (await this.#link(path, target))) return await digestOf(files, target)
      return (await copyFile(files, { ...copyOf(path, target), durable: true })).sha256
    } catch (error) {
      if (errnoOf(error) === 'ENOENT') return undefined
      throw error
    }
  }
}

/** Why a hard link is not made: two file systems, one without, too many, or the kernel's rule on files of others. */
const UNLINKABLE: ReadonlySet<string | undefined> = new Set([
  'EXDEV',
  'EPERM',
  'EACCES',
  'ENOTSUP',
  'EOPNOTSUPP',
  'ENOSYS',
  'EMLINK',
])

/** Copies that are not whole yet. */
export function temporaryIn(folder: string): string {
  return join(folder, 'tmp')
}

function copyOf(source: string, target: string) {
  return { source, target, permissions: OBJECT_PERMISSIONS, durable: false, tensors: false }
}

/** The digest of a file, read to its end. */
export async function digestOf(files: Files, path: string): Promise<Sha256> {
  const hash = sha256Stream()
  const buffer = new Uint8Array(READ_BYTES)
  const file = await files.open(path, 'read')
  try {
    let at = 0
    for (let count = await file.read(buffer, 0); count > 0; count = await file.read(buffer, at)) {
      hash.update(buffer.subarray(0, count))
      at += count
    }
    return hash.digest()
  } finally {
    await file.close()
  }
}
