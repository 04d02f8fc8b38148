/**
 * The page that a host of code has about the commit of a run.
 */
import { commitPageOf } from '../../domain/commit-page.ts'
import { remoteUrl } from '../../remote/git-transport.ts'
import { isOnRemote } from '../../store/git/remote-commit.ts'
import { usualRemote } from '../repository/artifact-store-access.ts'
import type { Repository } from '../repository/repository.ts'
import { readRunRow } from './describe-run.ts'

/** The page, where the remote is at a known host and has the commit; asks nobody. @throws what `findRun` refuses */
export async function readCommitPage(repository: Repository, revision: string): Promise<string | undefined> {
  const { git, place } = repository
  const { code } = (await readRunRow(repository, revision)).run
  const remote = git === undefined || code.kind === 'none' ? undefined : await usualRemote(repository)
  if (git === undefined || code.kind === 'none' || remote === undefined) return undefined
  const page = commitPageOf(await remoteUrl(git, place, remote), code.commit)
  return page !== undefined && (await isOnRemote(git, place, remote, code.commit)) ? page : undefined
}
