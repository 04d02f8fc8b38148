/**
 * The order of rows of the table.
 */
import type { FieldValue } from '../filter.ts'
import { compareSortValues } from '../query-sort.ts'
import type { SortKey } from '../query-sort.ts'
import { valueReader } from './field-reader.ts'
import type { TableRows } from './row-view.ts'

/** Compares two places of a list of rows. */
type Comparison = (left: number, right: number) => number

/** By the first key, ties by the next; rows that are equal in all stay as they were. `nowMs` as for a filter. */
export function sortRows(table: TableRows, rows: Uint32Array, keys: readonly SortKey[], nowMs: number): Uint32Array {
  if (keys.length === 0) return rows
  const comparisons = keys.map((key) => {
    const read = valueReader(table, key.field, nowMs)
    return comparisonOf(key, Array.from(rows, read))
  })
  const places = Uint32Array.from(rows.keys()).sort((left, right) => {
    for (const compare of comparisons) {
      const order = compare(left, right)
      if (order !== 0) return order
    }
    return left - right
  })
  return places.map((place) => rows[place] ?? 0)
}

/** What `compareSortValues` says of values; quicker of doubles and absence alone. */
function comparisonOf(key: SortKey, values: readonly (FieldValue | undefined)[]): Comparison {
  if (!values.every((value) => typeof value === 'number' || value === undefined)) {
    return (left, right) => compareSortValues(key, values[left], values[right])
  }
  const sign = key.isDescending ? -1 : 1
  const numbers = Float64Array.from(values, (value) => (typeof value === 'number' ? sign * value : 0))
  const lastness = Uint8Array.from(values, (value) => (value === undefined ? 2 : Number.isNaN(value) ? 1 : 0))
  return (left, right) => {
    const last = (lastness[left] ?? 0) - (lastness[right] ?? 0)
    if (last !== 0) return last
    const [one, other] = [numbers[left] ?? 0, numbers[right] ?? 0]
    return one < other ? -1 : one > other ? 1 : 0
  }
}
