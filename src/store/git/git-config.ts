/**
 * All of git's configuration as it applies to a repository, includes and conditions resolved by git itself, with who
 * said what: what a user set for themselves may start programs, what came with a repository may not.
 */
import { gitFailure, runGit } from './git-command.ts'
import type { GitProgram } from './git-command.ts'

/** One setting. Later ones win. */
export interface GitSetting {
  /** Section and name in lower case: `user.name`, `remote.origin.url`. */
  readonly key: string
  readonly value: string
  /** Whether the user or the system said so, and not the repository. */
  readonly isUsers: boolean
}

const USERS_SCOPES: readonly (string | undefined)[] = ['system', 'global', 'command']

/** Reads the configuration that applies in a git folder, or outside of any, in the order it is read. */
export async function readGitConfig(git: GitProgram, gitDir: string | undefined): Promise<readonly GitSetting[]> {
  const place = gitDir === undefined ? ['-C', '/'] : [`--git-dir=${gitDir}`]
  const result = await runGit(git, [...place, 'config', '--null', '--list', '--show-scope'])
  if (result.exitCode !== 0) throw gitFailure('config --list', result, gitDir ?? '.')
  // Written as `scope NUL key LF value NUL`; a key without a value has no LF and means true.
  const fields = Buffer.from(result.stdout).toString('utf8').split('\0')
  const settings: GitSetting[] = []
  for (let index = 0; index + 1 < fields.length; index += 2) {
    const item = fields[index + 1] ?? ''
    const end = item.indexOf('\n')
    const [key, value] = end < 0 ? [item, 'true'] : [item.slice(0, end), item.slice(end + 1)]
    settings.push({ key, value, isUsers: USERS_SCOPES.includes(fields[index]) })
  }
  return settings
}

/** The value that counts, or `undefined`. */
export function settingOf(settings: readonly GitSetting[], key: string): string | undefined {
  return settings.findLast((setting) => setting.key === key)?.value
}
