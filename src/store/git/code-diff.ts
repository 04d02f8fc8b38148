/**
 * The difference between two code states, as git words it.
 */
import type { Oid } from '../../domain/oid.ts'
import { runGit } from './git-command.ts'
import type { GitProgram } from './git-command.ts'
import type { RepositoryPlace } from './probe.ts'

/** `git diff --stat` between two trees; `undefined` when one of them is not in this clone. */
export async function codeDiffStat(
  git: GitProgram,
  place: RepositoryPlace,
  base: Oid,
  head: Oid,
): Promise<string | undefined> {
  const args = [`--git-dir=${place.commonDir}`, 'diff', '--stat=100', '--no-color', '--no-ext-diff', '--no-textconv']
  const { exitCode, stdout } = await runGit(git, [...args, '--end-of-options', base, head, '--'])
  return exitCode === 0 ? Buffer.from(stdout).toString('utf8') : undefined
}
