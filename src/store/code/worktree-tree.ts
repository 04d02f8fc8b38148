/**
 * The worktree as it is now, as a tree that git can compare: uncommitted and untracked files too. Looking writes
 * nothing that stays: its objects go into a folder of their own, which is gone afterwards.
 */
import { present } from '../../base/assert.ts'
import type { Entropy } from '../../base/clock.ts'
import { parseOid } from '../../domain/oid.ts'
import type { Oid } from '../../domain/oid.ts'
import { removeTree } from '../artifacts/remove-tree.ts'
import type { Files } from '../files/files.ts'
import type { GitProgram } from '../git/git-command.ts'
import type { RepositoryPlace } from '../git/probe.ts'
import { writeWorktreeTree } from './code-snapshot.ts'
import { divideChanges, WORKTREE_STATUS, withoutExcluded } from './code-state.ts'
import { gitInWorktree } from './worktree-git.ts'
import type { WorktreeGit } from './worktree-git.ts'
import { parseWorktreeStatus } from './worktree-status.ts'
import type { WorktreeChange } from './worktree-status.ts'

/** The worktree as a tree. */
export interface WorktreeTree {
  readonly tree: Oid
  readonly head: Oid
  /** Absent when HEAD is detached. */
  readonly branch?: string
  /** Something differs from HEAD. */
  readonly isDirty: boolean
  /** Files that were left out, one sentence each. */
  readonly omitted: readonly string[]
  /** A git that sees the tree; any other does not. */
  readonly git: GitProgram
}

/** How to look. */
export interface WorktreeLook {
  /** Untracked files and folders to leave out, relative to the top of the worktree. */
  readonly exclude: readonly string[]
  readonly entropy: Entropy
}

/** More uncommitted files than this are data rather than code; the first ones are looked at. */
const MOST_FILES = 5_000
/** A larger file is told and left out. */
const MOST_FILE_BYTES = 16 * 1024 * 1024
const NAME_BYTES = 12

/**
 * Works with the worktree as a tree, which is there until the work is done; `undefined` where there is no worktree, or
 * nothing was ever committed.
 *
 * @throws `git-failed` and what the disk refuses
 */
export async function withWorktreeTree<Result>(
  git: GitProgram,
  place: RepositoryPlace,
  files: Files,
  look: WorktreeLook,
  work: (found: WorktreeTree | undefined) => Promise<Result>,
): Promise<Result> {
  const { worktree, commonDir } = place
  if (worktree === undefined) return work(undefined)
  const name = Buffer.from(look.entropy.randomBytes(NAME_BYTES)).toString('hex')
  const objects = `${commonDir}/mlv/tmp/objects-${name}`
  const apart: GitProgram = {
    path: git.path,
    variables: {
      ...git.variables,
      GIT_OBJECT_DIRECTORY: objects,
      GIT_ALTERNATE_OBJECT_DIRECTORIES: quotedPath(`${commonDir}/objects`),
    },
  }
  await files.makeFolder(objects)
  try {
    return await work(await treeOfWorktree(gitInWorktree(apart, { ...place, worktree }, files), apart, look))
  } finally {
    await removeTree(files, objects)
  }
}

async function treeOfWorktree(
  bound: WorktreeGit,
  git: GitProgram,
  { exclude, entropy }: WorktreeLook,
): Promise<WorktreeTree | undefined> {
  const { head, branch, changes } = parseWorktreeStatus(await bound.bytes(WORKTREE_STATUS))
  if (head === undefined) return undefined
  const wanted = withoutExcluded(changes, exclude)
  const { included, omitted } = await divideChanges(bound, wanted.slice(0, MOST_FILES))
  const { small, large } = await bySize(bound, included)
  const left = wanted.length - MOST_FILES
  const tree =
    small.length === 0
      ? present(parseOid(await bound.text(['rev-parse', '--verify', `${head}^{tree}`])), 'git to print an object name')
      : await writeWorktreeTree(bound, small, entropy)
  return {
    tree,
    head,
    ...(branch === undefined ? {} : { branch }),
    isDirty: wanted.length > 0,
    omitted: [...omitted, ...large, ...(left > 0 ? [`${left} more files: too many`] : [])],
    git,
  }
}

async function bySize(
  { files, place }: WorktreeGit,
  changes: readonly WorktreeChange[],
): Promise<{ readonly small: readonly WorktreeChange[]; readonly large: readonly string[] }> {
  const small: WorktreeChange[] = []
  const large: string[] = []
  for (const change of changes) {
    const stat = await files.lstat(`${place.worktree}/${change.path}`)
    if (stat?.kind === 'file' && stat.sizeBytes > MOST_FILE_BYTES) {
      large.push(`${change.path}: ${stat.sizeBytes} bytes, too large to compare`)
    } else small.push(change)
  }
  return { small, large }
}

/** One path of a list that git takes apart at colons: git(1), GIT_ALTERNATE_OBJECT_DIRECTORIES. */
function quotedPath(path: string): string {
  return /[:;"\n\\]/.test(path) ? `"${path.replace(/["\\]/g, '\\$&').replace(/\n/g, '\\n')}"` : path
}
