/**
 * Two tables side by side, row by row by the column that names a row: what differs comes first.
 */

/** One cell; `null` where the row has none. */
export type TableCell = string | null

/** A table to compare. */
export interface ComparedTable {
  readonly columns: readonly string[]
  readonly rows: readonly (readonly TableCell[])[]
}

/** How a row of both tables stands. */
export type RowState = 'changed' | 'base' | 'head' | 'equal'

/** One row of both tables. */
export interface RowPair {
  readonly state: RowState
  /** The value of the key column, or the number of the row. */
  readonly key: string
  /** Index of the row; `undefined` where that side has none. */
  readonly base: number | undefined
  readonly head: number | undefined
}

/** Two tables, compared. */
export interface TableDifference {
  /** Of both tables, those of the base first. */
  readonly columns: readonly string[]
  /** What a row goes by; `undefined` when by its place. */
  readonly key: string | undefined
  /** Changed rows, then those of one side alone, then equal ones; within each in the order of the tables. */
  readonly pairs: readonly RowPair[]
  readonly counts: Readonly<Record<RowState, number>>
  /** Some rows have a key that a row before them has: they are told apart by how often it came. */
  readonly hasRepeatedKeys: boolean
}

const ORDER: readonly RowState[] = ['changed', 'base', 'head', 'equal']

/** Compares tables by a key column; by the place of rows where one of them lacks it, or without a key. */
export function compareTables(base: ComparedTable, head: ComparedTable, wanted: string | undefined): TableDifference {
  const key =
    wanted !== undefined && base.columns.includes(wanted) && head.columns.includes(wanted) ? wanted : undefined
  const columns = [...base.columns, ...head.columns.filter((name) => !base.columns.includes(name))]
  const [left, right] = [keyed(base, key), keyed(head, key)]
  const pairs: RowPair[] = []
  for (const [name, row] of left.rows) {
    const other = right.rows.get(name)
    if (other === undefined) pairs.push({ state: 'base', key: plain(name), base: row, head: undefined })
    else {
      const isSame = isSameRow(base, base.rows[row] ?? [], head, head.rows[other] ?? [])
      pairs.push({ state: isSame ? 'equal' : 'changed', key: plain(name), base: row, head: other })
    }
  }
  for (const [name, row] of right.rows) {
    if (!left.rows.has(name)) pairs.push({ state: 'head', key: plain(name), base: undefined, head: row })
  }
  const counts = { changed: 0, base: 0, head: 0, equal: 0 }
  for (const { state } of pairs) counts[state] += 1
  return {
    columns,
    key,
    pairs: ORDER.flatMap((state) => pairs.filter((pair) => pair.state === state)),
    counts,
    hasRepeatedKeys: left.isRepeated || right.isRepeated,
  }
}

/** Rows by key; of a key that comes again, each by its count as well, so that none is lost. */
function keyed(
  { columns, rows }: ComparedTable,
  key: string | undefined,
): { readonly rows: ReadonlyMap<string, number>; readonly isRepeated: boolean } {
  const at = key === undefined ? -1 : columns.indexOf(key)
  const found = new Map<string, number>()
  const times = new Map<string, number>()
  for (const [index, row] of rows.entries()) {
    const name = at < 0 ? String(index + 1) : (row[at] ?? '')
    const time = (times.get(name) ?? 0) + 1
    times.set(name, time)
    found.set(`${time} ${name}`, index)
  }
  return { rows: found, isRepeated: times.size < rows.length }
}

function plain(name: string): string {
  return name.slice(name.indexOf(' ') + 1)
}

function isSameRow(
  base: ComparedTable,
  left: readonly TableCell[],
  head: ComparedTable,
  right: readonly TableCell[],
): boolean {
  if (base.columns.length !== head.columns.length) return false
  return base.columns.every((name, index) => {
    const at = head.columns[index] === name ? index : head.columns.indexOf(name)
    return at >= 0 && isSameCell(left[index] ?? null, right[at] ?? null)
  })
}

/** A cell that is empty and one that is absent say the same, and so do `1.0` and `1`. */
function isSameCell(left: TableCell, right: TableCell): boolean {
  if (left === right || (left ?? '') === (right ?? '')) return true
  if (left === null || right === null || left === '' || right === '') return false
  return DECIMAL.test(left) && DECIMAL.test(right) && Number(left) === Number(right) && Math.abs(Number(left)) < 2 ** 53
}

const DECIMAL = /^-?\d+(?:\.\d*)?(?:[eE][+-]?\d+)?$/
