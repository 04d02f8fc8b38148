/**
 * A keyed place in a folder: each key is a file below it, written beside and renamed or linked into place.
 */
import { dirname, join } from 'node:path'
import type { Clock } from '../base/clock.ts'
import { refuse } from '../domain/failure.ts'
import { errnoOf, withDiskFailures } from '../store/files/disk-failure.ts'
import type { Files, FileStat } from '../store/files/files.ts'
import { makeFolderDurably } from '../store/files/make-folder-durably.ts'
import { writeFileDurably } from '../store/files/safe-write.ts'
import { parsePlaceKey, requireWritable } from './keyed-place.ts'
import type { KeyedPlace, PlacedBytes, PlacedKey, PlaceKey } from './keyed-place.ts'
import { readFileRange } from './read-file-range.ts'

/** What a folder is opened with. */
export interface KeyedFolderOptions {
  readonly files: Files
  /** Says when a touch was. */
  readonly clock: Clock
}

const NS_PER_MS = 1_000_000n

/** Opens a folder, which need not be there yet, as a keyed place. */
export function openKeyedFolder(folder: string, { files, clock }: KeyedFolderOptions): KeyedPlace {
  const pathOf = (key: PlaceKey): string => join(folder, ...key.split('/'))
  const stat = (key: PlaceKey): Promise<FileStat | undefined> => {
    return withDiskFailures(folder, 'reading', () => files.lstat(pathOf(key)))
  }
  const head = async (key: PlaceKey): Promise<PlacedBytes | undefined> => placedOf(await stat(key))
  const missing = (key: PlaceKey) => refuse('object-missing', { what: `in ${folder},`, id: key })
  const ifThere = (key: PlaceKey, action: () => Promise<void>): Promise<void> =>
    withDiskFailures(pathOf(key), 'writing', async () => {
      try {
        await action()
      } catch (error) {
        throw errnoOf(error) === 'ENOENT' ? missing(key) : error
      }
    })
  return {
    label: folder,
    head,
    read: async (key, range) => {
      const there = await head(key)
      if (there === undefined) throw missing(key)
      return readFileRange(files, pathOf(key), range ?? { start: 0, end: there.sizeBytes })
    },
    write: async (key, bytes, how) => {
      requireWritable(key, bytes)
      return writeKey(files, pathOf(key), bytes, how)
    },
    list: (prefix) => listBelow(files, folder, prefix),
    remove: async (keys) => {
      for (const key of keys) await withDiskFailures(folder, 'writing', () => removeKey(files, pathOf(key)))
    },
    touch: (key) => ifThere(key, () => files.setTimes(pathOf(key), clock.nowMs())),
    move: async (from, to) => {
      if ((await head(from)) === undefined) throw missing(from)
      await withDiskFailures(folder, 'writing', () => makeFolderDurably(files, dirname(pathOf(to))))
      // Young first: when it is cut here, the bytes are where they were, and young.
      await ifThere(from, () => files.setTimes(pathOf(from), clock.nowMs()))
      await ifThere(from, () => files.rename(pathOf(from), pathOf(to)))
      await withDiskFailures(folder, 'writing', () => files.syncFolder(dirname(pathOf(to))))
    },
  }
}

async function writeKey(
  files: Files,
  path: string,
  bytes: Uint8Array,
  how: 'only-if-absent' | 'replace',
): Promise<'written' | 'there'> {
  await withDiskFailures(path, 'writing', () => makeFolderDurably(files, dirname(path)))
  try {
    await writeFileDurably(files, path, bytes, { permissions: 0o644, replace: how === 'replace' })
    return 'written'
  } catch (error) {
    if (how === 'only-if-absent' && errnoOf(error) === 'EEXIST') return 'there'
    throw error
  }
}

async function removeKey(files: Files, path: string): Promise<void> {
  await files.remove(path)
  await files.syncFolder(dirname(path)).catch((error: unknown) => {
    // The folder never was, or another who removes took it away.
    if (errnoOf(error) !== 'ENOENT') throw error
  })
}

/** Walks only folders that lead to the prefix. Names that are no keys, such as files half written, are left out. */
async function* listBelow(files: Files, folder: string, prefix: string): AsyncIterable<PlacedKey> {
  const cut = prefix.lastIndexOf('/') + 1
  const start = prefix.slice(0, cut)
  if (start !== '' && parsePlaceKey(start.slice(0, -1)) === undefined) return
  const open = [start]
  for (let at = open.pop(); at !== undefined; at = open.pop()) {
    const below = at
    const names = await withDiskFailures(folder, 'reading', () => files.readFolder(join(folder, below)))
    for (const { name, kind } of names) {
      const key = parsePlaceKey(`${below}${name}`)
      if (key === undefined || !(key.startsWith(prefix) || prefix.startsWith(`${key}/`))) continue
      if (kind === 'folder') open.push(`${key}/`)
      if (kind !== 'file') continue
      const there = placedOf(await withDiskFailures(folder, 'reading', () => files.lstat(join(folder, key))))
      if (there !== undefined) yield { key, ...there }
    }
  }
}

function placedOf(stat: FileStat | undefined): PlacedBytes | undefined {
  if (stat?.kind !== 'file') return undefined
  return { sizeBytes: stat.sizeBytes, modifiedMs: Number(stat.modifiedNs / NS_PER_MS) }
}
