/**
 * Keeps the number of packs small where no git does: the embedded engine makes one for every commit, and every reader
 * opens each of them.
 *
 * Folding only ever adds a name before it takes others away: the new pack is durable before an old one goes, so a kill
 * at any moment, and a reader with an old list, finds every object.
 */
import { crc32 } from 'node:zlib'
import { createHash } from 'node:crypto'
import { compareText } from '../../base/order.ts'
import { parseOid } from '../../domain/oid.ts'
import type { Oid } from '../../domain/oid.ts'
import { errnoOf } from '../files/disk-failure.ts'
import type { Files } from '../files/files.ts'
import { joinEntries } from './pack-encoding.ts'
import type { PackEntry } from './pack-encoding.ts'
import { readEntryHeader } from './pack-entry.ts'
import { packFiles, packFolder, putInPlace, removeAside, writeAside } from './pack-files.ts'
import { openPackIndex } from './pack-index.ts'
import type { PackIndex } from './pack-index.ts'

/** So many packs of similar size are made one. */
export const PACKS_BEFORE_FOLDING = 16

/** A larger pack is not worth reading whole, and one fold never holds more than this in memory. */
const FOLD_LIMIT_BYTES = 128 * 1024 * 1024

/** Git's own packs may be among the small ones; so many are looked into at most. */
const LOOKED_INTO = 256

/** A pack and what it takes on the disk. */
export interface SizedPack {
  /** In hex, as in `pack-<name>.pack`. */
  readonly name: string
  readonly sizeBytes: number
}

/**
 * Folds the small packs of whole objects below a common git folder into one when there are many. Packs that git keeps,
 * indexes together or deltified are left to git. The writer's lock is held, and refs lead to what the packs hold.
 */
export async function foldOwnPacks(commonDir: string, files: Files): Promise<void> {
  const folder = packFolder(commonDir)
  const names = await loosePacks(files, folder)
  if (names.length < PACKS_BEFORE_FOLDING) return
  const sized = await Promise.all(names.map((name) => sizedPack(files, folder, name)))
  const small = packsToFold(sized.filter((pack) => pack !== undefined)).slice(0, LOOKED_INTO)
  if (small.length < PACKS_BEFORE_FOLDING) return
  const opened = new Map<string, ReadonlyMap<Oid, PackEntry>>()
  for (const { name } of small) {
    const entries = await readEntries(files, folder, name)
    if (entries !== undefined) opened.set(name, entries)
  }
  const chosen = packsToFold(small.filter(({ name }) => opened.has(name)))
  if (chosen.length < PACKS_BEFORE_FOLDING) return
  const entries = new Map(chosen.flatMap(({ name }) => [...(opened.get(name) ?? [])]))
  await replacePacks(files, folder, { names: chosen.map(({ name }) => name), entries })
}

/**
 * Which packs to fold, smallest first: as many as it takes that every pack left over is at least twice all smaller ones
 * together. So a byte is written again only into a pack half as large again, n log n in all, and few packs remain.
 */
export function packsToFold(packs: readonly SizedPack[]): readonly SizedPack[] {
  const sorted = [...packs].sort(
    (left, right) => left.sizeBytes - right.sizeBytes || compareText(left.name, right.name),
  )
  let [smaller, count] = [0, 0]
  for (const [index, { sizeBytes }] of sorted.entries()) {
    if (smaller + sizeBytes > FOLD_LIMIT_BYTES) break
    if (sizeBytes < 2 * smaller) count = index + 1
    smaller += sizeBytes
  }
  return sorted.slice(0, count)
}

/** Names of packs without companions: no `.keep`, no bitmap, no part in an index over many packs. */
async function loosePacks(files: Files, folder: string): Promise<readonly string[]> {
  const companions = new Map<string, string[]>()
  let isIndexedTogether = false
  for (const { name } of await files.readFolder(folder)) {
    if (name.startsWith('multi-pack-index')) isIndexedTogether = true
    const [, pack, extension] = /^pack-([0-9a-f]{40})\.(.+)$/.exec(name) ?? []
    if (pack !== undefined && extension !== undefined) {
      companions.set(pack, [...(companions.get(pack) ?? []), extension])
    }
  }
  // It names packs that must stay, and only git can write another.
  if (isIndexedTogether) return []
  return [...companions].filter(([, extensions]) => extensions.join() === 'idx,pack').map(([pack]) => pack)
}

