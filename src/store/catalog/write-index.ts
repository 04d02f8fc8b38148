/**
 * Writes the index of a snapshot: anew, or from an earlier one, of which unchanged blocks are taken as they are. Memory
 * is that of a block, however many runs there are.
 */
import { join } from 'node:path'
import { serialize } from 'node:v8'
import type { RunId } from '../../domain/run.ts'
import type { NotedRun } from '../branch/read-runs.ts'
import type { BranchSnapshot } from '../branch/snapshot.ts'
import { catalogFolder } from './catalog-place.ts'
import type { CatalogPlace } from './catalog-place.ts'
import { readChangedRuns, withChangedVersions } from './index-changes.ts'
import type { ChangedRun, ChangedVersion } from './index-changes.ts'
import { readBlock, readVersionRuns } from './index-file.ts'
import type { IndexContents, IndexFile } from './index-file.ts'
import { BLOCK_RUNS, writeBlock } from './run-block.ts'
import type { BlockEntry } from './run-block.ts'
import { readSection, sectionWriter } from './section-file.ts'
import type { SectionWriter } from './section-file.ts'

/** What the index is made from. */
export interface IndexSource {
  readonly snapshot: BranchSnapshot
  /** An earlier index; absent when there is none. */
  readonly earlier: IndexFile | undefined
  /** What differs from the earlier index, by id; every run when there is none. */
  readonly runs: readonly ChangedRun[]
  readonly versions: readonly ChangedVersion[]
}

/** Blocks of fewer runs are joined with what comes next. */
const WHOLE_BLOCK_RUNS = BLOCK_RUNS / 2
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
  const { earlier, snapshot } = source
  const blocks: BlockEntry[] = []
  let rows: NotedRun[] = []
  const flush = async (): Promise<void> => {
    if (rows.length > 0) blocks.push(await writeBlock(writer, rows))
    rows = []
  }
  for await (const piece of pieces(source)) {
    if (piece.kind === 'block') {
      await flush()
      blocks.push(await copyBlock(writer, piece.index, piece.block))
    } else {
      rows.push(piece.row)
      if (rows.length === BLOCK_RUNS) await flush()
    }
  }
  await flush()
  const known = earlier === undefined ? [] : await readVersionRuns(earlier)
  return {
    tips: snapshot.tips,
    runs: blocks.reduce((sum, { count }) => sum + count, 0),
    blocks,
    versions: await writer.add(serialize(withChangedVersions(known, source.versions))),
  }
}

type Piece =
  | { readonly kind: 'row'; readonly row: NotedRun }
  | { readonly kind: 'block'; readonly index: IndexFile; readonly block: BlockEntry }

/** The runs of the snapshot in order of their ids: blocks as they were, and single rows where something differs. */
async function* pieces({ snapshot, earlier, runs }: IndexSource): AsyncGenerator<Piece> {
  let next = 0
  const changesUntil = (isWithin: (id: RunId) => boolean): readonly ChangedRun[] => {
    const from = next
    for (let change = runs[next]; change !== undefined && isWithin(change.id); change = runs[next]) next += 1
    return runs.slice(from, next)
  }
  for (const block of earlier?.blocks ?? []) {
    if (earlier === undefined) break
    yield* rowsOf(
      snapshot,
      changesUntil((id) => id < block.first),
    )
    const within = changesUntil((id) => id <= block.last)
    if (within.length === 0 && block.count >= WHOLE_BLOCK_RUNS) yield { kind: 'block', index: earlier, block }
    else yield* mergedRows(snapshot, await readBlock(earlier, block), within)
  }
  yield* rowsOf(snapshot, runs.slice(next))
}

async function* rowsOf(snapshot: BranchSnapshot, changes: readonly ChangedRun[]): AsyncGenerator<Piece> {
  for await (const row of readChangedRuns(snapshot, changes)) yield { kind: 'row', row }
}

/** Rows of a block with changes put over them. */
async function* mergedRows(
  snapshot: BranchSnapshot,
  rows: readonly NotedRun[],
  changes: readonly ChangedRun[],
): AsyncGenerator<Piece> {
  const changed = new Set(changes.map(({ id }) => id))
  const kept = rows.filter(({ run }) => !changed.has(run.id))
  let next = 0
  for await (const row of readChangedRuns(snapshot, changes)) {
    for (let before = kept[next]; before !== undefined && before.run.id < row.run.id; before = kept[next]) {
      yield { kind: 'row', row: before }
      next += 1
    }
    yield { kind: 'row', row }
  }
  for (const row of kept.slice(next)) yield { kind: 'row', row }
}

async function copyBlock(writer: SectionWriter, { file }: IndexFile, block: BlockEntry): Promise<BlockEntry> {
  return {
    ...block,
    facts: await writer.add(await readSection(file, block.facts)),
    columns: await writer.add(await readSection(file, block.columns)),
    rests: await writer.add(await readSection(file, block.rests)),
  }
}

async function removeLeftBehind(place: CatalogPlace, nowNs: bigint): Promise<void> {
  const folder = catalogFolder(place)
  for (const { name } of await place.files.readFolder(folder)) {
    if (!name.startsWith('new-')) continue
    const stat = await place.files.lstat(join(folder, name))
    if (stat !== undefined && stat.modifiedNs < nowNs - LEFT_BEHIND_NS) await place.files.remove(join(folder, name))
  }
}
