/**
 * Stores new objects as one pack, whole or not at all: both files written aside and synced, then renamed, the pack
 * before the index that makes git see it. A `.keep` holds it against `git gc` until a ref leads to it.
 *
 * Objects that are in the repository already are packed again on purpose: an old copy could be pruned meanwhile, or be
 * torn, and git would keep either.
 */
import { join } from 'node:path'
import type { Oid } from '../../domain/oid.ts'
import type { Files } from '../files/files.ts'
import { makeFolderDurably } from '../files/make-folder-durably.ts'
import { writeSynced } from '../files/write-synced.ts'
import { readText } from './loose-ref.ts'
import type { GitObject } from './object-name.ts'
import { encodePack } from './pack-encoding.ts'
import { clearAside, packFiles, packFolder, putInPlace, removeAside, writeAside } from './pack-files.ts'

/** A pack in place, held by its `.keep`. Exactly one of the functions is called, once. */
export interface StoredPack {
  /** Lets `git gc` treat the pack as any other, once refs lead to its objects. */
  readonly release: () => Promise<void>
  /** Takes the pack back. Never after a ref or reflog may name one of its objects. */
  readonly discard: () => Promise<void>
}

/** What every `.keep` made here says; git's own say what made them, too. */
const KEEP_REASON = 'mlv\n'

/** Stores objects below a common git folder; durable when it returns. */
export async function storePack(
  commonDir: string,
  files: Files,
  objects: ReadonlyMap<Oid, GitObject>,
): Promise<StoredPack> {
  const encoded = encodePack(objects)
  const folder = packFolder(commonDir)
  const paths = packFiles(folder, encoded.name)
  // The same objects give the same pack. One that was there before may be in use: it is renewed, never taken back.
  const existed = (await files.stat(paths.index)) !== undefined
  const discard = async () => {
    for (const path of existed ? [] : [paths.index, paths.pack]) await files.remove(path)
    await removeAside(files, paths)
    await files.remove(paths.keep)
  }
  try {
    await makeFolderDurably(files, folder)
    await writeAside(files, paths, encoded)
    // Renamed into place, so that a `.keep` half written is never mlv's.
    await writeSynced(files, paths.temporaryKeep, KEEP_REASON)
    await files.rename(paths.temporaryKeep, paths.keep)
    await putInPlace(files, paths)
    await files.syncFolder(folder)
  } catch (caught) {
    await discard()
    throw caught
  }
  return { release: () => files.remove(paths.keep), discard }
}

/** Removes what a dead writer left among the packs, and lets go of the packs it held. The writer's lock is held. */
export async function clearLeftPacks(commonDir: string, files: Files): Promise<void> {
  const folder = packFolder(commonDir)
  const names = new Set((await files.readFolder(folder)).map(({ name }) => name))
  await clearAside(files, folder, names)
  for (const name of names) {
    const path = join(folder, name)
    if (name.endsWith('.keep') && (await isKeepOfMlv(files, path))) await files.remove(path)
  }
}

async function isKeepOfMlv(files: Files, path: string): Promise<boolean> {
  return (await readText(files, path)) === KEEP_REASON
}
