/**
 * The index of a repository as a file: which commits it was made of, blocks of runs, and the runs of versions.
 */
import { deserialize } from 'node:v8'
import type { Area } from '../../domain/branch.ts'
import type { ModelName } from '../../domain/name.ts'
import type { Oid } from '../../domain/oid.ts'
import type { OutlineKeys, RunOutline } from '../../domain/run-outline.ts'
import type { RunId } from '../../domain/run.ts'
import type { NotedRun } from '../branch/read-runs.ts'
import type { OpenFile } from '../files/files.ts'
import { readBlockColumns, readBlockIds, readBlockOutlines, readBlockRecords } from './run-block.ts'
import type { BlockEntry, ReadPart, RunColumns } from './run-block.ts'
import type { VersionRecord, VersionRuns } from './run-catalog.ts'
import { readContents, readSection } from './section-file.ts'
import type { Section } from './section-file.ts'

/** The table of contents. */
export interface IndexContents {
  /** The commits it was made of. */
  readonly tips: { readonly [A in Area]: Oid }
  readonly runs: number
  /** In order of their runs' ids; no two overlap. */
  readonly blocks: readonly BlockEntry[]
  /** Of `readonly VersionRuns[]`, in no order. */
  readonly versions: Section
  /** Of `readonly VersionRecord[]`, in no order, for each model that has versions. */
  readonly models: ReadonlyMap<ModelName, Section>
}

/** An open index. */
export interface IndexFile extends IndexContents {
  readonly file: OpenFile
}

/** Reads the table of contents of a file. @throws `IndexUnreadable`, the disk's errors */
export async function openIndexFile(file: OpenFile): Promise<IndexFile> {
  // The checksum held, so these are the words of this very layout.
  return { ...((await readContents(file)) as IndexContents), file }
}

/** Outlines of a block's runs, in the order of their ids. */
export async function readOutlines(
  index: IndexFile,
  block: BlockEntry,
  keys: OutlineKeys,
): Promise<readonly RunOutline[]> {
  return readBlockOutlines(partReader(index, block), block, keys)
}

/** A block as columns: all of them, or those that are asked for. */
export async function readColumns(index: IndexFile, block: BlockEntry, keys?: OutlineKeys): Promise<RunColumns> {
  return readBlockColumns(partReader(index, block), block, keys)
}

/** Whole records of some runs, oldest first; with some values alone where `keys` is given. */
export async function readRecords(
  index: IndexFile,
  ids: readonly RunId[],
  keys?: OutlineKeys,
): Promise<readonly NotedRun[]> {
  const wanted = [...ids].sort()
  const records: NotedRun[] = []
  let next = 0
  for (const block of index.blocks) {
    while (next < wanted.length && (wanted[next] ?? '') < block.first) next += 1
    const from = next
    while (next < wanted.length && (wanted[next] ?? '') <= block.last) next += 1
    if (next > from) records.push(...(await readBlock(index, block, { ids: new Set(wanted.slice(from, next)), keys })))
  }
  return records
}

/** Whole records of a block; of all its runs, or of some, with all values or some. */
export async function readBlock(
  index: IndexFile,
  block: BlockEntry,
  chosen: { readonly ids?: ReadonlySet<RunId> | undefined; readonly keys?: OutlineKeys | undefined } = {},
): Promise<readonly NotedRun[]> {
  return readBlockRecords(partReader(index, block), block, chosen)
}

/** Ids of all runs that start with a prefix, oldest first. */
export async function readIds(index: IndexFile, prefix: string): Promise<readonly RunId[]> {
  const ids: RunId[] = []
  for (const block of index.blocks) {
    const isOutside = block.last < prefix || (block.first > prefix && !block.first.startsWith(prefix))
    if (isOutside) continue
    ids.push(...(await readBlockIds(partReader(index, block), block)).filter((id) => id.startsWith(prefix)))
  }
  return ids
}

function partReader({ file }: IndexFile, block: BlockEntry): ReadPart {
  return ({ offset, length, crc32 }) => readSection(file, { offset: block.offset + offset, length, crc32 })
}

/** The versions of a model, in no order. */
export async function readVersionRecords(index: IndexFile, model: ModelName): Promise<readonly VersionRecord[]> {
  const section = index.models.get(model)
  return section === undefined ? [] : (deserialize(await readSection(index.file, section)) as readonly VersionRecord[])
}

/** The runs of all versions, in no order. */
export async function readVersionRuns(index: IndexFile): Promise<readonly VersionRuns[]> {
  return deserialize(await readSection(index.file, index.versions)) as readonly VersionRuns[]
}
