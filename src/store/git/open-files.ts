/**
 * Which files some process of this machine has open, where the system tells.
 */
import { join } from 'node:path'
import { errnoOf } from '../files/disk-failure.ts'
import type { Files } from '../files/files.ts'

const PROC = '/proc'

/**
 * Paths of all open files that can be seen from here, which are at least those of the same user's processes;
 * `undefined` where the system has no `/proc`.
 */
export async function openFilesOf(files: Files): Promise<ReadonlySet<string> | undefined> {
  const processes = (await files.readFolder(PROC)).filter(({ name }) => /^\d+$/.test(name))
  if (processes.length === 0) return undefined
  const open = new Set<string>()
  for (const { name } of processes) {
    for (const path of await openFilesIn(files, join(PROC, name, 'fd'))) open.add(path)
  }
  return open
}

async function openFilesIn(files: Files, folder: string): Promise<readonly string[]> {
  const found: string[] = []
  for (const { name } of await unlessGone(() => files.readFolder(folder), [])) {
    const target = await unlessGone(() => files.readLink(join(folder, name)), '')
    if (target.startsWith('/')) found.push(target)
  }
  return found
}

/** What a look at a process gives: processes end and files close meanwhile, and other users' are closed to us. */
export async function unlessGone<Result>(action: () => Promise<Result>, otherwise: Result): Promise<Result> {
  try {
    return await action()
  } catch (error) {
    if (['ENOENT', 'ESRCH', 'EACCES', 'EPERM'].includes(errnoOf(error) ?? '')) return otherwise
    throw error
  }
}
