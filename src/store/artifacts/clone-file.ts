/**
 * Copies by reference, where the file system can (btrfs, XFS, APFS): instant at any size, and no bytes are read.
 */
import { constants } from 'node:fs'
import { copyFile } from 'node:fs/promises'
import { dirname } from 'node:path'
import type { Files } from '../files/files.ts'
import { nodeFiles } from '../files/node-files.ts'

/** A copy to make; `target` does not exist yet. */
export interface Copy {
  readonly source: string
  readonly target: string
  /** Mode bits of the target. */
  readonly permissions: number
}

/** Pairs of devices between which cloning was refused; a file system does not learn it while mlv runs. */
const refused = new Set<string>()

/**
 * Clones a file. Returns false when nothing was done: between file systems, on one that cannot clone, or on a disk that
 * is not the real one.
 */
export async function cloneFile(files: Files, { source, target, permissions }: Copy): Promise<boolean> {
  if (files !== nodeFiles) return false
  const [from, to] = await Promise.all([files.stat(source), files.stat(dirname(target))])
  if (from === undefined || to === undefined) return false
  const pair = `${from.device} ${to.device}`
  if (refused.has(pair)) return false
  try {
    await copyFile(source, target, constants.COPYFILE_FICLONE_FORCE | constants.COPYFILE_EXCL)
  } catch {
    // Whatever else is wrong with either file, the copy that follows meets it again and tells.
    refused.add(pair)
    return false
  }
  await files.setMode(target, permissions)
  return true
}
