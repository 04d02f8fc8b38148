/**
 * The table of runs as data: windows of it, filtered, sorted and grouped. The local server keeps one in memory, and a
 * static site carries one into the browser; both answer by this.
 *
 * Law: which runs match, and their order, are those of `mlv ls`; test/property/run-table.test.ts holds that.
 */
import { sortKeyOf } from '../query-sort.ts'
import { matches, parseField, parseFilter } from '../query.ts'
import type { RunId } from '../run.ts'
import { bestValue } from './best-value.ts'
import { CHUNK_ROWS, chunkOfRow, noBits, placeOfRow, rowAt, setBit } from './row-set.ts'
import { sortRows } from './row-order.ts'
import { RowView } from './row-view.ts'
import { keysOf } from './table-keys.ts'
import type { TableKeys } from './table-keys.ts'
import { cellOf } from './table-cell.ts'
import type { TableCell, TableNumber } from './table-cell.ts'
import { groupWindow, membersOf } from './table-groups.ts'
import type { TableGroup } from './table-groups.ts'
import { chunkOf } from './table-chunk.ts'
import type { TableChunk, TableFacts, TableRun } from './table-chunk.ts'

export type { TableRun } from './table-chunk.ts'

/** The runs of a repository at one moment. */
export interface RunTable {
  readonly chunks: readonly TableChunk[]
  /** Rows that count, newest first; each as `rowAt` tells it. */
  readonly order: Uint32Array
}

/** What is asked of the table. */
export interface TableQuestion {
  /** The filter grammar; every run when absent. */
  readonly filter?: string
  /** Fields of the grammar, a leading `-` for descending; the newest first when empty, and among equals. */
  readonly sort: readonly string[]
  /** Fields of the grammar. */
  readonly columns: readonly string[]
  /** The first row of the window, from 0, and how many rows it has. */
  readonly from: number
  readonly count: number
  /** Archived runs too. */
  readonly archived: boolean
  /** A field to group by: the window is one of groups. */
  readonly group?: string
  /** The `key` of a group of `group`: the window is one of its runs. */
  readonly member?: string
  /** Leaves `keys` empty, for those who know them already. */
  readonly isWithoutKeys?: boolean
}

/** A window of the table. */
export interface TableAnswer {
  /** Runs that match; with `member` those in that group. */
  readonly total: number
  /** Empty where groups are asked for. */
  readonly rows: readonly TableRow[]
  /** Of all runs that match. */
  readonly keys: TableKeys
  /** The best value of each column that has a goal, of all runs that match, or of the means of groups; else `null`. */
  readonly best: readonly (TableNumber | null)[]
  /** Where groups are asked for: how many there are, and those of the window. */
  readonly groups?: { readonly total: number; readonly items: readonly TableGroup[] }
}

/** One run of a window. */
export interface TableRow {
  readonly id: RunId
  /** In the order of the columns; `null` where the run has no such value. */
  readonly cells: readonly (TableCell | null)[]
}

const NO_KEYS: TableKeys = { parameters: [], metrics: [] }

/** Makes a table of runs, each of which comes once, in any order. */
export function openRunTable(runs: Iterable<TableRun>): RunTable {
  const chunks: TableChunk[] = []
  let some: TableRun[] = []
  for (const run of runs) {
    some.push(run)
    if (some.length < CHUNK_ROWS) continue
    chunks.push(chunkOf(some))
    some = []
  }
  return tableOfChunks(some.length === 0 ? chunks : [...chunks, chunkOf(some)])
}

/** Makes a table of chunks. Where several have a run, that of the last one counts. */
export function tableOfChunks(chunks: readonly TableChunk[]): RunTable {
  const rows = new Map<RunId, number>()
  for (const [at, { facts }] of chunks.entries()) {
    for (const [row, { id }] of facts.entries()) rows.set(id, rowAt(at, row))
  }
  const newest = [...rows].sort(([left], [right]) => (left < right ? 1 : -1))
  return { chunks, order: Uint32Array.from(newest, ([, row]) => row) }
}

