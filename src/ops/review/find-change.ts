/**
 * Which change of code is meant: the ends of a range as it was typed, else those a continuous integration names, else
 * what this clone has over the remote's own branch.
 */
import { refuse } from '../../domain/failure.ts'
import type { RequestedChange } from '../../domain/review/requested-change.ts'
import { parseRefName } from '../../domain/ref-name.ts'
import { usualRemote } from '../repository/artifact-store-access.ts'
import type { Repository } from '../repository/repository.ts'
import type { ChangeOptions } from './review-change.ts'

const RANGE = /^(.*?)\.{2,3}(.*)$/
const USUAL_BRANCHES = ['main', 'master']

/** Tells whether text means a change of code and not one revision: `main..HEAD`. */
export function isRange(text: string): boolean {
  return RANGE.test(text)
}

/**
 * Finds the change. `A..B` and `A...B` mean the same: what B adds to A; a missing end is `HEAD`.
 *
 * @param requested the pull request a job of continuous integration runs for.
 * @throws `usage-invalid` when nothing says what the change is to be merged into
 */
export async function findChange(
  repository: Repository,
  text: string | undefined,
  requested: RequestedChange | undefined,
): Promise<ChangeOptions> {
  const [, base, head] = text === undefined ? [] : (RANGE.exec(text) ?? ['', text, 'HEAD'])
  if (base !== undefined && head !== undefined) return { base: base || 'HEAD', head: head || 'HEAD' }
  if (requested !== undefined) return { base: requested.baseCommit, head: requested.headCommit }
  const found = await usualBase(repository)
  if (found !== undefined) return { base: found, head: 'HEAD' }
  throw refuse('usage-invalid', { problem: 'say what the change is to be merged into, such as main..HEAD' })
}

/** The branch that a remote calls its own, else one of the usual names there or here, as people call it. */
async function usualBase(repository: Repository): Promise<string | undefined> {
  const remote = await usualRemote(repository)
  const there = remote === undefined ? [] : ['HEAD', ...USUAL_BRANCHES].map((name) => `${remote}/${name}`)
  for (const name of there) if (await isRef(repository, `refs/remotes/${name}`)) return name
  for (const name of USUAL_BRANCHES) if (await isRef(repository, `refs/heads/${name}`)) return name
  return undefined
}

async function isRef({ context }: Repository, name: string): Promise<boolean> {
  return (await context.engine.readRef(parseRefName(name))) !== undefined
}
