/**
 * The name that clones of a repository share.
 */
import { remoteUrl } from '../../remote/git-transport.ts'
import { usualRemote } from '../repository/artifact-store-access.ts'
import type { Repository } from '../repository/repository.ts'

/** The last word of the address of the usual remote, such as `churn`; `undefined` without a remote. Asks nobody. */
export async function originName(repository: Repository): Promise<string | undefined> {
  const { git, place } = repository
  const remote = git === undefined ? undefined : await usualRemote(repository)
  if (git === undefined || remote === undefined) return undefined
  const url = await remoteUrl(git, place, remote)
  // A user or password stands before the last word, if anywhere.
  const [name = ''] = url
    .replace(/(?:\/|\.git)+$/, '')
    .split(/[/:@]/)
    .slice(-1)
  return /^[\w.-]+$/.test(name) ? name : undefined
}
