/**
 * How much a cache holds, and what goes when that is too much: what was not used for longest, by whoever wrote last.
 *
 * `uses` is a log of what was used when, appended to without a lock: a line that is lost only makes an object look
 * older. `size` is what the cache holds, kept under the lock of the folder; when it is absent or a day old the folder
 * is gone through, so that what a kill left uncounted is counted in the end.
 *
 * Law: removing is unlinking. Whoever reads an object, or has a name of its own for it, keeps it.
 */
import { join } from 'node:path'
import { parseSha256 } from '../../base/digest.ts'
import type { Sha256 } from '../../base/digest.ts'
import { isFailure } from '../../domain/failure.ts'
import { errnoOf } from '../files/disk-failure.ts'
import type { Files } from '../files/files.ts'
import { withFolderLock } from '../git/writer-lock.ts'
import type { LockOptions } from '../git/writer-lock.ts'

/** A cache and who works on it. */
export interface CachePlace {
  readonly files: Files
  readonly folder: string
  readonly lock: LockOptions
}

/** An object of a cache. */
export interface CachedObject {
  readonly sha256: Sha256
  readonly path: string
  readonly sizeBytes: number
  /** Milliseconds since the Unix epoch. */
  readonly usedMs: number
}

/** After making room there is this share of the limit left, so that it is not made for every object. */
const KEPT_SHARE = 0.9
/** Waiting for another writer is not worth more: what it does not count now is counted within a day. */
const PATIENCE_MS = 5000
const COUNTED_FOR_MS = 24 * 3600 * 1000
const FOLDER_NAME = /^[0-9a-f]{2}$/
const USE_LINE = /^([0-9a-f]{64}) ([0-9]{1,16})$/
/** Backup programs leave a folder with this file alone (https://bford.info/cachedir). */
const TAG = 'Signature: 8a477f597d28d172789f06886806bc55\n# A cache of mlv: everything in it can be had again.\n'

/** Notes that objects were used now. */
export async function accountFor({ files, folder, lock }: CachePlace, used: readonly Sha256[]): Promise<void> {
  const now = Math.floor(lock.clock.nowMs())
  const path = join(folder, 'uses')
  await files.makeFolder(folder)
  const file = await files.open(path, 'append', 0o666)
  try {
    // One write, so that lines of two processes do not mix.
    await file.write(Buffer.from(used.map((sha256) => `${sha256} ${now}\n`).join(''), 'latin1'))
  } finally {
    await file.close()
  }
}

/** Counts what was added, and evicts when there is more than the limit. */
export async function makeRoom(
  place: CachePlace,
  { addedBytes, limitBytes }: { readonly addedBytes: number; readonly limitBytes: number },
): Promise<void> {
  try {
    await locked(place, async () => {
      await tag(place)
      const counted = await readSize(place)
      const total = counted === undefined ? undefined : counted + addedBytes
      if (total !== undefined && total <= limitBytes) return writeSize(place, total)
      const objects = await listCached(place)
      await sweepTemporary(place)
      await evict(place, objects, { limitBytes, keptBytes: limitBytes * KEPT_SHARE })
    })
  } catch (caught) {
    if (!isFailure(caught, 'lock-timeout')) throw caught
    // Another writer is at something long: whoever comes next counts anew.
    await place.files.remove(join(place.folder, 'size'))
  }
}

/** Removes objects; all that `isWanted` does not keep. Returns what went. */
export async function clearCached(
  place: CachePlace,
  isWanted: (object: CachedObject) => boolean,
): Promise<readonly CachedObject[]> {
  return locked(place, async () => {
    const objects = await listCached(place)
    const gone = objects.filter((object) => !isWanted(object))
    for (const { path } of gone) await place.files.remove(path)
    const stay = objects.filter(isWanted)
    await writeUses(place, stay)
    await writeSize(place, totalOf(stay))
    return gone
  })
}

/** All objects, longest unused first. Takes a look at each. */
export async function listCached(place: CachePlace): Promise<readonly CachedObject[]> {
  const { files, folder } = place
  const uses = await readUses(place)
  const objects: CachedObject[] = []
  for (const first of await subfolders(files, folder)) {
    for (const second of await subfolders(files, join(folder, first))) {
      for (const { name } of await files.readFolder(join(folder, first, second))) {
        const sha256 = parseSha256(name)
        if (sha256 === undefined || !name.startsWith(first + second)) continue
        const path = join(folder, first, second, name)
        const stat = await files.lstat(path)
        if (stat?.kind !== 'file') continue
        const usedMs = uses.get(sha256) ?? Number(stat.modifiedNs / 1_000_000n)
        objects.push({ sha256, path, sizeBytes: stat.sizeBytes, usedMs })
      }
    }
  }
  return objects.sort((left, right) => left.usedMs - right.usedMs || (left.sha256 < right.sha256 ? -1 : 1))
}

