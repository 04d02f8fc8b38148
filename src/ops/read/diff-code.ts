/**
 * What changed in the code between two runs, versions, commits, or the worktree as it is now.
 */
import { join, relative, sep } from 'node:path'
import { refuse } from '../../domain/failure.ts'
import type { Oid } from '../../domain/oid.ts'
import { readRunFiles } from '../../store/branch/read-runs.ts'
import { openSnapshot } from '../../store/branch/snapshot.ts'
import { withWorktreeTree } from '../../store/code/worktree-tree.ts'
import type { WorktreeTree } from '../../store/code/worktree-tree.ts'
import { splitPatch } from '../../store/git/code-changes.ts'
import type { CodeChange, FilePatch } from '../../store/git/code-changes.ts'
import { codePatch, listCodeChanges } from '../../store/git/code-diff.ts'
import type { TreePair } from '../../store/git/code-diff.ts'
import type { GitProgram } from '../../store/git/git-command.ts'
import { readConfig } from '../../store/inputs/config-file.ts'
import type { Repository } from '../repository/repository.ts'
import { codeFinder } from '../revisions/find-code.ts'
import type { CommittedCode } from '../revisions/find-code.ts'
import { askedSide } from './code-side.ts'
import type { AskedSide } from './code-side.ts'

/** One side, as it was found. */
export interface CodeSide {
  readonly kind: AskedSide['kind']
  /** `churn@v11`, a short run id, `commit 2dabe898`, `worktree`. */
  readonly label: string
  /** The commit below the files; absent where there is no code. */
  readonly commit?: Oid
  readonly branch?: string
  /** The files are not those of the commit. */
  readonly isDirty: boolean
  /** Files that are left out, one sentence each. */
  readonly omitted: readonly string[]
  /** Why its files cannot be compared, and the command that brings them; absent when they can. */
  readonly problem?: { readonly what: string; readonly next?: string }
}

/** One file that changed. */
export interface ChangedFile extends CodeChange {
  /** Absent where it was left out: ask for the file alone. */
  readonly patch?: FilePatch
}

/** The code of two sides. */
export interface CodeComparison {
  readonly base: CodeSide
  readonly head: CodeSide
  /** Both have the same files, or neither has code. */
  readonly isSame: boolean
  /** In git's order, by path; empty where a side cannot be compared. */
  readonly files: readonly ChangedFile[]
  /** There are more files. */
  readonly isCut: boolean
}

/** How much of it is wanted. */
export interface CodeDiffOptions {
  readonly mostFiles: number
  /** Of the patches, all together. */
  readonly limitBytes: number
  /** This file alone; none where it did not change. */
  readonly path?: string
}

/**
 * Compares the code of two sides: revisions, `git:REVISION` for a commit, `worktree:` for what is on the disk.
 *
 * @throws `commit-not-found`, what `resolveRevision` refuses
 */
export async function diffCode(
  repository: Repository,
  baseText: string,
  headText: string,
  options: CodeDiffOptions,
): Promise<CodeComparison> {
  const [base, head] = await Promise.all([askedSide(repository, baseText), askedSide(repository, headText)])
  const { git } = repository
  if (base.kind !== 'worktree' && head.kind !== 'worktree') {
    return compareSides(repository, git, [await treeSide(repository, base), await treeSide(repository, head)], options)
  }
  if (git === undefined) throw refuse('git-missing', { purpose: 'compare the worktree' })
  const look = { entropy: repository.entropy, exclude: await outputsOf(repository, [base, head]) }
  return withWorktreeTree(git, repository.place, repository.files, look, async (found) => {
    const sideOf = (side: AskedSide): Promise<FoundSide> | FoundSide => {
      return side.kind === 'worktree' ? worktreeSide(found) : treeSide(repository, side)
    }
    const sides = [await sideOf(base), await sideOf(head)] as const
    return compareSides(repository, found?.git ?? git, sides, options)
  })
}

interface FoundSide {
  readonly side: CodeSide
  /** The files it is said to have; absent without code. */
  readonly recorded?: Oid
  /** The same, where they can be compared. */
  readonly tree?: Oid
}

function worktreeSide(found: WorktreeTree | undefined): FoundSide {
  const facts = { kind: 'worktree', label: 'worktree' } as const
  if (found === undefined) {
    const what = 'this clone has no worktree, or nothing was committed yet'
    return { side: { ...facts, isDirty: false, omitted: [], problem: { what } } }
  }
  const { tree, head, branch, isDirty, omitted } = found
  const side = { ...facts, commit: head, ...(branch === undefined ? {} : { branch }), isDirty, omitted }
  return { side, tree, recorded: tree }
}

