/**
 * Writes the index of a snapshot: anew, or from an earlier one, of which unchanged blocks are taken as they are. Memory
 * is that of a block, however many runs there are.
 */
import { join } from 'node:path'
import { serialize } from 'node:v8'
import type { ModelName } from '../../domain/name.ts'
import type { RunId } from '../../domain/run.ts'
import type { NotedRun } from '../branch/read-runs.ts'
import type { BranchSnapshot } from '../branch/snapshot.ts'
import { BranchUnusual } from './branch-unusual.ts'
import { catalogFolder } from './catalog-place.ts'
import type { CatalogPlace } from './catalog-place.ts'
import { readChangedRuns, versionKey, versionRunsOf, withChangedVersions } from './index-changes.ts'
import type { ChangedRun, ChangedVersion } from './index-changes.ts'
import { readBlock, readVersionRecords, readVersionRuns } from './index-file.ts'
import type { IndexContents, IndexFile } from './index-file.ts'
import { BLOCK_RUNS, BLOCK_VALUES, blockBuilder, checkBlock } from './run-block.ts'
import type { BlockEntry, EncodedBlock } from './run-block.ts'
import { readStretch, sectionWriter } from './section-file.ts'
import type { Section, SectionWriter } from './section-file.ts'

/** What the index is made from. */
export interface IndexSource {
  readonly snapshot: BranchSnapshot
  /** An earlier index; absent when there is none. */
  readonly earlier: IndexFile | undefined
  /** What differs from the earlier index, some at a time, by id; every run when there is none. */
  readonly runs: AsyncIterable<readonly ChangedRun[]>
  readonly versions: readonly ChangedVersion[]
}

/** Smaller blocks are joined with what comes next. */
const WHOLE_BLOCK_RUNS = BLOCK_RUNS / 2
const WHOLE_BLOCK_VALUES = BLOCK_VALUES / 2
/** A writer of that long ago was killed. */
const LEFT_BEHIND_NS = 3_600_000_000_000n

/** The file of the index. */
export function indexPath(place: CatalogPlace): string {
  return join(catalogFolder(place), 'runs')
}

/**
 * Writes the index and moves it into place; of two at once the later stays, and both are right.
 *
 * @throws `BranchUnusual`, what reading the branch refuses, the disk's errors
 */
export async function writeIndex(place: CatalogPlace, source: IndexSource): Promise<void> {
  const { files, entropy } = place
  const folder = catalogFolder(place)
  await files.makeFolder(folder)
  const temporary = join(folder, `new-${Buffer.from(entropy.randomBytes(8)).toString('hex')}`)
  try {
    const file = await files.open(temporary, 'create')
    try {
      const writer = sectionWriter(file)
      await writer.end(await writeSections(writer, source))
      await removeLeftBehind(place, (await file.stat()).modifiedNs)
      await file.sync()
    } finally {
      await file.close()
    }
    await files.rename(temporary, indexPath(place))
  } finally {
    // Gone already after the rename.
    await files.remove(temporary)
  }
}

async function writeSections(writer: SectionWriter, source: IndexSource): Promise<IndexContents> {
  const blocks = await writeBlocks(writer, source)
  return {
    tips: source.snapshot.tips,
    runs: blocks.reduce((sum, { count }) => sum + count, 0),
    blocks,
    ...(await writeVersions(writer, source)),
  }
}

async function writeBlocks(writer: SectionWriter, source: IndexSource): Promise<readonly BlockEntry[]> {
  const blocks: BlockEntry[] = []
  let rows = blockBuilder()
  const add = async ({ entry, bytes }: EncodedBlock): Promise<void> => {
    const before = blocks.at(-1)
    // A branch that someone edited may have ids that are in no order at all.
    if (before !== undefined && before.last >= entry.first) throw new BranchUnusual('runs are not in order')
    blocks.push({ ...entry, offset: await writer.append(bytes) })
  }
  const flush = async (): Promise<void> => {
    if (rows.count() > 0) await add(rows.encode())
    rows = blockBuilder()
  }
  for await (const piece of pieces(source)) {
    if (piece.kind === 'block') {
      await flush()
      await add({ entry: piece.block, bytes: await readWholeBlock(piece.index, piece.block) })
    } else {
      for (const row of piece.rows) {
        rows.add(row)
        if (rows.isFull()) await flush()
      }
    }
  }
  await flush()
  return blocks
}

type Piece =
  | { readonly kind: 'rows'; readonly rows: Iterable<NotedRun> }
  | { readonly kind: 'block'; readonly index: IndexFile; readonly block: BlockEntry }

/** The runs of the snapshot in order of their ids: blocks as they were, and rows where something differs. */
async function* pieces({ snapshot, earlier, runs }: IndexSource): AsyncGenerator<Piece> {
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

/** The versions: their runs all together, because lists ask for them, and whole records model by model. */
async function writeVersions(
  writer: SectionWriter,
  { earlier, versions: changes }: IndexSource,
): Promise<Pick<IndexContents, 'versions' | 'models'>> {
  const known = earlier === undefined ? [] : await readVersionRuns(earlier)
  const all = withChangedVersions(known, changes, { keyOf: versionKey, shape: versionRunsOf })
  const models = new Map<ModelName, Section>()
  for (const model of new Set(all.map((version) => version.model))) {
    const records = withChangedVersions(
      earlier === undefined ? [] : await readVersionRecords(earlier, model),
      changes.filter((change) => change.model === model),
      { keyOf: ({ version }) => versionKey(version), shape: (record) => record },
    )
    models.set(model, await writer.add(serialize(records)))
  }
  return { versions: await writer.add(serialize(all)), models }
}

async function removeLeftBehind(place: CatalogPlace, nowNs: bigint): Promise<void> {
  const folder = catalogFolder(place)
  for (const { name } of await place.files.readFolder(folder)) {
    if (!name.startsWith('new-')) continue
    const stat = await place.files.lstat(join(folder, name))
    if (stat !== undefined && stat.modifiedNs < nowNs - LEFT_BEHIND_NS) await place.files.remove(join(folder, name))
  }
}
