/**
 * Inputs put where a command expects them, in a worktree that does not have them: by reflink where the file system can,
 * as a copy when small, as a link to the original when large. Copies cannot be written to; a link leads to a file that
 * could be, as it could in the run that is repeated.
 */
import { dirname, join } from 'node:path'
import { refuse } from '../../domain/failure.ts'
import { cloneFile } from '../artifacts/clone-file.ts'
import { withDiskFailures } from '../files/disk-failure.ts'
import type { Files } from '../files/files.ts'

/** Larger files are linked where they cannot be cloned: an input may be larger than what is left of the disk. */
export const LINK_FROM_BYTES = 64 * 1024 * 1024

const READ_ONLY = 0o444
const DEPTH_LIMIT = 64

/**
 * Places a file, or a folder with all files in it. Links are followed. Nothing that is there already is touched.
 *
 * @throws `file-not-found`, `limit-exceeded` for folders nested deeper than 64, and what the disk refuses
 */
export async function placeInput(files: Files, source: string, target: string): Promise<void> {
  await withDiskFailures(target, 'writing', () => place(files, source, target, 0))
}

async function place(files: Files, source: string, target: string, depth: number): Promise<void> {
  const stat = await files.stat(source)
  if (stat === undefined) throw refuse('file-not-found', { file: source, wanted: 'dataset' })
  if (depth > DEPTH_LIMIT) {
    throw refuse('limit-exceeded', { what: `folders below ${source}`, actual: depth, limit: DEPTH_LIMIT })
  }
  if (stat.kind === 'folder') {
    await files.makeFolder(target)
    for (const { name } of await files.readFolder(source)) {
      await place(files, join(source, name), join(target, name), depth + 1)
    }
    return
  }
  if (stat.kind !== 'file' || (await files.lstat(target)) !== undefined) return
  await files.makeFolder(dirname(target))
  if (await cloneFile(files, { source, target, permissions: READ_ONLY })) return
  if (stat.sizeBytes >= LINK_FROM_BYTES) {
    await files.makeSymlink(await files.realPath(source), target)
    return
  }
  await files.copy(source, target)
  await files.setMode(target, READ_ONLY)
}
