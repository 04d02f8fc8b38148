/**
 * Which worktree has a branch checked out, read from the files git keeps about worktrees. Moving such a branch from
 * outside would make the next commit there take back what was added.
 */
import { dirname, join, resolve } from 'node:path'
import type { RefName } from '../../domain/ref-name.ts'
import type { Files } from '../files/files.ts'
import { readText } from './loose-ref.ts'
import type { RepositoryPlace } from './probe.ts'

/** A worktree: its top folder and its own git folder. */
interface Worktree {
  readonly folder: string
  readonly gitDir: string
}

/** Files that name a branch which a rebase or bisect will come back to (git-worktree(1), "BUGS" of branch checks). */
const RETURNED_TO = ['rebase-merge/head-name', 'rebase-apply/head-name', 'BISECT_START']

/** The top folder of a worktree that has a ref checked out, or will when its rebase or bisect ends. */
export async function worktreeHolding(place: RepositoryPlace, files: Files, ref: RefName): Promise<string | undefined> {
  for (const worktree of await worktreesOf(place, files)) {
    if (await holds(files, worktree, ref)) return worktree.folder
  }
  return undefined
}

async function worktreesOf(place: RepositoryPlace, files: Files): Promise<readonly Worktree[]> {
  const linked: Worktree[] = []
  for (const { name, kind } of await files.readFolder(join(place.commonDir, 'worktrees'))) {
    if (kind !== 'folder') continue
    const gitDir = join(place.commonDir, 'worktrees', name)
    const dotGit = (await readText(files, join(gitDir, 'gitdir')))?.trim()
    // Relative since git 2.48, with `worktree.useRelativePaths`.
    if (dotGit !== undefined) linked.push({ folder: dirname(resolve(gitDir, dotGit)), gitDir })
  }
  const main = await mainWorktree(place, files)
  return main === undefined ? linked : [main, ...linked]
}

/** The HEAD of a bare repository is no checkout. From a linked worktree, `.git` or an index tells one with files. */
async function mainWorktree(place: RepositoryPlace, files: Files): Promise<Worktree | undefined> {
  const { commonDir, gitDir, worktree } = place
  if (gitDir === commonDir) return worktree === undefined ? undefined : { folder: worktree, gitDir }
  const index = await files.stat(join(commonDir, 'index'))
  const isInFolder = commonDir.endsWith(join('/', '.git'))
  return isInFolder || index !== undefined ? { folder: dirname(commonDir), gitDir: commonDir } : undefined
}

async function holds(files: Files, worktree: Worktree, ref: RefName): Promise<boolean> {
  if ((await readText(files, join(worktree.gitDir, 'HEAD')))?.trim() === `ref: ${ref}`) return true
  const branch = ref.replace(/^refs\/heads\//, '')
  for (const name of RETURNED_TO) {
    const text = (await readText(files, join(worktree.gitDir, name)))?.trim()
    if (text === ref || text === branch) return true
  }
  return false
}
