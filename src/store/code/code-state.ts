/**
 * The code state of a worktree: which commit a run ran, and a snapshot of what no commit holds.
 *
 * The user's index, files, HEAD, reflogs and configuration are as before when this returns, whether or not it succeeds.
 * A clean worktree costs one git process.
 */
import { sep } from 'node:path'
import type { Entropy } from '../../base/clock.ts'
import type { CodeState } from '../../domain/code-state.ts'
import type { Oid } from '../../domain/oid.ts'
import type { FileStat, Files } from '../files/files.ts'
import type { Signatures } from '../git/engine.ts'
import type { GitProgram } from '../git/git-command.ts'
import type { RepositoryPlace } from '../git/probe.ts'
import { commitSnapshot, writeWorktreeTree } from './code-snapshot.ts'
import { commitExactFiles, isPlain } from './exact-commit.ts'
import { findExactFiles } from './exact-files.ts'
import { mayConvert } from './conversion-rules.ts'
import { treeByGit, treeOfCleanIndex, treeOfLooseCommit } from './commit-tree.ts'
import { checkSnapshot, checkSnapshotCount } from './snapshot-guard.ts'
import type { SnapshotLimits } from './snapshot-guard.ts'
import { gitInWorktree } from './worktree-git.ts'
import type { WorktreeGit } from './worktree-git.ts'
import { parseWorktreeStatus } from './worktree-status.ts'
import type { WorktreeChange, WorktreeStatus } from './worktree-status.ts'

/** How a code state is captured. */
export interface CaptureOptions extends SnapshotLimits {
  /**
   * Untracked files and folders to leave out, relative to the top of the worktree: what the run itself wrote. No globs.
   * May still be on its way: git looks at the worktree meanwhile, and nothing is written before it is there.
   */
  readonly exclude: readonly string[] | Promise<readonly string[]>
  /**
   * Author and committer of the snapshot, asked for only when there is one to make; equal signatures and files make an
   * equal snapshot.
   */
  readonly signatures: () => Promise<Signatures>
  /** Names the folder of the private index. */
  readonly entropy: Entropy
}

/** A code state, and the commit to keep reachable so that it can be had back. */
export interface CapturedCode {
  readonly code: CodeState
  /** The commit of exact bytes, else the snapshot, else HEAD; each is on top of the next. Absent without code. */
  readonly keep?: Oid
}

/** Size limit of a snapshot when nobody says another. */
export const DEFAULT_SNAPSHOT_LIMIT_BYTES = 50 * 1024 * 1024

/** What of git tells the state of a worktree; `parseWorktreeStatus` reads it. */
export const WORKTREE_STATUS = [
  'status',
  '--porcelain=v2',
  '--branch',
  '-z',
  '--untracked-files=all',
  '--ignored=matching',
  '--ignore-submodules=none',
  '--no-renames',
  '--no-ahead-behind',
]

/**
 * Captures the code of a worktree. Ignored files are told and left out; changes inside submodules, repositories nested
 * in the worktree and files that cannot be read are left out and listed.
 *
 * @throws `snapshot-too-large`, `secret-found`, `limit-exceeded`, `git-failed`
 */
export async function captureCode(
  git: GitProgram,
  place: RepositoryPlace,
  files: Files,
  options: CaptureOptions,
): Promise<CapturedCode> {
  const { worktree } = place
  if (worktree === undefined) return noCode('the repository has no worktree')
  const bound = gitInWorktree(git, { ...place, worktree }, files)
  const indexBefore = await files.lstat(`${place.gitDir}/index`)
  const status = parseWorktreeStatus(await bound.bytes(WORKTREE_STATUS))
  if (status.head === undefined) return noCode('the repository has no commit yet')
  const changes = withoutExcluded(status.changes, await options.exclude)
  const captured =
    changes.length > 0
      ? await captureDirty(bound, { status, head: status.head, changes, options })
      : commitState(status, status.head, await treeOfCleanHead(bound, status.head, indexBefore))
  return withExactFiles(bound, captured, { changes, options, variables: git.variables })
}

/** Adds what git's form of the files does not tell; in a repository where git converts nothing this starts no git. */
async function withExactFiles(
  git: WorktreeGit,
  captured: CapturedCode,
  { changes, options, variables }: Pick<DirtyWorktree, 'changes' | 'options'> & Pick<GitProgram, 'variables'>,
): Promise<CapturedCode> {
  const { code, keep } = captured
  const hasRules = changes.some(({ path }) => path.endsWith('.gitattributes'))
  if (code.kind === 'none' || keep === undefined) return captured
  if (!hasRules && !(await mayConvert(git, variables))) return captured
  const found = await findExactFiles(git, code.tree, options)
  const omitted = [...code.omitted, ...found.omitted]
  if (isPlain(found)) return { code: { ...code, omitted }, keep }
  const { entropy } = options
  const exact = await commitExactFiles(git, found, keep, { signatures: await options.signatures(), entropy })
  return { code: { ...code, exact, omitted }, keep: exact }
}

