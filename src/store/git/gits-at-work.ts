/**
 * Whether some git works on a repository right now, where the system tells. An empty lock says nothing of its owner,
 * and git does not keep it open; that a git lives which could have made it is all there is to know.
 */
import { join, sep } from 'node:path'
import { errnoOf } from '../files/disk-failure.ts'
import type { Files } from '../files/files.ts'
import type { RepositoryPlace } from './probe.ts'

const PROC = '/proc'

/**
 * Tells whether a process of git's, seen from here, stands in the repository or was told of it. Where the system has no
 * `/proc` there is none to be seen.
 */
export async function isGitAtWork(files: Files, place: RepositoryPlace): Promise<boolean> {
  const folders = [place.commonDir, place.gitDir, ...(place.worktree === undefined ? [] : [place.worktree])]
  for (const { name } of await files.readFolder(PROC)) {
    if (!/^\d+$/.test(name)) continue
    const folder = join(PROC, name)
    if (/^git(?:-|$)/.test((await read(files, join(folder, 'comm'))).trim()) && (await isIn(files, folder, folders))) {
      return true
    }
  }
  return false
}

async function isIn(files: Files, process: string, folders: readonly string[]): Promise<boolean> {
  const standsIn = await unlessGone(() => files.readLink(join(process, 'cwd')), '')
  if (folders.some((folder) => standsIn === folder || standsIn.startsWith(`${folder}${sep}`))) return true
  const told = [await read(files, join(process, 'cmdline')), await read(files, join(process, 'environ'))]
  return folders.some((folder) => told.some((text) => text.includes(folder)))
}

async function read(files: Files, path: string): Promise<string> {
  return unlessGone(async () => Buffer.from(await files.readFile(path)).toString('utf8'), '')
}

/** Processes end while they are looked at, and other users' are closed to us. */
async function unlessGone<Result>(action: () => Promise<Result>, otherwise: Result): Promise<Result> {
  try {
    return await action()
  } catch (error) {
    if (['ENOENT', 'ESRCH', 'EACCES', 'EPERM'].includes(errnoOf(error) ?? '')) return otherwise
    throw error
  }
}
