/**
 * Fetches what a review needs and the clone of a job lacks: such a clone has one commit of the code and no records.
 */
import { isFailure } from '../../domain/failure.ts'
import type { Oid } from '../../domain/oid.ts'
import { parseOid } from '../../domain/oid.ts'
import { parseRefName } from '../../domain/ref-name.ts'
import { branchRefspecs, fetchRefs, trackingRef } from '../../remote/git-transport.ts'
import type { GitRemote } from '../../remote/git-transport.ts'
import { REGISTRY_REF } from '../../store/branch/snapshot.ts'
import { readCodeRange } from '../../store/code/code-range.ts'
import type { CodeRange } from '../../store/code/code-range.ts'
import { usualRemote } from '../repository/artifact-store-access.ts'
import { requireGit } from '../repository/repository.ts'
import type { Repository } from '../repository/repository.ts'
import type { ChangeOptions } from './review-change.ts'
import { openRemote } from '../repository/share-state.ts'

/** Commits of code for a start, and how often as many again are asked for while the two ends do not meet. */
const FIRST_COMMITS = 100
const MOST_ROUNDS = 6

/**
 * Fetches the newest state of the records, and the two ends of a change with so much history that they meet. What is
 * here already is not fetched again; a repository without a remote fetches nothing.
 *
 * @returns the change by names this clone knows: `main` is `origin/main` where only that is there.
 * @throws `remote-unreachable`
 */
export async function fetchForReview(repository: Repository, change: ChangeOptions): Promise<ChangeOptions> {
  const name = await usualRemote(repository)
  if (name === undefined) return change
  const remote = await openRemote(repository, { remote: name })
  await fetchRecords(repository, remote)
  const git = requireGit(repository, 'fetch the commits of a change')
  const reader = { git, place: repository.place, files: repository.files }
  let before = ''
  for (let round = 0; round < MOST_ROUNDS; round += 1) {
    const ends = await Promise.all([change.base, change.head].map((end) => findEnd(repository, name, end)))
    const [base, head] = ends
    const range =
      base === undefined || head === undefined
        ? undefined
        : await readCodeRange(reader, { base: base.commit, head: head.commit })
    const found = { ...change, ...(base && { base: base.name }), ...(head && { head: head.name }) }
    const state = JSON.stringify([base?.commit, head?.commit, range?.onBase.length, range?.added.length])
    // A remote that has no more to give says so by giving nothing.
    if ((range !== undefined && isEnough(range)) || state === before) return found
    before = state
    const wanted = [base?.commit ?? change.base, head?.commit ?? change.head].flatMap((end) => refspecsOf(name, end))
    if (wanted.length === 0) return found
    // What was cloned whole is not cut here.
    const depth = repository.place.shallow ? [`--depth=${FIRST_COMMITS * 2 ** (2 * round)}`] : []
    await fetchRefs(remote, wanted, depth)
  }
  return change
}

/** A base that is met is still followed for a while: its newest run need not be of its newest commit. */
function isEnough({ isShallow, isUnrelated, onBase }: CodeRange): boolean {
  return !isShallow || (!isUnrelated && onBase.length >= FIRST_COMMITS)
}

/**
 * Takes the newest records. Where history is cut, one state says nothing of the one before it, so it is put in its
 * place; a clone that is whole stays whole.
 */
async function fetchRecords(repository: Repository, remote: GitRemote): Promise<void> {
  const specs = branchRefspecs(remote.name, [REGISTRY_REF])
  const known = await repository.context.engine.readRef(trackingRef(remote.name, REGISTRY_REF))
  const isCut = known === undefined || repository.place.shallow
  await fetchRefs(remote, isCut ? specs.map((spec) => `+${spec}`) : specs, isCut ? ['--depth=1'] : [])
}

interface End {
  readonly name: string
  readonly commit: Oid
}

async function findEnd({ context }: Repository, remote: string, text: string): Promise<End | undefined> {
  for (const name of text.startsWith('-') ? [] : [text, `${remote}/${text}`]) {
    const commit = await context.engine.resolveCommit(name)
    if (commit !== undefined) return { name, commit }
  }
  return undefined
}

/** A commit is fetched by its name. Branches are taken by a glob: an exact refspec fails where there is none. */
function refspecsOf(remote: string, end: string): readonly string[] {
  if (parseOid(end) !== undefined) return [end]
  try {
    const branch = end.startsWith(`${remote}/`) ? end.slice(remote.length + 1) : end
    return branchRefspecs(remote, [parseRefName(`refs/heads/${branch}`)]).map((spec) => `+${spec}`)
  } catch (caught) {
    // No branch can be called that, so there is none to fetch.
    if (isFailure(caught, 'ref-name-invalid')) return []
    throw caught
  }
}
