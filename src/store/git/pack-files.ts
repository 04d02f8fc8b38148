/**
 * Where a pack's files are, and how they come and go, so that a kill between any two calls leaves nothing that git
 * would see half of: a pack is there when its index is, and its index comes last and goes first.
 */
import { join } from 'node:path'
import type { Files } from '../files/files.ts'
import { writeSynced } from '../files/write-synced.ts'
import type { EncodedPack } from './pack-encoding.ts'

/** The files of one pack. */
export interface PackFiles {
  readonly pack: string
  readonly index: string
  readonly keep: string
  readonly temporaryPack: string
  readonly temporaryIndex: string
  readonly temporaryKeep: string
}

/** Not git's `tmp_`, which `git prune` clears away under a writer's hands; nor `.idx`, which git would open. */
export const TEMPORARY = 'mlv_tmp_'

/** Git's own: objects never change. */
const READ_ONLY = 0o444

const INDEX_ASIDE = `${TEMPORARY}idx_`

/** The folder of packs below a common git folder. */
export function packFolder(commonDir: string): string {
  return join(commonDir, 'objects', 'pack')
}

/** The files of a pack, by its name in hex. */
export function packFiles(folder: string, name: string): PackFiles {
  return {
    pack: join(folder, `pack-${name}.pack`),
    index: join(folder, `pack-${name}.idx`),
    keep: join(folder, `pack-${name}.keep`),
    temporaryPack: join(folder, `${TEMPORARY}pack_${name}`),
    temporaryIndex: join(folder, `${INDEX_ASIDE}${name}`),
    temporaryKeep: join(folder, `${TEMPORARY}keep_${name}`),
  }
}

/** Writes a pack and its index aside, synced. */
export async function writeAside(files: Files, paths: PackFiles, encoded: EncodedPack): Promise<void> {
  await writeSynced(files, paths.temporaryPack, encoded.pack, READ_ONLY)
  await writeSynced(files, paths.temporaryIndex, encoded.index, READ_ONLY)
}

/** Puts a pack in place that was written aside. The folder is not synced. */
export async function putInPlace(files: Files, paths: PackFiles): Promise<void> {
  await files.rename(paths.temporaryPack, paths.pack)
  await files.rename(paths.temporaryIndex, paths.index)
}

/** Removes what was written aside and not put in place. */
export async function removeAside(files: Files, paths: PackFiles): Promise<void> {
  for (const path of [paths.temporaryPack, paths.temporaryIndex, paths.temporaryKeep]) await files.remove(path)
}

/**
 * Removes everything that lies aside, of a writer that died. The pack of an index that lies aside, where there is no
 * other, was being put in place or taken away: nothing sees it, and without this it would stay for ever.
 */
export async function clearAside(files: Files, folder: string, names: ReadonlySet<string>): Promise<void> {
  for (const name of names) {
    if (!name.startsWith(TEMPORARY)) continue
    const pack = name.startsWith(INDEX_ASIDE) ? `pack-${name.slice(INDEX_ASIDE.length)}` : undefined
    if (pack !== undefined && !names.has(`${pack}.idx`)) await files.remove(join(folder, `${pack}.pack`))
    await files.remove(join(folder, name))
  }
}
