/**
 * Removes a folder of mlv's own with all that is in it. Links are removed, never followed.
 */
import { join } from 'node:path'
import type { Files } from '../files/files.ts'

/** Removes as much as can be removed: what is left is temporary, and a failure to clean up is not what to tell. */
export async function removeTree(files: Files, folder: string): Promise<void> {
  try {
    for (const { name, kind } of await files.readFolder(folder)) {
      const path = join(folder, name)
      if (kind === 'folder') await removeTree(files, path)
      else await files.remove(path).catch(() => undefined)
    }
    await files.removeFolder(folder)
  } catch {
    // The disk fails, and what made the caller fail is already on its way.
  }
}
