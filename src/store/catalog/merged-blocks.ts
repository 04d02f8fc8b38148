/**
 * The blocks of an index with what a snapshot has otherwise put where it belongs, block by block.
 */
import { runOutline } from '../../domain/run-outline.ts'
import type { OutlineKeys, RunOutline } from '../../domain/run-outline.ts'
import type { RunId } from '../../domain/run.ts'
import type { NotedRun } from '../branch/read-runs.ts'
import type { ChangedVersion } from './index-changes.ts'
import { readBlock, readColumns, readOutlines } from './index-file.ts'
import type { IndexFile } from './index-file.ts'
import type { BlockEntry } from './run-block.ts'
import { columnsInBlocks } from './run-catalog.ts'
import type { RunColumns } from './run-catalog.ts'

/** What the snapshot has other than the index. */
export interface Difference {
  /** Ids of runs whose rows in the index do not count. */
  readonly replaced: ReadonlySet<RunId>
  /** What counts instead, oldest first. */
  readonly runs: readonly NotedRun[]
  readonly versions: readonly ChangedVersion[]
}

/** An index, and what it lacks. */
export interface OpenedIndex {
  readonly index: IndexFile
  readonly difference: Difference
}

/** Outlines of every run, newest first, a block at a time. */
export async function* newestOutlines(
  { index, difference: { replaced, runs } }: OpenedIndex,
  keys: OutlineKeys,
): AsyncGenerator<readonly RunOutline[]> {
  let added = runs.map(({ run, notes }) => runOutline(run, notes)).reverse()
  for (const block of index.blocks.toReversed()) {
    const kept = (await readOutlines(index, block, keys)).filter(({ id }) => !replaced.has(id)).reverse()
    const end = added.findIndex(({ id }) => id < block.first)
    const within = end === -1 ? added : added.slice(0, end)
    added = end === -1 ? [] : added.slice(end)
    yield within.length === 0 ? kept : [...kept, ...within].sort((left, right) => (left.id > right.id ? -1 : 1))
  }
  if (added.length > 0) yield added
}

/** Records of every run, oldest first, in the memory of a block. */
export async function* mergedScan(
  index: IndexFile,
  difference: Difference,
  keys?: OutlineKeys,
): AsyncGenerator<NotedRun> {
  for (const { block, added } of withAdded(index, difference)) {
    const rows = block === undefined ? [] : await readBlock(index, block, { keys })
    yield* mergedRows(rows, added, difference.replaced)
  }
}

/** Every run as columns, oldest first; with at least these values. */
export async function* mergedColumns(
  index: IndexFile,
  difference: Difference,
  keys?: OutlineKeys,
): AsyncGenerator<RunColumns> {
  const replaced = [...difference.replaced]
  for (const { block, added } of withAdded(index, difference)) {
    const isAsItWas =
      block !== undefined && added.length === 0 && !replaced.some((id) => id >= block.first && id <= block.last)
    if (isAsItWas) yield await readColumns(index, block, keys)
    else {
      const rows = block === undefined ? [] : await readBlock(index, block, { keys })
      yield* columnsInBlocks([...mergedRows(rows, added, difference.replaced)])
    }
  }
}

/** The blocks, each with the added runs that come before its end and after the block before; then those at the end. */
function* withAdded(
  { blocks }: IndexFile,
  { runs }: Difference,
): Generator<{ readonly block?: BlockEntry; readonly added: readonly NotedRun[] }> {
  let next = 0
  for (const block of blocks) {
    const from = next
    for (let row = runs[next]; row !== undefined && row.run.id <= block.last; row = runs[next]) next += 1
    yield { block, added: runs.slice(from, next) }
  }
  if (next < runs.length) yield { added: runs.slice(next) }
}

/** Rows that still count and added ones, by id. */
function* mergedRows(
  rows: readonly NotedRun[],
  added: readonly NotedRun[],
  replaced: ReadonlySet<RunId>,
): Generator<NotedRun> {
  let next = 0
  for (const row of rows) {
    if (replaced.has(row.run.id)) continue
    for (let before = added[next]; before !== undefined && before.run.id < row.run.id; before = added[next]) {
      yield before
      next += 1
    }
    yield row
  }
  yield* added.slice(next)
}
