/**
 * Checks the commits of a request one by one: what a host keeps of them when it does not squash becomes history of the
 * base, and history is what a rollback is believed by.
 */
import type { Oid } from '../../domain/oid.ts'
import { guardedPath } from '../../domain/review/request-check.ts'
import type { CheckResult } from '../../domain/review/request-check.ts'
import { MODELS_PATH } from '../../domain/tree-path.ts'
import type { TreePath } from '../../domain/tree-path.ts'
import { commitsOnlyIn, mergeBasesOf } from '../../remote/git-history.ts'
import type { HistoryPlace } from '../../remote/git-history.ts'
import { changedPaths } from '../../store/branch/changed-paths.ts'
import type { GitEngine, TreeEntry } from '../../store/git/engine.ts'
import { failed } from './check-changed-files.ts'

/** The two ends of a request, and what fetches history this clone may lack. */
export interface RequestEnds {
  readonly engine: GitEngine
  readonly base: Oid
  readonly head: Oid
  readonly deepen: () => Promise<void>
}

/**
 * Tells whether one commit alone is where a request began. With several, what it changes depends on the one that is
 * taken, and a host merges otherwise than was checked.
 *
 * @returns what is wrong; nothing where it is as it should be.
 */
export async function checkFork(history: HistoryPlace, ends: RequestEnds, name: string): Promise<CheckResult[]> {
  const { engine, base, head } = ends
  if (await engine.isAncestor(base, head)) return []
  // A history that is cut off may hide the others.
  await ends.deepen()
  const { length } = await mergeBasesOf(history, base, head)
  if (length === 1) return []
  const note = `met the base at ${length} commits; update the request: one commit on the newest base`
  return [failed('files', name, note)]
}

/**
 * Checks that no commit of a request gives an alias bytes that the request as a whole does not give it.
 *
 * @returns what is wrong, one line for each alias; nothing where it is as it should be.
 */
export async function checkCommits(history: HistoryPlace, ends: RequestEnds, name: string): Promise<CheckResult[]> {
  const { engine, base, head } = ends
  const problems = new Map<TreePath, Oid>()
  for (const oid of await commitsOnlyIn(history, head, base)) {
    const { parents } = await engine.readCommit(oid)
    if (parents.length === 0) {
      return [failed('files', name, `has a commit without a parent here (${oid.slice(0, 7)}); update the request`)]
    }
    for (const path of await aliasesMovedBy(engine, oid, parents)) {
      const [then, now] = await Promise.all([engine.entryAt(oid, path), engine.entryAt(head, path)])
      if (!isSame(then, now)) problems.set(path, oid)
    }
  }
  return [...problems].map(([path, oid]) => {
    return failed('files', path, `is other bytes in ${oid.slice(0, 7)} of the request; make it one commit`)
  })
}

/** Aliases that differ from those of every parent: a merge that takes a side's has not moved them itself. */
async function aliasesMovedBy(engine: GitEngine, commit: Oid, parents: readonly Oid[]): Promise<readonly TreePath[]> {
  const after = await engine.entryAt(commit, MODELS_PATH)
  const changed = await Promise.all(
    parents.map(async (parent) => {
      const before = await engine.entryAt(parent, MODELS_PATH)
      const changes = await changedPaths(engine, treeOf(before), treeOf(after), MODELS_PATH)
      return new Set(changes.map(({ path }) => path).filter((path) => guardedPath(path).kind === 'alias'))
    }),
  )
  const [first, ...others] = changed
  return [...(first ?? [])].filter((path) => others.every((other) => other.has(path)))
}

function treeOf(entry: TreeEntry | undefined): Oid | undefined {
  return entry?.kind === 'tree' ? entry.oid : undefined
}

function isSame(left: TreeEntry | undefined, right: TreeEntry | undefined): boolean {
  return left?.oid === right?.oid && left?.kind === right?.kind
}
