/**
 * Sorting runs by any field of the filter grammar.
 */
import type { Field, FieldValue, FilterSubject } from './filter.ts'
import { parseField } from './query.ts'
import { compareFieldValues, fieldValues } from './query-field.ts'

/** What to sort by. */
export interface SortKey {
  readonly field: Field
  readonly isDescending: boolean
}

/**
 * Reads what to sort by: a field of the filter grammar, with a leading `-` for descending.
 *
 * @throws `filter-invalid`
 */
export function sortKeyOf(text: string): SortKey {
  const isDescending = text.startsWith('-')
  return { field: parseField(isDescending ? text.slice(1) : text), isDescending }
}

/** The value a run is sorted by: the first one of a field with several, `undefined` when it has none. */
export function sortValueOf(key: SortKey, subject: FilterSubject): FieldValue | undefined {
  return fieldValues(key.field, subject)[0]
}

/**
 * Compares two sort values; total. In either direction NaN comes after every value and absence after NaN. Values of
 * different types are kept apart: numbers, texts, truth values, nothing.
 */
export function compareSortValues(key: SortKey, left: FieldValue | undefined, right: FieldValue | undefined): number {
  const last = lastness(left) - lastness(right)
  if (last !== 0 || left === undefined || right === undefined) return last
  const order = typeRank(left) - typeRank(right) || (compareFieldValues(left, right) ?? Number(left) - Number(right))
  return key.isDescending ? -order : order
}

function lastness(value: FieldValue | undefined): number {
  if (value === undefined) return 2
  return Number.isNaN(value) ? 1 : 0
}

function typeRank(value: FieldValue): number {
  if (value === null) return 3
  if (typeof value === 'boolean') return 2
  return typeof value === 'string' ? 1 : 0
}