async function sizedPack(files: Files, folder: string, name: string): Promise<SizedPack | undefined> {
  const stat = await files.stat(packFiles(folder, name).pack)
  return stat === undefined ? undefined : { name, sizeBytes: stat.sizeBytes }
}

/** Every object of a pack as it lies there; `undefined` when it is gone, is damaged or holds deltas. */
async function readEntries(
  files: Files,
  folder: string,
  name: string,
): Promise<ReadonlyMap<Oid, PackEntry> | undefined> {
  const paths = packFiles(folder, name)
  try {
    const [pack, index] = await Promise.all([files.readFile(paths.pack), files.readFile(paths.index)])
    const opened = openPackIndex(index)
    return opened === undefined || !isSound(pack, opened) ? undefined : entriesOf(pack, opened)
  } catch (error) {
    // Git folded it first.
    if (errnoOf(error) === 'ENOENT') return undefined
    throw error
  }
}

/** Whether a pack is byte for byte what was once written, and its index made for it. */
function isSound(pack: Uint8Array, index: PackIndex): boolean {
  const trailer = Buffer.from(pack.subarray(-20)).toString('hex')
  if (trailer !== index.packTrailer) return false
  return createHash('sha1').update(pack.subarray(0, -20)).digest('hex') === trailer
}

function entriesOf(pack: Uint8Array, index: PackIndex): ReadonlyMap<Oid, PackEntry> | undefined {
  const positions = Array.from({ length: index.count }, (_, position) => position)
  positions.sort((left, right) => index.offsetAt(left) - index.offsetAt(right))
  const entries = new Map<Oid, PackEntry>()
  for (const [at, position] of positions.entries()) {
    const next = positions[at + 1]
    const end = next === undefined ? pack.length - 20 : index.offsetAt(next)
    const bytes = pack.subarray(index.offsetAt(position), end)
    const oid = parseOid(index.nameAt(position))
    const crc = index.crcAt(position)
    if (oid === undefined || crc32(bytes) !== crc || readEntryHeader(bytes).kind === 'delta') return undefined
    entries.set(oid, { bytes, crc })
  }
  return entries
}

interface Replacement {
  /** The packs to be replaced, in hex. */
  readonly names: readonly string[]
  /** All their objects. */
  readonly entries: ReadonlyMap<Oid, PackEntry>
}

async function replacePacks(files: Files, folder: string, { names, entries }: Replacement): Promise<void> {
  const encoded = joinEntries(entries)
  const paths = packFiles(folder, encoded.name)
  try {
    await writeAside(files, paths, encoded)
    await putInPlace(files, paths)
  } catch (caught) {
    if ((await files.stat(paths.index)) === undefined) await files.remove(paths.pack)
    await removeAside(files, paths)
    throw caught
  }
  await files.syncFolder(folder)
  await removePacks(
    files,
    folder,
    // All objects of the others in one of them give that one again.
    names.filter((name) => name !== encoded.name),
  )
}

/** The indexes go aside first, so that whoever finds an index finds its pack; and so that a kill can be cleared up. */
async function removePacks(files: Files, folder: string, names: readonly string[]): Promise<void> {
  const aside: string[] = []
  for (const name of names) {
    const paths = packFiles(folder, name)
    try {
      await files.rename(paths.index, paths.temporaryIndex)
      aside.push(name)
    } catch (error) {
      // Git removed it first, and its pack.
      if (errnoOf(error) !== 'ENOENT') throw error
    }
  }
  await files.syncFolder(folder)
  for (const name of aside) {
    const paths = packFiles(folder, name)
    await files.remove(paths.pack)
    await files.remove(paths.temporaryIndex)
  }
}
