/**
 * The index of a repository as a file: which commits it was made of, blocks of runs, and the runs of versions.
 */
import { deserialize } from 'node:v8'
import type { Area } from '../../domain/branch.ts'
import type { Oid } from '../../domain/oid.ts'
import type { OutlineKeys, RunOutline } from '../../domain/run-outline.ts'
import type { RunId } from '../../domain/run.ts'
import type { NotedRun } from '../branch/read-runs.ts'
import type { OpenFile } from '../files/files.ts'
import { blockIds, blockOutlines, blockRecords } from './run-block.ts'
import type { BlockEntry } from './run-block.ts'
import type { VersionRuns } from './run-catalog.ts'
import { readContents, readSection } from './section-file.ts'
import type { Section } from './section-file.ts'

/** The table of contents. */
export interface IndexContents {
  /** The commits it was made of. */
  readonly tips: { readonly [A in Area]: Oid }
  readonly runs: number
  /** In order of their runs' ids; no two overlap. */
  readonly blocks: readonly BlockEntry[]
  /** Of `readonly VersionRuns[]`. */
  readonly versions: Section
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

/** Outlines of all runs, oldest first. */
export async function readOutlines(index: IndexFile, keys: OutlineKeys): Promise<readonly RunOutline[]> {
  const needsValues = keys.parameters.size + keys.metrics.size > 0
  const outlines: RunOutline[] = []
  for (const block of index.blocks) {
    const facts = await readSection(index.file, block.facts)
    const columns = needsValues ? await readSection(index.file, block.columns) : undefined
    for (const outline of blockOutlines(facts, columns, keys)) outlines.push(outline)
  }
  return outlines
}

/** Whole records of some runs, oldest first. */
export async function readRecords(index: IndexFile, ids: readonly RunId[]): Promise<readonly NotedRun[]> {
  const wanted = [...ids].sort()
  const records: NotedRun[] = []
  let next = 0
  for (const block of index.blocks) {
    while (next < wanted.length && (wanted[next] ?? '') < block.first) next += 1
    const from = next
    while (next < wanted.length && (wanted[next] ?? '') <= block.last) next += 1
    if (next > from) records.push(...(await readBlock(index, block, new Set(wanted.slice(from, next)))))
  }
  return records
}

/** Whole records of a block; of all its runs, or of some. */
export async function readBlock(
  index: IndexFile,
  block: BlockEntry,
  ids?: ReadonlySet<RunId>,
): Promise<readonly NotedRun[]> {
  const columns = await readSection(index.file, block.columns)
  const rests = await readSection(index.file, block.rests)
  if (ids === undefined || ids.size === block.count) return blockRecords({ columns, rests })
  const known = blockIds(await readSection(index.file, block.facts))
  const rows = known.flatMap((id, row) => (ids.has(id) ? [row] : []))
  return blockRecords({ columns, rests }, new Set(rows))
}

/** Ids of all runs that start with a prefix, oldest first. */
export async function readIds(index: IndexFile, prefix: string): Promise<readonly RunId[]> {
  const ids: RunId[] = []
  for (const block of index.blocks) {
    const isOutside = block.last < prefix || (block.first > prefix && !block.first.startsWith(prefix))
    if (isOutside) continue
    ids.push(...blockIds(await readSection(index.file, block.facts)).filter((id) => id.startsWith(prefix)))
  }
  return ids
}

/** The runs of all versions, in no order. */
export async function readVersionRuns(index: IndexFile): Promise<readonly VersionRuns[]> {
  return deserialize(await readSection(index.file, index.versions)) as readonly VersionRuns[]
}
