/**
 * Rows of a Parquet file as cells to show. What cannot be read of it says so in the head of its column; the other
 * columns are shown.
 */
import type { Column } from '../../domain/dataset.ts'
import type { Cell, TextTable } from '../../domain/table-window.ts'
import { ParquetBudget } from './parquet-budget.ts'
import type { ParquetLimits } from './parquet-budget.ts'
import { cellsOf } from './parquet-cells.ts'
import type { Decompress } from './parquet-codecs.ts'
import { readEntries } from './parquet-entries.ts'
import type { LeafEntries, RowRange } from './parquet-entries.ts'
import type { ReadRange } from './parquet-footer.ts'
import { readChunks } from './parquet-layout.ts'
import type { ColumnChunk, LayoutColumn, ParquetLayout, RowGroup } from './parquet-layout.ts'
import type { PageSource } from './parquet-pages.ts'
import { ParquetProblem } from './parquet-problem.ts'
import { LIMIT_COLUMNS } from './table-cells.ts'
import { uniqueNames } from './table-text.ts'

/** A Parquet file that is looked at. */
export interface ParquetSource {
  readonly read: ReadRange
  readonly sizeBytes: number
  readonly decompress: Decompress
  readonly layout: ParquetLayout
}

/** Which rows, and what they may cost. */
export interface ParquetQuestion extends ParquetLimits {
  readonly from: number
  readonly count: number
  /** Lets others work. */
  readonly pause: () => Promise<void>
}

/** Reads rows. @throws what reading throws */
export async function readParquetRows(source: ParquetSource, question: ParquetQuestion): Promise<TextTable> {
  const { layout, read, decompress } = source
  const { from, count, pause } = question
  const until = Math.min(layout.rows, from + count)
  const shown = layout.columns.slice(0, LIMIT_COLUMNS)
  const rows: Cell[][] = Array.from({ length: Math.max(0, until - from) }, () =>
    new Array<Cell>(shown.length).fill(null),
  )
  const pages: PageSource = { read, decompress, budget: new ParquetBudget(question), pause }
  const problems = new Map<number, string>()
  for (const group of groupsOf(layout, from, until)) {
    const range = { from: Math.max(0, from - group.from), until: Math.min(group.rows, until - group.from) }
    const chunks = attempt(() => readChunks(layout, group, source.sizeBytes))
    // Footers may tell of very many columns.
    await pause()
    for (const [place, column] of shown.entries()) {
      if (problems.has(place)) continue
      if (typeof chunks === 'string') problems.set(place, chunks)
      else {
        const cells = await readColumn(pages, chunks, column, range)
        if (typeof cells === 'string') problems.set(place, cells)
        else for (const [index, cell] of cells.entries()) set(rows[group.from + range.from + index - from], place, cell)
      }
    }
    if (problems.size === shown.length) break
  }
  const isCut = shown.length < layout.columns.length || problems.size > 0
  return { columns: namedColumns(shown, problems), rows, isCut }
}

function set(row: Cell[] | undefined, place: number, cell: Cell): void {
  if (row !== undefined) row[place] = cell
}

function namedColumns(columns: readonly LayoutColumn[], problems: ReadonlyMap<number, string>): readonly Column[] {
  const names = uniqueNames(columns.map(({ name }) => name))
  return columns.map(({ type }, place) => {
    const problem = problems.get(place)
    return { name: names[place] ?? '', type: problem === undefined ? type : `${type}, not shown: ${problem}` }
  })
}

/** Row groups that have some of the rows. */
function groupsOf({ groups }: ParquetLayout, from: number, until: number): readonly RowGroup[] {
  return groups.filter((group) => group.from < until && group.from + group.rows > from)
}

/** Entries of a column that are held together, of all the columns of values in it. */
const LIMIT_ENTRIES = 8_000_000

/** The cells of a column, or why there are none. */
async function readColumn(
  source: PageSource,
  chunks: readonly (ColumnChunk | string)[],
  { node }: LayoutColumn,
  range: RowRange,
): Promise<readonly Cell[] | string> {
  try {
    const leaves: LeafEntries[] = []
    let entries = 0
    for (let place = node.firstLeaf; place < node.firstLeaf + node.leafCount; place += 1) {
      const [chunk, leaf] = [chunks[place], leafAt(node, place)]
      if (chunk === undefined || leaf === undefined) return 'damaged, a column is missing'
      if (typeof chunk === 'string') return chunk
      const read = await readEntries(source, chunk, leaf, range)
      leaves.push(read)
      entries += read.definitions.length
      if (entries > LIMIT_ENTRIES) return 'its lists are too long for one look'
    }
    return cellsOf(node, leaves, range.until - range.from, source.budget)
  } catch (error) {
    return problemOf(error)
  }
}

function leafAt(node: LayoutColumn['node'], place: number): LayoutColumn['node'] | undefined {
  if (node.children.length === 0) return node
  const child = node.children.find(({ firstLeaf, leafCount }) => place >= firstLeaf && place < firstLeaf + leafCount)
  return child === undefined ? undefined : leafAt(child, place)
}

function attempt<Result>(work: () => Result): Result | string {
  try {
    return work()
  } catch (error) {
    return problemOf(error)
  }
}

function problemOf(error: unknown): string {
  if (error instanceof ParquetProblem) return error.message
  throw error
}