/** What objects hold in all, in bytes. */
export function totalOf(objects: readonly CachedObject[]): number {
  return objects.reduce((sum, { sizeBytes }) => sum + sizeBytes, 0)
}

async function evict(
  place: CachePlace,
  objects: readonly CachedObject[],
  { limitBytes, keptBytes }: { readonly limitBytes: number; readonly keptBytes: number },
): Promise<void> {
  let total = totalOf(objects)
  const stay = [...objects]
  if (total > limitBytes) {
    for (const object of objects) {
      if (total <= keptBytes || stay.length === 1) break
      await place.files.remove(object.path)
      stay.shift()
      total -= object.sizeBytes
    }
  }
  await writeUses(place, stay)
  await writeSize(place, total)
}

function locked<Result>(place: CachePlace, action: () => Promise<Result>): Promise<Result> {
  const lock = { ...place.lock, timeoutMs: PATIENCE_MS, onWait: ignore }
  return withFolderLock(place.folder, place.files, lock, action)
}

async function subfolders(files: Files, folder: string): Promise<readonly string[]> {
  const entries = await files.readFolder(folder)
  return entries.flatMap(({ name, kind }) => (kind === 'folder' && FOLDER_NAME.test(name) ? [name] : []))
}

async function readUses({ files, folder }: CachePlace): Promise<ReadonlyMap<Sha256, number>> {
  const uses = new Map<Sha256, number>()
  for (const line of (await readText(files, join(folder, 'uses'))).split('\n')) {
    const [, name = '', ms] = USE_LINE.exec(line) ?? []
    const sha256 = parseSha256(name)
    if (sha256 !== undefined) uses.set(sha256, Math.max(Number(ms), uses.get(sha256) ?? 0))
  }
  return uses
}

function writeUses(place: CachePlace, objects: readonly CachedObject[]): Promise<void> {
  return replace(place, 'uses', objects.map(({ sha256, usedMs }) => `${sha256} ${Math.floor(usedMs)}\n`).join(''))
}

/** What the cache holds; `undefined` when nobody counted for a day. */
async function readSize({ files, folder, lock }: CachePlace): Promise<number | undefined> {
  const path = join(folder, 'size')
  const [, counted = '', bytes] = /^([0-9]{1,16}) ([0-9]{1,16})\n$/.exec(await readText(files, path)) ?? []
  const ageMs = lock.clock.nowMs() - Number(counted)
  return bytes === undefined || ageMs < 0 || ageMs > COUNTED_FOR_MS ? undefined : Number(bytes)
}

/** Keeps when the folder was gone through; adding to a count does not make it younger. */
async function writeSize(place: CachePlace, sizeBytes: number): Promise<void> {
  const before = /^([0-9]{1,16}) /.exec(await readText(place.files, join(place.folder, 'size')))?.[1]
  const isCounting = before === undefined || (await readSize(place)) === undefined
  const counted = isCounting ? String(Math.floor(place.lock.clock.nowMs())) : before
  await replace(place, 'size', `${counted} ${sizeBytes}\n`)
}

/** Not synced: a cache that lost either of its two files counts anew. */
async function replace({ files, folder, lock }: CachePlace, name: string, text: string): Promise<void> {
  const beside = join(folder, `.${name}-${Buffer.from(lock.entropy.randomBytes(6)).toString('hex')}`)
  try {
    const file = await files.open(beside, 'create', 0o666)
    try {
      await file.write(Buffer.from(text, 'latin1'))
    } finally {
      await file.close()
    }
    await files.rename(beside, join(folder, name))
  } finally {
    await files.remove(beside).catch(() => undefined)
  }
}

async function tag(place: CachePlace): Promise<void> {
  const { files, folder } = place
  if ((await files.lstat(join(folder, 'CACHEDIR.TAG'))) === undefined) await replace(place, 'CACHEDIR.TAG', TAG)
}

/** Removes copies that a kill left; whoever copies writes all the time. */
async function sweepTemporary({ files, folder, lock }: CachePlace): Promise<void> {
  for (const { name, kind } of await files.readFolder(join(folder, 'tmp'))) {
    const path = join(folder, 'tmp', name)
    const stat = kind === 'file' ? await files.lstat(path) : undefined
    const ageMs = stat === undefined ? 0 : lock.clock.nowMs() - Number(stat.modifiedNs / 1_000_000n)
    if (ageMs > COUNTED_FOR_MS) await files.remove(path)
  }
}

async function readText(files: Files, path: string): Promise<string> {
  try {
    return Buffer.from(await files.readFile(path)).toString('latin1')
  } catch (error) {
    if (errnoOf(error) !== 'ENOENT') throw error
    return ''
  }
}

function ignore(): void {
  // Nobody needs to hear of a wait this short.
}
