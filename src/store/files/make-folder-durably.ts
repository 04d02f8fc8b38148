/**
 * Makes folders so that they survive power loss: each new name is synced in its parent.
 */
import { dirname } from 'node:path'
import type { Files } from './files.ts'

/** Makes a folder and its missing parents, and syncs the parent of every one it made. */
export async function makeFolderDurably(files: Files, path: string): Promise<void> {
  if ((await files.stat(path))?.kind === 'folder') return
  const parent = dirname(path)
  if (parent !== path) await makeFolderDurably(files, parent)
  await files.makeFolder(path)
  await files.syncFolder(parent)
}
