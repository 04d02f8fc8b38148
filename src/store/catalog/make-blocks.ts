/**
 * The blocks of an index, in order: made of runs as they are read from the branch, and of an earlier index those that
 * did not change, as they are. Memory is that of a block, however many runs there are.
 */
import type { RunId } from '../../domain/run.ts'
import type { NotedRun } from '../branch/read-runs.ts'
import type { BranchSnapshot } from '../branch/snapshot.ts'
import { readChangedRuns } from './index-changes.ts'
import type { ChangedRun } from './index-changes.ts'
import { readBlock } from './index-file.ts'
import type { IndexFile } from './index-file.ts'
import { BLOCK_RUNS, BLOCK_VALUES, blockBuilder, checkBlock } from './run-block.ts'
import type { BlockEntry, EncodedBlock } from './run-block.ts'
import { readStretch } from './section-file.ts'

/** What blocks are made of. */
export interface BlockSource {
  readonly snapshot: BranchSnapshot
  /** An earlier index; absent when there is none. */
  readonly earlier: IndexFile | undefined
  /** What differs from the earlier index, some at a time, by id; every run when there is none. */
  readonly runs: AsyncIterable<readonly ChangedRun[]>
}

/** Smaller blocks are joined with what comes next. */
const WHOLE_BLOCK_RUNS = BLOCK_RUNS / 2
const WHOLE_BLOCK_VALUES = BLOCK_VALUES / 2

/** Makes blocks in this thread. @throws `BranchUnusual`, what reading the branch refuses, the disk's errors */
export async function* makeBlocks(source: BlockSource): AsyncGenerator<EncodedBlock> {
  const blocks = blockFiller()
  for await (const piece of pieces(source)) {
    if (piece.kind === 'rows') yield* blocks.add(piece.rows)
    else {
      yield* blocks.flush()
      yield { entry: piece.block, bytes: await readWholeBlock(piece.index, piece.block) }
    }
  }
  yield* blocks.flush()
}

/** Fills blocks. */
export interface BlockFiller {
  /** Adds rows, by id; the blocks that became full. */
  readonly add: (rows: Iterable<NotedRun>) => Iterable<EncodedBlock>
  /** What is left, as a block. */
  readonly flush: () => Iterable<EncodedBlock>
}

/** Begins to fill blocks. */
export function blockFiller(): BlockFiller {
  let rows = blockBuilder()
  function* flush(): Generator<EncodedBlock> {
    if (rows.count() > 0) yield rows.encode()
    rows = blockBuilder()
  }
  return {
    add: function* (added) {
      for (const row of added) {
        rows.add(row)
        if (rows.isFull()) yield* flush()
      }
    },
    flush,
  }
}

type Piece =
  | { readonly kind: 'rows'; readonly rows: Iterable<NotedRun> }
  | { readonly kind: 'block'; readonly index: IndexFile; readonly block: BlockEntry }

/** The runs of the snapshot in order of their ids: blocks as they were, and rows where something differs. */
async function* pieces({ snapshot, earlier, runs }: BlockSource): AsyncGenerator<Piece> {
  const changes = changeQueue(runs)
  for (const block of earlier?.blocks ?? []) {
    if (earlier === undefined) break
    for await (const before of changes.takeWhile((id) => id < block.first)) yield* rowsOf(snapshot, before)
    const within: ChangedRun[] = []
    for await (const some of changes.takeWhile((id) => id <= block.last)) within.push(...some)
    const isWhole = block.count >= WHOLE_BLOCK_RUNS || block.values >= WHOLE_BLOCK_VALUES
    if (within.length === 0 && isWhole) yield { kind: 'block', index: earlier, block }
    else yield { kind: 'rows', rows: await mergedRows(snapshot, await readBlock(earlier, block), within) }
  }
  for await (const rest of changes.takeWhile(() => true)) yield* rowsOf(snapshot, rest)
}

interface ChangeQueue {
  /** Takes changes from the front, some at a time, up to the first whose id is not within. */
  readonly takeWhile: (isWithin: (id: RunId) => boolean) => AsyncGenerator<readonly ChangedRun[]>
}

function changeQueue(groups: AsyncIterable<readonly ChangedRun[]>): ChangeQueue {
  const source = groups[Symbol.asyncIterator]()
  let waiting: readonly ChangedRun[] = []
  return {
    takeWhile: async function* (isWithin) {
      for (;;) {
        if (waiting.length === 0) {
          const next = await source.next()
          if (next.done === true) return
          waiting = next.value
        }
        const end = waiting.findIndex(({ id }) => !isWithin(id))
        const taken = end === -1 ? waiting : waiting.slice(0, end)
        waiting = end === -1 ? [] : waiting.slice(end)
        if (taken.length > 0) yield taken
        if (end !== -1) return
      }
    },
  }
}

async function* rowsOf(snapshot: BranchSnapshot, changes: readonly ChangedRun[]): AsyncGenerator<Piece> {
  for await (const rows of readChangedRuns(snapshot, changes)) yield { kind: 'rows', rows }
}

/** Rows of a block with changes put over them. */
async function mergedRows(
  snapshot: BranchSnapshot,
  rows: readonly NotedRun[],
  changes: readonly ChangedRun[],
): Promise<readonly NotedRun[]> {
  const changed = new Set(changes.map(({ id }) => id))
  const merged = rows.filter(({ run }) => !changed.has(run.id))
  for await (const some of readChangedRuns(snapshot, changes)) merged.push(...some)
  return merged.sort((left, right) => (left.run.id < right.run.id ? -1 : 1))
}

async function readWholeBlock({ file }: IndexFile, block: BlockEntry): Promise<Uint8Array> {
  const bytes = await readStretch(file, block.offset, block.length)
  checkBlock(bytes, block)
  return bytes
}
