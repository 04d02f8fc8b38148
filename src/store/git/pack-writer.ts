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

/** A pack in place, held by its `.keep`. Exactly one of the functions is called, once. */
export interface StoredPack {
  /** Lets `git gc` treat the pack as any other, once refs lead to its objects. */
  readonly release: () => Promise<void>
  /** Takes the pack back. Never after a ref or reflog may name one of its objects. */
  readonly discard: () => Promise<void>
}

/** What every `.keep` made here says; git's own say what made them, too. */
const KEEP_REASON = 'mlv\n'

/** Not git's `tmp_`, which `git prune` clears away under a writer's hands; nor `.idx`, which git would open. */
const TEMPORARY = 'mlv_tmp_'

/** Git's own: objects never change. */
const READ_ONLY = 0o444

interface PackFiles {
  readonly folder: string
  readonly pack: string
  readonly index: string
  readonly keep: string
  readonly temporaryPack: string
  readonly temporaryIndex: string
  readonly temporaryKeep: string
}

/** Stores objects below a common git folder; durable when it returns. */
export async function storePack(
  commonDir: string,
  files: Files,
  objects: ReadonlyMap<Oid, GitObject>,
): Promise<StoredPack> {
  const encoded = encodePack(objects)
  const paths = packFiles(commonDir, encoded.name)
  // The same objects give the same pack. One that was there before may be in use: it is renewed, never taken back.
  const existed = (await files.stat(paths.index)) !== undefined
  const discard = async () => {
    const made = existed ? [] : [paths.index, paths.pack]
    for (const path of [...made, paths.temporaryPack, paths.temporaryIndex, paths.temporaryKeep, paths.keep])
      await files.remove(path)
  }
  try {
    await makeFolderDurably(files, paths.folder)
    await writeSynced(files, paths.temporaryPack, encoded.pack, READ_ONLY)
    await writeSynced(files, paths.temporaryIndex, encoded.index, READ_ONLY)
    // Renamed into place, so that a `.keep` half written is never mlv's.
    await writeSynced(files, paths.temporaryKeep, KEEP_REASON)
    await files.rename(paths.temporaryKeep, paths.keep)
    await files.rename(paths.temporaryPack, paths.pack)
    await files.rename(paths.temporaryIndex, paths.index)
    await files.syncFolder(paths.folder)
  } catch (caught) {
    await discard()
    throw caught
  }
  return { release: () => files.remove(paths.keep), discard }
}

/** Removes what a dead writer left among the packs, and lets go of the packs it held. The writer's lock is held. */
export async function clearLeftPacks(commonDir: string, files: Files): Promise<void> {
  const folder = packFolder(commonDir)
  for (const { name } of await files.readFolder(folder)) {
    const path = join(folder, name)
    const isLeft = name.startsWith(TEMPORARY) || (name.endsWith('.keep') && (await isKeepOfMlv(files, path)))
    if (isLeft) await files.remove(path)
  }
}

async function isKeepOfMlv(files: Files, path: string): Promise<boolean> {
  return (await readText(files, path)) === KEEP_REASON
}

function packFolder(commonDir: string): string {
  return join(commonDir, 'objects', 'pack')
}

function packFiles(commonDir: string, name: string): PackFiles {
  const folder = packFolder(commonDir)
  return {
    folder,
    pack: join(folder, `pack-${name}.pack`),
    index: join(folder, `pack-${name}.idx`),
    keep: join(folder, `pack-${name}.keep`),
    temporaryPack: join(folder, `${TEMPORARY}pack_${name}`),
    temporaryIndex: join(folder, `${TEMPORARY}idx_${name}`),
    temporaryKeep: join(folder, `${TEMPORARY}keep_${name}`),
  }
}