function noCode(reason: string): CapturedCode {
  return { code: { kind: 'none', reason } }
}

async function treeOfCleanHead(git: WorktreeGit, head: Oid, indexBefore: FileStat | undefined): Promise<Oid> {
  return (
    (await treeOfLooseCommit(git.files, git.place, head)) ??
    (await treeOfCleanIndex(git.files, git.place, indexBefore)) ??
    (await treeByGit(git, head))
  )
}

/** Everything a snapshot is made from. */
interface DirtyWorktree {
  readonly status: WorktreeStatus
  readonly head: Oid
  readonly changes: readonly WorktreeChange[]
  readonly options: CaptureOptions
}

async function captureDirty(git: WorktreeGit, dirty: DirtyWorktree): Promise<CapturedCode> {
  const { status, head, options } = dirty
  checkSnapshotCount(dirty.changes)
  const { included, omitted } = await divideChanges(git, dirty.changes)
  await checkSnapshot(git, included, options)
  const tree = await writeWorktreeTree(git, included, options.entropy)
  if (omitted.length === 0 && tree === (await treeOfHead(git, head))) return commitState(status, head, tree)
  const snapshot = await commitSnapshot(git, tree, head, await options.signatures())
  return commitState(status, head, tree, { snapshot, omitted })
}

async function treeOfHead(git: WorktreeGit, head: Oid): Promise<Oid> {
  return (await treeOfLooseCommit(git.files, git.place, head)) ?? (await treeByGit(git, head))
}

function commitState(
  status: WorktreeStatus,
  commit: Oid,
  tree: Oid,
  dirty?: { readonly snapshot: Oid; readonly omitted: readonly string[] },
): CapturedCode {
  const branch = status.branch === undefined ? {} : { branch: status.branch }
  const snapshot = dirty === undefined ? {} : { snapshot: dirty.snapshot }
  const ignored = status.ignored === undefined ? {} : { ignored: status.ignored }
  const code: CodeState = {
    kind: 'commit',
    commit,
    tree,
    ...branch,
    ...snapshot,
    ...ignored,
    omitted: dirty?.omitted ?? [],
  }
  return { code, keep: dirty?.snapshot ?? commit }
}

/** Leaves out paths, and what is below them. Only untracked ones: a tracked file is code, whoever wrote it last. */
export function withoutExcluded(
  changes: readonly WorktreeChange[],
  exclude: readonly string[],
): readonly WorktreeChange[] {
  const excluded = new Set(exclude.map((path) => path.replaceAll(sep, '/').replace(/^(?:\.\/)+|\/+$/g, '')))
  return changes.filter(({ kind, path }) => {
    const isUntracked = kind === 'untracked' || kind === 'nested-repository'
    return !isUntracked || !isAtOrBelow(path, excluded)
  })
}

function isAtOrBelow(path: string, folders: ReadonlySet<string>): boolean {
  for (let end = path.length; end > 0; end = path.lastIndexOf('/', end - 1)) {
    if (folders.has(path.slice(0, end))) return true
  }
  return false
}

/** Divides changes into those git can take into a snapshot and those that are only told. */
export async function divideChanges(
  git: WorktreeGit,
  changes: readonly WorktreeChange[],
): Promise<{ readonly included: readonly WorktreeChange[]; readonly omitted: readonly string[] }> {
  const included: WorktreeChange[] = []
  const omitted: string[] = []
  // One at a time, so that ten thousand files do not need ten thousand open ones.
  for (const change of changes) {
    const reason = await reasonToOmit(git, change)
    if (reason !== undefined) omitted.push(`${change.path}: ${reason}`)
    // The commit a submodule is at belongs into the tree, even when changes inside it are left out.
    if (reason === undefined || change.kind === 'submodule') included.push(change)
  }
  return { included, omitted }
}

async function reasonToOmit(git: WorktreeGit, change: WorktreeChange): Promise<string | undefined> {
  if (change.kind === 'nested-repository') return 'a git repository of its own'
  if (change.hasInnerChanges) return 'a submodule with uncommitted changes'
  if (!change.isNameExact) return 'a name that is not UTF-8'
  return (await isReadable(git, change)) ? undefined : 'a file that cannot be read'
}

async function isReadable(git: WorktreeGit, change: WorktreeChange): Promise<boolean> {
  const path = `${git.place.worktree}/${change.path}`
  if ((await git.files.lstat(path))?.kind !== 'file') return true
  try {
    await (await git.files.open(path, 'read')).close()
    return true
  } catch {
    return false
  }
}