/** The table with other runs: without those that are gone, and with each of `runs` in the place of its former self. */
export function overRunTable(table: RunTable, gone: ReadonlySet<RunId>, runs: readonly TableRun[]): RunTable {
  if (gone.size === 0 && runs.length === 0) return table
  const added = openRunTable(runs)
  const replaced = new Set([...gone, ...runs.map(({ id }) => id)])
  const kept = table.order.filter((row) => !replaced.has(factsAt(table, row).id))
  const first = rowAt(table.chunks.length, 0)
  const chunks = [...table.chunks, ...added.chunks]
  const moved = added.order.map((row) => row + first)
  return { chunks, order: mergedOrder({ chunks, order: kept }, moved) }
}

/** Answers a question; `nowMs` is what `-7d` counts back from. @throws `filter-invalid` */
export function askRunTable(table: RunTable, question: TableQuestion, nowMs: number): TableAnswer {
  const sort = question.sort.map(sortKeyOf)
  const columns = question.columns.map(parseField)
  const chosen = chosenRows(table, question, nowMs)
  const bits = chosenBits(table, chosen)
  const keys = question.isWithoutKeys === true ? NO_KEYS : keysOf(table.chunks, bits)
  const seen = { table, rows: chosen, bits, columns, nowMs }
  if (question.group !== undefined) {
    const field = parseField(question.group)
    if (question.member === undefined) {
      const { from, count } = question
      return { total: chosen.length, rows: [], keys, ...groupWindow(seen, { field, sort, from, count }) }
    }
    const members = membersOf(seen, field, question.member)
    return { ...windowOf(table, sortRows(table, members, sort, nowMs), question, nowMs), keys, best: bestValues(seen) }
  }
  return { ...windowOf(table, sortRows(table, chosen, sort, nowMs), question, nowMs), keys, best: bestValues(seen) }
}

/** Which runs a question is about. */
export type RowChoice = Pick<TableQuestion, 'filter' | 'archived'>

/** Rows that match, in the order of the table; `nowMs` as for a question. @throws `filter-invalid` */
export function chosenRows(table: RunTable, { filter, archived }: RowChoice, nowMs: number): Uint32Array {
  const parsed = filter === undefined ? undefined : parseFilter(filter)
  if (parsed === undefined && archived) return table.order
  const view = new RowView(table, nowMs)
  return table.order.filter((row) => {
    view.at(row)
    return (archived || !view.facts.isArchived) && (parsed === undefined || matches(parsed, view))
  })
}

/** For each chunk of a table, a bit a row. */
export function chosenBits(table: RunTable, rows: Uint32Array): readonly Uint32Array[] {
  const bits = table.chunks.map(({ facts }) => noBits(facts.length))
  for (const row of rows) {
    const chunk = bits[chunkOfRow(row)]
    if (chunk !== undefined) setBit(chunk, placeOfRow(row))
  }
  return bits
}

function windowOf(
  table: RunTable,
  rows: Uint32Array,
  { columns, from, count }: TableQuestion,
  nowMs: number,
): Pick<TableAnswer, 'total' | 'rows'> {
  const fields = columns.map(parseField)
  const view = new RowView(table, nowMs)
  const shown = Array.from(rows.subarray(from, from + count), (row) => {
    view.at(row)
    return { id: view.id, cells: fields.map((field) => cellOf(field, view)) }
  })
  return { total: rows.length, rows: shown }
}

function bestValues(seen: Parameters<typeof bestValue>[0]): readonly (TableNumber | null)[] {
  return seen.columns.map((field) => bestValue(seen, field))
}

function factsAt(table: RunTable, row: number): TableFacts {
  const facts = table.chunks[chunkOfRow(row)]?.facts[placeOfRow(row)]
  if (facts === undefined) throw new RangeError('a row of no chunk')
  return facts
}

/** Puts rows, newest first, among those of a table. */
function mergedOrder(table: RunTable, added: Uint32Array): Uint32Array {
  const order = new Uint32Array(table.order.length + added.length)
  const idOf = (row: number | undefined): string => (row === undefined ? '' : factsAt(table, row).id)
  let [kept, next] = [0, 0]
  for (let index = 0; index < order.length; index += 1) {
    const isAdded = idOf(added[next]) > idOf(table.order[kept])
    order[index] = (isAdded ? added[next] : table.order[kept]) ?? 0
    if (isAdded) next += 1
    else kept += 1
  }
  return order
}
