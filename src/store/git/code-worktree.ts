/**
 * A linked worktree for the code of a run, made by git itself and left empty: its files are written by mlv, because
 * git's checkout would pass them through whatever filters and line endings are configured now.
 */
import { refuse } from '../../domain/failure.ts'
import type { Oid } from '../../domain/oid.ts'
import type { Files } from '../files/files.ts'
import { gitFailure, runGit } from './git-command.ts'
import type { GitProgram } from './git-command.ts'
import type { RepositoryPlace } from './probe.ts'

/**
 * Adds a detached worktree without files at a new or empty folder.
 *
 * @throws `destination-occupied`, `object-missing` when the commit is not in this clone
 */
export async function addCodeWorktree(
  git: GitProgram,
  place: RepositoryPlace,
  files: Files,
  folder: string,
  commit: Oid,
): Promise<void> {
  await refuseOccupied(files, folder)
  const gitDir = `--git-dir=${place.commonDir}`
  if (!(await hasCommit(git, place, commit))) throw refuse('object-missing', { what: 'code commit', id: commit })
  const add = ['worktree', 'add', '--detach', '--no-checkout', '--quiet', '--', folder, commit]
  const added = await runGit(git, [gitDir, ...add])
  if (added.exitCode !== 0) throw gitFailure('worktree add', added, folder)
}

/** Passes for a folder that is absent or empty. @throws `destination-occupied` */
export async function refuseOccupied(files: Files, folder: string): Promise<void> {
  const present = await files.lstat(folder)
  if (present === undefined) return
  if (present.kind === 'folder' && (await files.readFolder(folder)).length === 0) return
  throw refuse('destination-occupied', { path: folder, found: present.kind === 'folder' ? 'not empty' : present.kind })
}

/** Tells whether a commit and its tree are in this clone. */
async function hasCommit(git: GitProgram, place: RepositoryPlace, commit: Oid): Promise<boolean> {
  const known = await runGit(git, [`--git-dir=${place.commonDir}`, 'cat-file', '-e', `${commit}^{tree}`])
  return known.exitCode === 0
}

/** The git folder of a linked worktree. @throws the disk's errors when it is none */
export async function readLinkedGitDir(files: Files, folder: string): Promise<string> {
  const text = Buffer.from(await files.readFile(`${folder}/.git`)).toString('utf8')
  return text.replace(/^gitdir: /, '').replace(/\r?\n$/, '')
}

/**
 * Gives a worktree that was filled the index of its HEAD, so that git shows in it what it showed when the run was
 * recorded: files that were uncommitted then are so again.
 */
export async function indexCodeWorktree(git: GitProgram, files: Files, folder: string): Promise<void> {
  const at = [`--git-dir=${await readLinkedGitDir(files, folder)}`, `--work-tree=${folder}`]
  const read = await runGit(git, [...at, 'read-tree', 'HEAD'], { cwd: folder })
  if (read.exitCode !== 0) throw gitFailure('read-tree', read, folder)
  // Only saves later commands the reading of unchanged files; says with its exit code that some did change.
  await runGit(git, [...at, 'update-index', '-q', '--refresh'], { cwd: folder })
}

/** Takes back a worktree that was just added, with what is in it. Best effort: its caller has failed already. */
export async function removeCodeWorktree(git: GitProgram, place: RepositoryPlace, folder: string): Promise<void> {
  await runGit(git, [`--git-dir=${place.commonDir}`, 'worktree', 'remove', '--force', '--', folder])
}
