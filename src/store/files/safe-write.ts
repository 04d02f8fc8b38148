/**
 * Writes whole files so that a reader, a kill or a power cut sees the old content or the new, never a part.
 */
import { randomBytes } from 'node:crypto'
import { basename, dirname, join } from 'node:path'
import { withDiskFailures } from './disk-failure.ts'
import type { Files } from './files.ts'
import { writeSynced } from './write-synced.ts'

/** How to put the file in place. */
export interface SafeWriteOptions {
  /** Mode bits before the umask; 0o666 when absent. */
  readonly permissions?: number
  /** Whether a file that is there is replaced; otherwise the write fails with the system's `EEXIST`. */
  readonly replace: boolean
}

/**
 * Writes a file beside its destination, syncs it, moves it into place and syncs the folder, which must exist.
 *
 * @throws `disk-full`, `disk-failed`, `repository-read-only`, `too-many-open-files`, `permission-denied`
 */
export async function writeFileDurably(
  files: Files,
  path: string,
  bytes: Uint8Array,
  options: SafeWriteOptions,
): Promise<void> {
  const temporary = join(dirname(path), `.${basename(path)}.mlv-${randomBytes(6).toString('hex')}`)
  await withDiskFailures(path, 'writing', async () => {
    try {
      await writeSynced(files, temporary, bytes, options.permissions)
      await (options.replace ? files.rename(temporary, path) : files.link(temporary, path))
      await files.syncFolder(dirname(path))
    } finally {
      // Gone already after a rename; otherwise a second name of the file, or what a failed write left.
      await files.remove(temporary)
    }
  })
}

/**
 * Writes a file as `writeFileDurably` does, of parts that are made one after the other; the file that was there is
 * replaced. Where making a part fails, nothing has changed.
 *
 * @throws as `writeFileDurably`, and what making the parts throws
 */
export async function writePartsDurably(files: Files, path: string, parts: AsyncIterable<Uint8Array>): Promise<void> {
  const temporary = join(dirname(path), `.${basename(path)}.mlv-${randomBytes(6).toString('hex')}`)
  await withDiskFailures(path, 'writing', async () => {
    try {
      const file = await files.open(temporary, 'create')
      try {
        for await (const part of parts) await file.write(part)
        await file.sync()
      } finally {
        await file.close()
      }
      await files.rename(temporary, path)
      await files.syncFolder(dirname(path))
    } finally {
      // Gone already after the rename.
      await files.remove(temporary)
    }
  })
}
