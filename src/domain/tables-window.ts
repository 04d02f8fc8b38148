/**
 * A window of two tables that are known whole, row by row.
 */
import { compareTables } from './table-difference.ts'
import type { ComparedTable, RowState, TableDifference } from './table-difference.ts'
import type { Cell, TextTable } from './table-window.ts'

/** Which rows of both. */
export interface PairsQuestion {
  /** The column that names a row. */
  readonly key?: string | undefined
  readonly only?: RowState | undefined
  readonly from: number
  readonly count: number
}

/** A window of the rows of both. */
export interface TablesWindow extends Omit<TableDifference, 'pairs'> {
  readonly total: number
  readonly rows: readonly {
    readonly state: RowState
    readonly key: string
    /** In the order of `columns`; `undefined` where that side has no such row. */
    readonly base: readonly Cell[] | undefined
    readonly head: readonly Cell[] | undefined
  }[]
}

/** Compares two tables; what differs comes first. */
export function windowOfTables(
  left: TextTable,
  right: TextTable,
  { key, only, from, count }: PairsQuestion,
): TablesWindow {
  const [ours, theirs] = [namedColumns(left), namedColumns(right)]
  const { pairs, ...difference } = compareTables(ours, theirs, key)
  const found = only === undefined ? pairs : pairs.filter(({ state }) => state === only)
  const places = [ours, theirs].map(({ columns }) => difference.columns.map((name) => columns.indexOf(name)))
  const cells = (table: TextTable, side: number, row: number | undefined): readonly Cell[] | undefined =>
    row === undefined ? undefined : (places[side] ?? []).map((at) => (at < 0 ? null : (table.rows[row]?.[at] ?? null)))
  return {
    ...difference,
    total: found.length,
    rows: found.slice(from, from + count).map((pair) => {
      return { state: pair.state, key: pair.key, base: cells(left, 0, pair.base), head: cells(right, 1, pair.head) }
    }),
  }
}

function namedColumns({ columns, rows }: TextTable): ComparedTable {
  return { columns: columns.map(({ name }) => name), rows }
}
