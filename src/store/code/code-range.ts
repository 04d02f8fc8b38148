/**
 * The commits of code on the two sides of a change, asked of git.
 */
import { join } from 'node:path'
import { parseOid } from '../../domain/oid.ts'
import type { Oid } from '../../domain/oid.ts'
import type { Files } from '../files/files.ts'
import { gitFailure, runGit } from '../git/git-command.ts'
import type { GitProgram } from '../git/git-command.ts'
import type { RepositoryPlace } from '../git/probe.ts'
import { readTextIfAny } from '../inputs/input-text.ts'

/** A commit of code. */
export interface CodeCommit {
  readonly oid: Oid
  readonly tree: Oid
  /** When it was committed, milliseconds since the Unix epoch. */
  readonly atMs: number
}

/** A change of code: what the head adds to the base. */
export interface CodeRange {
  readonly base: Oid
  readonly head: Oid
  /** Commits of the head that the base has not, newest first; the head itself where it has none of its own. */
  readonly added: readonly CodeCommit[]
  /** What a forge made of both for its job to run, where that is checked out: it counts as the head does. */
  readonly merged?: CodeCommit
  /** Commits of the base, newest first, as far as this clone has them. */
  readonly onBase: readonly CodeCommit[]
  /** The base cannot be followed to a commit both sides have, so `added` may be too much. */
  readonly isUnrelated: boolean
  /** The history of an end is cut in this clone, so `onBase` may end too early. */
  readonly isShallow: boolean
}

/** Runs made longer ago than this many commits of the base are not looked for. */
const LIMIT_COMMITS = 50_000

/** Whom to ask, and where. */
export interface CodeReader {
  readonly git: GitProgram
  readonly place: RepositoryPlace
  readonly files: Files
}

/** Reads a change. Both commits must be in this clone. @throws `git-failed` */
export async function readCodeRange(
  reader: CodeReader,
  { base, head, merged }: { readonly base: Oid; readonly head: Oid; readonly merged?: Oid },
): Promise<CodeRange> {
  const { git, place } = reader
  const [added, onBase, mergeBase, cut, [both]] = await Promise.all([
    revList(git, place, [head, `^${base}`]),
    revList(git, place, [base]),
    runGit(git, [`--git-dir=${place.gitDir}`, 'merge-base', '--end-of-options', base, head]),
    cutCommits(reader),
    merged === undefined ? [] : revList(git, place, ['--max-count=1', merged]),
  ])
  return {
    base,
    head,
    added: added.length > 0 ? added : await revList(git, place, ['--max-count=1', head]),
    ...(both === undefined ? {} : { merged: both }),
    onBase,
    isUnrelated: mergeBase.exitCode !== 0,
    isShallow: [...added, ...onBase].some(({ oid }) => cut.has(oid)),
  }
}

/** A file of one line for each commit whose parents were not fetched: gitrepository-layout(5). */
const LIMIT_CUT_BYTES = 16 * 1024 * 1024

/** Commits whose parents this clone lacks. The branch of records is often cut where the code is whole. */
async function cutCommits({ files, place }: CodeReader): Promise<ReadonlySet<string>> {
  const text = await readTextIfAny(files, join(place.commonDir, 'shallow'), LIMIT_CUT_BYTES)
  return new Set(text?.split('\n'))
}

async function revList(
  git: GitProgram,
  place: RepositoryPlace,
  range: readonly string[],
): Promise<readonly CodeCommit[]> {
  const format = ['--no-commit-header', '--format=%H %T %ct', `--max-count=${LIMIT_COMMITS}`]
  const result = await runGit(git, [`--git-dir=${place.gitDir}`, 'rev-list', ...format, ...range, '--'])
  if (result.exitCode !== 0) throw gitFailure('rev-list', result, place.gitDir)
  return Buffer.from(result.stdout)
    .toString('utf8')
    .split('\n')
    .flatMap((line) => {
      const [oid, tree] = line.split(' ').map((word) => parseOid(word))
      return oid === undefined || tree === undefined ? [] : [{ oid, tree, atMs: Number(line.split(' ')[2]) * 1000 }]
    })
}
