/**
 * The difference between two code states, as git words it.
 */
import type { Oid } from '../../domain/oid.ts'
import { readCodeChanges } from './code-changes.ts'
import type { CodeChange } from './code-changes.ts'
import { runGit, startGit } from './git-command.ts'
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

/** Two trees. */
export interface TreePair {
  readonly base: Oid
  readonly head: Oid
}

/** Files that differ between two trees, in the order of the patch; without numbers of lines where that took long. */
export interface CodeChanges {
  readonly changes: readonly CodeChange[]
  /** There are more than were asked for; then no lines are counted. */
  readonly isCut: boolean
}

/** Larger files are told as binary: their lines are nobody's reading, and take git seconds to compare. */
const BIG_FILE = 'core.bigFileThreshold=16m'
/** Above so many files that came or went, git looks for renames by equal content alone. */
const RENAME_LIMIT = 400
/** A comparison that takes longer is told as far as it went: thousands of large files that all changed. */
const LIMIT_MS = 20_000
/** Of the list of files, without the numbers of lines. */
const LIMIT_LIST_BYTES = 16 * 1024 * 1024

/** What a diff never depends on: programs and settings of the repository or the user. */
const SETTINGS = ['-c', BIG_FILE, '-c', 'diff.suppressBlankEmpty=false', '-c', 'core.quotePath=true']
const DIFF_TREE = [
  'diff-tree',
  '-r',
  '--no-color',
  '--no-ext-diff',
  '--no-textconv',
  '--no-relative',
  '--ignore-submodules=none',
  '--submodule=short',
  '--src-prefix=a/',
  '--dst-prefix=b/',
  '-O/dev/null',
  '--find-renames',
  '--find-copies',
  `-l${RENAME_LIMIT}`,
]

/**
 * Lists what differs, the first `most` files of it, of all files or of those at `paths`; `undefined` when a tree is not
 * whole in this clone.
 */
export async function listCodeChanges(
  git: GitProgram,
  place: RepositoryPlace,
  { base, head, most, paths = [] }: TreePair & { readonly most: number; readonly paths?: readonly string[] },
): Promise<CodeChanges | undefined> {
  const args = (form: readonly string[]): string[] => [...diffTree(place, { base, head }, ['-z', ...form]), ...paths]
  const listed = await readLimited(git, args(['--raw']), LIMIT_LIST_BYTES)
  if (listed === undefined) return undefined
  const all = readCodeChanges(listed.bytes)
  if (listed.isCut || all.length > most) return { changes: all.slice(0, most), isCut: true }
  const counted = await readLimited(git, args(['--raw', '--numstat']), Infinity)
  if (counted === undefined) return undefined
  return { changes: counted.isCut ? all : readCodeChanges(counted.bytes), isCut: false }
}

/** A patch, or the beginning of a long one. */
export interface CodePatchText {
  readonly text: string
  readonly isCut: boolean
}

/**
 * The patch between two trees, of all files or of those at `paths`, whatever characters they have; `undefined` when a
 * tree is not whole in this clone. Git is stopped when the limit is reached; what is not UTF-8 is replaced.
 */
export async function codePatch(
  git: GitProgram,
  place: RepositoryPlace,
  {
    base,
    head,
    limitBytes,
    paths = [],
  }: TreePair & { readonly limitBytes: number; readonly paths?: readonly string[] },
): Promise<CodePatchText | undefined> {
  const args = [...diffTree(place, { base, head }, ['--patch']), ...paths]
  const read = await readLimited(git, args, limitBytes)
  return read === undefined ? undefined : { text: Buffer.from(read.bytes).toString('utf8'), isCut: read.isCut }
}

function diffTree({ commonDir }: RepositoryPlace, { base, head }: TreePair, form: readonly string[]): string[] {
  return [...SETTINGS, '--literal-pathspecs', `--git-dir=${commonDir}`, ...DIFF_TREE, ...form, base, head, '--']
}

/** What git prints, up to a limit at which it is stopped, as it is when it takes long; `undefined` when it fails. */
async function readLimited(
  git: GitProgram,
  args: readonly string[],
  limitBytes: number,
): Promise<{ readonly bytes: Uint8Array; readonly isCut: boolean } | undefined> {
  // What a clone promised to fetch later is not fetched because somebody looks; of an older git that may happen.
  const child = startGit(git, args, { env: { GIT_NO_LAZY_FETCH: '1' } })
  const timer = setTimeout(() => child.kill(), LIMIT_MS)
  child.stdin.end()
  child.stderr.resume()
  const ended = new Promise<number>((resolve) => {
    child.once('error', () => {
      resolve(-1)
    })
    child.once('close', (exitCode) => {
      resolve(exitCode ?? -1)
    })
  })
  const chunks: Uint8Array[] = []
  let sizeBytes = 0
  for await (const chunk of child.stdout as AsyncIterable<Uint8Array>) {
    chunks.push(chunk)
    sizeBytes += chunk.length
    if (sizeBytes > limitBytes) break
  }
  if (sizeBytes > limitBytes) child.kill()
  const exitCode = await ended
  clearTimeout(timer)
  const isCut = sizeBytes > limitBytes || child.killed
  if (!isCut && exitCode !== 0) return undefined
  return { bytes: Buffer.concat(chunks).subarray(0, Math.min(sizeBytes, limitBytes)), isCut }
}