async function treeSide(repository: Repository, asked: Exclude<AskedSide, { kind: 'worktree' }>): Promise<FoundSide> {
  const { kind, label } = asked
  if (kind === 'commit') {
    const side = { kind, label, commit: asked.commit, isDirty: false, omitted: [] }
    return { side, tree: asked.tree, recorded: asked.tree }
  }
  const { code } = asked
  if (code.kind === 'none') {
    const problem = { what: `no code was recorded: ${code.reason}` }
    return { side: { kind, label, isDirty: false, omitted: [], problem } }
  }
  const { commit, branch, snapshot, omitted, tree } = code
  const side = {
    kind,
    label,
    commit,
    ...(branch === undefined ? {} : { branch }),
    isDirty: snapshot !== undefined,
    omitted,
  }
  // What is compared is git's form of the files, which needs no more than the tree.
  const plain: CommittedCode = {
    kind: code.kind,
    commit,
    tree,
    omitted,
    ...(snapshot === undefined ? {} : { snapshot }),
  }
  const here = await codeFinder(repository).find(plain)
  return here === undefined
    ? { side: { ...side, problem: notHere(asked.label) }, recorded: tree }
    : { side, tree, recorded: tree }
}

function notHere(label: string): NonNullable<CodeSide['problem']> {
  return { what: 'its code is not in this clone', next: `mlv checkout ${label} --worktree FOLDER` }
}

async function compareSides(
  repository: Repository,
  git: GitProgram | undefined,
  [base, head]: readonly [FoundSide, FoundSide],
  options: CodeDiffOptions,
): Promise<CodeComparison> {
  const sides = { base: base.side, head: head.side }
  const [left, right] = [base.tree, head.tree]
  const isSame = base.recorded === head.recorded
  if (left === undefined || right === undefined || isSame) return { ...sides, isSame, files: [], isCut: false }
  if (git === undefined) throw refuse('git-missing', { purpose: 'compare code' })
  const found = await filesBetween(repository, git, { base: left, head: right }, options)
  return found === undefined
    ? { ...sides, base: lacking(base.side), isSame: false, files: [], isCut: false }
    : { ...sides, isSame: false, ...found }
}

async function filesBetween(
  { place }: Repository,
  git: GitProgram,
  pair: TreePair,
  { path, mostFiles: most, limitBytes }: CodeDiffOptions,
): Promise<Pick<CodeComparison, 'files' | 'isCut'> | undefined> {
  const all = await listCodeChanges(git, place, { ...pair, most })
  if (all === undefined) return undefined
  // A file that moved is only told as moved beside where it was.
  const paths = path === undefined ? [] : pathsOf(all.changes, path)
  if (path !== undefined && paths.length === 0) return { files: [], isCut: false }
  const listed = path === undefined ? all : await listCodeChanges(git, place, { ...pair, most, paths })
  if (listed === undefined) return undefined
  const patch = await codePatch(git, place, { ...pair, limitBytes, paths })
  const patches = patch === undefined ? [] : splitPatch(patch.text, listed.changes, patch.isCut)
  const files = listed.changes.map((change, index): ChangedFile => {
    const own = patches[index]
    return own === undefined ? change : { ...change, patch: own }
  })
  return { files: path === undefined ? files : files.filter((file) => file.path === path), isCut: listed.isCut }
}

/** Some object below a tree is missing: of which side, git does not tell. */
function lacking(side: CodeSide): CodeSide {
  return { ...side, problem: notHere(side.label) }
}

/** Where a file is and was; nowhere when it did not change, or its name is not what it seems. */
function pathsOf(changes: readonly CodeChange[], path: string): readonly string[] {
  const found = changes.filter((change) => change.path === path && change.isNameExact)
  return found.flatMap(({ from }) => (from === undefined ? [path] : [path, from]))
}

/**
 * What runs wrote is recorded as files and metrics, and not as code; in the worktree it lies about untracked. Paths
 * from the top of the worktree.
 */
async function outputsOf(repository: Repository, sides: readonly AskedSide[]): Promise<readonly string[]> {
  const { worktree, files, folder } = repository
  if (worktree === undefined) return []
  const recorded: string[] = []
  for (const side of sides) {
    if (side.kind !== 'record' || side.isLive) continue
    const snapshot = await openSnapshot(repository.context.engine)
    recorded.push(...(await readRunFiles(snapshot, side.run)).map(({ path }) => path))
  }
  const found = await readConfig(files, folder).catch(() => undefined)
  if (found === undefined) return recorded
  const { metrics, series, model } = found.config
  const home = relative(worktree, join(found.file, '..')).replaceAll(sep, '/')
  const named = [...metrics, ...series, ...(model === undefined ? [] : [model.path])]
  return [...recorded, ...named.map((path) => (home === '' ? path : `${home}/${path}`))]
}
