/**
 * A worktree with the code of a run, made by git itself.
 */
import { refuse } from '../../domain/failure.ts'
import type { Oid } from '../../domain/oid.ts'
import type { Files } from '../files/files.ts'
import { gitFailure, runGit } from './git-command.ts'
import type { GitProgram } from './git-command.ts'
import type { RepositoryPlace } from './probe.ts'

/**
 * Adds a detached worktree at a new or empty folder.
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
  const present = await files.lstat(folder)
  if (present !== undefined && (present.kind !== 'folder' || (await files.readFolder(folder)).length > 0)) {
    throw refuse('destination-occupied', {
      path: folder,
      found: present.kind === 'folder' ? 'not empty' : present.kind,
    })
  }
  const gitDir = `--git-dir=${place.commonDir}`
  const known = await runGit(git, [gitDir, 'cat-file', '-e', `${commit}^{commit}`])
  if (known.exitCode !== 0) throw refuse('object-missing', { what: 'code commit', id: commit })
  const added = await runGit(git, [gitDir, 'worktree', 'add', '--detach', '--quiet', '--', folder, commit])
  if (added.exitCode !== 0) throw gitFailure('worktree add', added, folder)
}

/** Takes back a worktree that was just added, with what is in it. Best effort: its caller has failed already. */
export async function removeCodeWorktree(git: GitProgram, place: RepositoryPlace, folder: string): Promise<void> {
  await runGit(git, [`--git-dir=${place.commonDir}`, 'worktree', 'remove', '--force', '--', folder])
}
