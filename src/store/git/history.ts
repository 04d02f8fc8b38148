/**
 * Walks histories over a reader of commits: first parents for logs and dates, all parents for ancestry.
 */
import { instantMs } from '../../base/clock.ts'
import type { Instant } from '../../base/clock.ts'
import type { Oid } from '../../domain/oid.ts'
import type { TreePath } from '../../domain/tree-path.ts'
import type { Commit, GitEngine, LogQuery } from './engine.ts'

/** What a walk reads. */
export interface HistoryReader extends Pick<GitEngine, 'readCommit' | 'entryAt'> {
  /** Commits whose parents were left out of a shallow clone. */
  readonly shallowCommits: () => Promise<ReadonlySet<string>>
}

/** First-parent history, newest first, filtered as the query says. */
export async function readLog(reader: HistoryReader, tip: Oid, query: LogQuery): Promise<readonly Commit[]> {
  const found: Commit[] = []
  const limit = query.limit ?? Infinity
  if (limit <= 0) return found
  for await (const { commit, parent } of firstParents(reader, tip)) {
    if (query.path === undefined || (await changes(reader, { commit, parent, path: query.path }))) found.push(commit)
    if (found.length >= limit) break
  }
  return found
}

/** The newest first-parent ancestor, or the tip, committed at or before an instant. */
export async function findCommitAt(reader: HistoryReader, tip: Oid, at: Instant): Promise<Oid | undefined> {
  const atMs = instantMs(at)
  for await (const { commit } of firstParents(reader, tip)) {
    if (commit.committer.atSeconds * 1000 <= atMs) return commit.oid
  }
  return undefined
}

/** Tells whether one commit is another or among its ancestors, through all parents. */
export async function reaches(reader: HistoryReader, from: Oid, wanted: Oid): Promise<boolean> {
  const shallow = await reader.shallowCommits()
  const seen = new Set<Oid>([from])
  const waiting = [from]
  for (let oid = waiting.pop(); oid !== undefined; oid = waiting.pop()) {
    if (oid === wanted) return true
    if (shallow.has(oid)) continue
    for (const parent of (await reader.readCommit(oid)).parents) {
      if (!seen.has(parent)) waiting.push(parent)
      seen.add(parent)
    }
  }
  return false
}

interface Step {
  readonly commit: Commit
  /** `undefined` for the first commit, and at a shallow boundary. */
  readonly parent: Oid | undefined
}

async function* firstParents(reader: HistoryReader, tip: Oid): AsyncIterable<Step> {
  const shallow = await reader.shallowCommits()
  for (let oid: Oid | undefined = tip; oid !== undefined;) {
    const commit: Commit = await reader.readCommit(oid)
    const parent: Oid | undefined = shallow.has(oid) ? undefined : commit.parents[0]
    yield { commit, parent }
    oid = parent
  }
}

async function changes(reader: HistoryReader, step: Step & { readonly path: TreePath }): Promise<boolean> {
  const after = await reader.entryAt(step.commit.oid, step.path)
  const before = step.parent === undefined ? undefined : await reader.entryAt(step.parent, step.path)
  return after?.oid !== before?.oid || after?.kind !== before?.kind
}
