/**
 * Whether a remote has a commit, as far as this clone has fetched.
 */
import type { Oid } from '../../domain/oid.ts'
import { runGit } from './git-command.ts'
import type { GitProgram } from './git-command.ts'
import type { RepositoryPlace } from './probe.ts'

/** Tells whether a branch that was fetched from a remote holds a commit; false for a commit that is not here. */
export async function isOnRemote(
  git: GitProgram,
  place: RepositoryPlace,
  remote: string,
  commit: Oid,
): Promise<boolean> {
  const args = ['for-each-ref', '--count=1', `--contains=${commit}`, '--format=%(refname)', `refs/remotes/${remote}/`]
  const { exitCode, stdout } = await runGit(git, [`--git-dir=${place.commonDir}`, ...args])
  return exitCode === 0 && stdout.length > 0
}
