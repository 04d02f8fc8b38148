/**
 * Whose repository this is. The configuration of a repository can run programs, so one that belongs to somebody else is
 * refused unless `safe.directory` allows it, as git does since CVE-2022-24765.
 */
import { tmpdir } from 'node:os'
import { refuse } from '../../domain/failure.ts'
import type { Files } from '../files/files.ts'
import { findGit, runGit } from './git-command.ts'
import type { GitEnvironment } from './git-environment.ts'

/** The folders whose owner counts. */
export interface OwnedFolders {
  readonly owned: readonly string[]
  /** The one that `safe.directory` names: the top folder, or the git folder of a bare repository. */
  readonly named: string
}

/**
 * Checks that every folder belongs to whoever runs mlv, or was allowed by them.
 *
 * @throws `repository-owner`
 */
export async function refuseForeignOwner(
  files: Files,
  folders: OwnedFolders,
  environment: GitEnvironment,
): Promise<void> {
  if (environment.userId === undefined) return
  for (const folder of new Set(folders.owned)) {
    const owner = (await files.lstat(folder))?.ownerId
    if (owner === undefined || isOurs(owner, environment)) continue
    if (await isAllowed(files, folders.named, environment)) return
    throw refuse('repository-owner', { folder: folders.named, owner: `user ${owner}` })
  }
}

/** Under sudo, what belongs to the user who called it counts as ours too, as in git. */
function isOurs(owner: number, environment: GitEnvironment): boolean {
  if (owner === environment.userId) return true
  return environment.userId === 0 && environment.variables['SUDO_UID'] === String(owner)
}

async function isAllowed(files: Files, folder: string, environment: GitEnvironment): Promise<boolean> {
  const git = await findGit(files, environment)
  if (git === undefined) return false
  // A folder that is no repository: only the user's own configuration may say what is safe.
  const env = { GIT_CEILING_DIRECTORIES: tmpdir(), GIT_DIR: '/dev/null' }
  const { stdout } = await runGit(git, ['config', '--null', '--get-all', 'safe.directory'], { cwd: tmpdir(), env })
  return allows(Buffer.from(stdout).toString('utf8').split('\0').slice(0, -1), folder)
}

/** An empty entry forgets those before it; `*` and `<folder>/*` allow everything (below). */
function allows(entries: readonly string[], folder: string): boolean {
  const counting = entries.slice(entries.lastIndexOf('') + 1)
  return counting.some((entry) => {
    if (entry === '*' || entry === folder || entry === `${folder}/`) return true
    return entry.endsWith('/*') && folder.startsWith(entry.slice(0, -1))
  })
}
