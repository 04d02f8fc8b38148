/**
 * Groups of the table: runs that share the value of a field, with the mean and spread of each column.
 */
import { compareText } from '../../base/order.ts'
import type { Field, FieldValue } from '../filter.ts'
import { compareSortValues } from '../query-sort.ts'
import type { SortKey } from '../query-sort.ts'
import { momentsOf } from '../statistics/moments.ts'
import { better, goalOfField } from './best-value.ts'
import type { ChosenRows } from './best-value.ts'
import { fieldReader, valueReader } from './field-reader.ts'
import type { FieldReader, ValueReader } from './field-reader.ts'
import { parameterCell, tableNumber } from './table-cell.ts'
import type { TableNumber } from './table-cell.ts'

/** The runs that share one value. */
export interface TableGroup {
  /** Tells the group from others of the same field. */
  readonly key: string
  /** The shared value; `null` for runs without one. */
  readonly value: string | null
  /** How many runs are in it. */
  readonly runs: number
  /** In the order of the columns. */
  readonly cells: readonly GroupCell[]
}

/** What the runs of a group have in one column. */
export interface GroupCell {
  /** Of the finite numbers; `null` when there is none. */
  readonly spread: Spread | null
  /** Without numbers: what all that have a value have in common; `null` when they differ, or none has one. */
  readonly text: string | null
  /** Without numbers: how many different values there are. */
  readonly values: number
}

/** Numbers of a group. */
export interface Spread {
  readonly mean: number
  /** The sample standard deviation; 0 for one number. */
  readonly deviation: number
  readonly min: number
  readonly max: number
  /** How many numbers. */
  readonly count: number
}

interface Group {
  readonly key: string
  readonly first: FieldValue | undefined
  readonly value: string | null
  readonly rows: number[]
}

interface ColumnReader {
  readonly all: FieldReader
  readonly first: ValueReader
}

/** Which groups are asked for. */
export interface GroupQuestion {
  readonly field: Field
  /** By means of the groups; by the value they share where that field is named, or nothing is. */
  readonly sort: readonly SortKey[]
  readonly from: number
  readonly count: number
}

/** A window of groups, and the best mean of each column that has a goal. */
export function groupWindow(
  chosen: ChosenRows,
  { field, sort, from, count }: GroupQuestion,
): {
  readonly groups: { readonly total: number; readonly items: readonly TableGroup[] }
  readonly best: readonly (TableNumber | null)[]
} {
  const all = sortedGroups(chosen, groupsOf(chosen, field), field, sort)
  const readers = chosen.columns.map((column): ColumnReader => {
    const { table, nowMs } = chosen
    return { all: fieldReader(table, column, nowMs), first: valueReader(table, column, nowMs) }
  })
  const items = all.slice(from, from + count).map(({ key, value, rows }): TableGroup => {
    return { key, value, runs: rows.length, cells: readers.map((read) => groupCell(rows, read)) }
  })
  return { groups: { total: all.length, items }, best: chosen.columns.map((column) => bestMean(chosen, all, column)) }
}

/** The chosen rows of a group, in their order. */
export function membersOf(chosen: ChosenRows, field: Field, key: string): Uint32Array {
  return Uint32Array.from(groupsOf(chosen, field).find((group) => group.key === key)?.rows ?? [])
}

function groupsOf({ table, rows, nowMs }: ChosenRows, field: Field): readonly Group[] {
  const read = fieldReader(table, field, nowMs)
  const groups = new Map<string, Group>()
  for (const row of rows) {
    const values = read(row)
    const key = values.length === 0 ? NO_VALUE : values.map(keyOf).join('\n')
    const known = groups.get(key)
    if (known === undefined) {
      const value = values.length === 0 ? null : values.map((one) => parameterCell(one).text).join(', ')
      groups.set(key, { key, first: values[0], value, rows: [row] })
    } else known.rows.push(row)
  }
  return [...groups.values()]
}

/** The key of runs without the field; others begin with a type. */
const NO_VALUE = 'none'

/** The text 1, the integer 1 and the float 1.0 are three values. */
function keyOf(value: FieldValue): string {
  return `${typeof value} ${parameterCell(value).text}`
}

function sortedGroups(
  { table, nowMs }: ChosenRows,
  groups: readonly Group[],
  field: Field,
  sort: readonly SortKey[],
): readonly Group[] {
  const own: SortKey = { field, isDescending: false }
  const keys = [...sort, own]
  const readers = keys.map((key) => (isSameField(key.field, field) ? undefined : valueReader(table, key.field, nowMs)))
  const valued = groups.map((group) => {
    const values = readers.map((read) => (read === undefined ? group.first : sortValueOf(group.rows, read)))
    return { group, values }
  })
  valued.sort((left, right) => {
    for (const [index, key] of keys.entries()) {
      const order = compareSortValues(key, left.values[index], right.values[index])
      if (order !== 0) return order
    }
    return compareText(left.group.key, right.group.key)
  })
  return valued.map(({ group }) => group)
}

function isSameField(left: Field, right: Field): boolean {
  return JSON.stringify(left) === JSON.stringify(right)
}

/** The mean of what is a number, else the first value there is. */
function sortValueOf(rows: readonly number[], read: ValueReader): FieldValue | undefined {
  const spread = spreadOf(numbersOf(rows, read))
  if (spread !== null) return spread.mean
  for (const row of rows) {
    const value = read(row)
    if (value !== undefined) return value
  }
  return undefined
}

function groupCell(rows: readonly number[], { all, first }: ColumnReader): GroupCell {
  const spread = spreadOf(numbersOf(rows, first))
  if (spread !== null) return { spread, text: null, values: 0 }
  const texts = new Set<string>()
  for (const row of rows) {
    const values = all(row)
    if (values.length > 0) texts.add(values.map((value) => parameterCell(value).text).join(', '))
  }
  const [only] = texts
  return { spread, text: texts.size === 1 ? (only ?? null) : null, values: texts.size }
}

function numbersOf(rows: readonly number[], read: ValueReader): readonly number[] {
  const numbers: number[] = []
  for (const row of rows) {
    const value = read(row)
    const number = typeof value === 'bigint' ? Number(value) : value
    if (typeof number === 'number' && Number.isFinite(number)) numbers.push(number)
  }
  return numbers
}

/** Mean and spread; `null` of no numbers. */
export function spreadOf(numbers: readonly number[]): Spread | null {
  const count = numbers.length
  if (count === 0) return null
  let [min, max] = [Infinity, -Infinity]
  for (const number of numbers) {
    min = Math.min(min, number)
    max = Math.max(max, number)
  }
  const { mean, deviation } = momentsOf(numbers)
  // What is left of adding up equal numbers is no spread.
  return { mean, deviation: min === max ? 0 : deviation, min, max, count }
}

function bestMean(chosen: ChosenRows, groups: readonly Group[], column: Field): TableNumber | null {
  const goal = goalOfField(chosen, column)
  if (goal === undefined) return null
  const read = valueReader(chosen.table, column, chosen.nowMs)
  let best = NaN
  for (const { rows } of groups) best = better(goal, best, spreadOf(numbersOf(rows, read))?.mean ?? NaN)
  return Number.isNaN(best) ? null : tableNumber(best)
}
