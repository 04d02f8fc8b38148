/**
 * The files of a dataset that is a folder.
 */
import { join } from 'node:path'
import { compareText } from '../../base/order.ts'
import { refuse } from '../../domain/failure.ts'
import type { Files } from '../files/files.ts'
import type { StattedFile } from './dataset-cache.ts'

const FILES_LIMIT = 1_000_000
const DEPTH_LIMIT = 64

/**
 * All files below a folder, sorted by the bytes of their paths relative to it; links are followed, but never back to a
 * folder above.
 *
 * @throws `input-symlink`, `limit-exceeded`, and the disk's errors
 */
export async function listDataFolder(files: Files, root: string): Promise<readonly StattedFile[]> {
  const found: string[] = []
  const visit = async (prefix: string, above: readonly string[]): Promise<void> => {
    const folder = join(root, prefix)
    const real = await files.realPath(folder)
    if (above.includes(real)) throw refuse('input-symlink', { path: folder, target: real })
    if (above.length >= DEPTH_LIMIT) {
      throw refuse('limit-exceeded', { what: `folders below ${root}`, actual: above.length + 1, limit: DEPTH_LIMIT })
    }
    for (const { name, kind } of await files.readFolder(folder)) {
      const path = `${prefix}${name}`
      const actual = kind === 'symlink' ? (await files.stat(join(root, path)))?.kind : kind
      if (actual === 'folder') await visit(`${path}/`, [...above, real])
      else if (actual === 'file') found.push(path)
    }
    if (found.length > FILES_LIMIT) {
      throw refuse('limit-exceeded', { what: `files below ${root}`, actual: found.length, limit: FILES_LIMIT })
    }
  }
  await visit('', [])
  return statAll(files, root, found.sort(compareText))
}

async function statAll(files: Files, root: string, paths: readonly string[]): Promise<readonly StattedFile[]> {
  const statted: StattedFile[] = []
  for (const path of paths) {
    const stat = await files.stat(join(root, path))
    // Absent when it went since it was listed.
    if (stat !== undefined) statted.push({ path, stat })
  }
  return statted
}
