/**
 * Reads a small file whole, as it was at one moment: half of one state and half of another is no artifact.
 */
import { refuse } from '../../domain/failure.ts'
import { withDiskFailures } from '../files/disk-failure.ts'
import type { Files, FileStat } from '../files/files.ts'
import { isUnchanged } from './digest-file.ts'

/** A file that changes while it is read is read again, this often in all. */
export const TRIES = 3

/** The bytes of a file, and the file as it was when they had been read. */
export interface UnchangedFile {
  readonly bytes: Uint8Array
  readonly stat: FileStat
}

/** Reads a file. @param stat as it was found before. @throws `input-changing`, the disk's refusals */
export async function readUnchanged(files: Files, path: string, stat: FileStat): Promise<UnchangedFile> {
  return withDiskFailures(path, 'reading', async () => {
    let before = stat
    for (let tries = 1; tries <= TRIES; tries += 1) {
      const bytes = await files.readFile(path)
      const after = await files.stat(path)
      if (after === undefined) break
      if (isUnchanged(before, after)) return { bytes, stat: after }
      before = after
    }
    throw refuse('input-changing', { path })
  })
}
