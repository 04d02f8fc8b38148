/**
 * Whether some git works on a repository right now, where the system tells. An empty lock says nothing of its owner,
 * and git does not keep it open; that a git lives which could have made it is all there is to know.
 */
import { join, sep } from 'node:path'
import type { Files } from '../files/files.ts'
import { unlessGone } from './open-files.ts'
import type { RepositoryPlace } from './probe.ts'

const PROC = '/proc'

/** Commands that only read take no lock of a ref; writers that wait for their turn each have one of these running. */
const READERS: ReadonlySet<string> = new Set(['cat-file', 'config', 'log', 'rev-list', 'rev-parse', 'status', 'var'])

/** Options of git itself that are followed by a word of their own (git(1)). */
const WITH_VALUE: ReadonlySet<string> = new Set(['-c', '-C', '--git-dir', '--work-tree', '--namespace'])

/**
 * Tells whether a git that may write, seen from here, stands in the repository or was told of it. Where the system has
 * no `/proc` there is none to be seen.
 */
export async function isGitAtWork(files: Files, place: RepositoryPlace): Promise<boolean> {
  const folders = [place.commonDir, place.gitDir, ...(place.worktree === undefined ? [] : [place.worktree])]
  for (const { name } of await files.readFolder(PROC)) {
    if (!/^\d+$/.test(name)) continue
    const folder = join(PROC, name)
    if (!/^git(?:-|$)/.test((await read(files, join(folder, 'comm'))).trim())) continue
    const words = (await read(files, join(folder, 'cmdline'))).split('\0')
    if (!READERS.has(commandOf(words)) && (await isIn(files, folder, folders))) return true
  }
  return false
}

/** The command of a line such as `git -c a=b cat-file --batch`; empty when there is none. */
function commandOf([, ...words]: readonly string[]): string {
  const at = words.findIndex((word, index) => !word.startsWith('-') && !WITH_VALUE.has(words[index - 1] ?? ''))
  return words[at] ?? ''
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
