/**
 * Columns of one chunk of the table: the values of one key, packed.
 */
import type { Goal, Metric, Summary } from '../metric.ts'
import type { ParameterValue } from '../parameter.ts'
import { isOneNumber, numberAt, packNumbers } from './packed-numbers.ts'
import type { PackedNumbers } from './packed-numbers.ts'
import { rowSet } from './row-set.ts'
import type { RowSet } from './row-set.ts'

/** The values of a parameter: floats as `numbers`, others once each and a place in that list for every row. */
export type ParameterColumn = { readonly rows: RowSet } & (
  | { readonly numbers: PackedNumbers }
  | { readonly values: readonly ParameterValue[]; readonly codes: Uint8Array | Uint16Array }
)

/** The summaries of a metric. */
export interface MetricColumn {
  readonly rows: RowSet
  readonly last: PackedNumbers
  /** The goal of each, or of all of them. */
  readonly goals: readonly Goal[]
  /** Absent in a lean chunk until somebody asks for them. */
  readonly parts?: MetricParts
}

/** What a summary holds besides the last value. */
export interface MetricParts {
  readonly min: PackedNumbers
  readonly max: PackedNumbers
  readonly count: PackedNumbers
  /** Best values that are not the least or greatest their goal prefers, by place; `undefined` for none. */
  readonly odd?: ReadonlyMap<number, number | undefined>
}

/** The cells of one key in a chunk: ascending rows, and a value for each. */
export interface KeyCells<Value> {
  readonly rows: ArrayLike<number>
  readonly valueAt: (index: number) => Value
}

/** Packs the values of a parameter in a chunk of `size` rows. */
export function parameterColumn({ rows, valueAt }: KeyCells<ParameterValue>, size: number): ParameterColumn {
  const values = Array.from({ length: rows.length }, (_, index) => valueAt(index))
  const set = rowSet(rows, size)
  if (values.every((value) => typeof value === 'number')) return { rows: set, numbers: packNumbers(values) }
  const places = new Map<unknown, number>()
  const distinct: ParameterValue[] = []
  const codes = values.map((value) => {
    // A map takes both zeros for one; a text never is this object.
    const key = Object.is(value, -0) ? MINUS_ZERO : value
    const place = places.get(key) ?? distinct.length
    if (place === distinct.length) distinct.push(value)
    places.set(key, place)
    return place
  })
  return {
    rows: set,
    values: distinct,
    codes: distinct.length <= 256 ? Uint8Array.from(codes) : Uint16Array.from(codes),
  }
}

const MINUS_ZERO = {}

/** A value of a parameter; `place` is one of the column's. */
export function parameterAt(column: ParameterColumn, place: number): ParameterValue | undefined {
  return 'numbers' in column ? numberAt(column.numbers, place) : column.values[column.codes[place] ?? 0]
}

/** Whether all values of a column are the same. */
export function isOneParameter(column: ParameterColumn): boolean {
  return 'numbers' in column ? isOneNumber(column.numbers) : column.values.length === 1
}

const ONE_GOAL: Readonly<Record<Goal, readonly Goal[]>> = { min: ['min'], max: ['max'], none: ['none'] }

/** The cells of a metric; the last values and goals are had without making each summary. */
export interface MetricCells extends KeyCells<Pick<Metric, 'goal' | 'summary'>> {
  readonly lastAt: (index: number) => number
  readonly goalAt: (index: number) => Goal
}

/** Packs the summaries of a metric in a chunk of `size` rows; of a lean one the last values alone. */
export function metricColumn(cells: MetricCells, size: number, isLean: boolean): MetricColumn {
  const { length } = cells.rows
  const numbers = new Float64Array(length)
  const first = length === 0 ? 'none' : cells.goalAt(0)
  let isOneGoal = true
  for (let index = 0; index < length; index += 1) {
    numbers[index] = cells.lastAt(index)
    isOneGoal &&= cells.goalAt(index) === first
  }
  const last = packNumbers(numbers)
  const indices = (): readonly number[] => Array.from({ length }, (_, index) => index)
  return {
    rows: rowSet(cells.rows, size),
    last,
    goals: isOneGoal ? ONE_GOAL[first] : indices().map(cells.goalAt),
    ...(isLean ? {} : { parts: metricParts(indices().map(cells.valueAt), last) }),
  }
}

/** Packs what metrics have besides their last values, which are packed already. */
export function metricParts(metrics: readonly Pick<Metric, 'goal' | 'summary'>[], last: PackedNumbers): MetricParts {
  const listOf = (part: 'min' | 'max'): PackedNumbers => {
    const isLast = metrics.every(({ summary }) => Object.is(summary[part], summary.last))
    return isLast ? last : packNumbers(Float64Array.from(metrics, ({ summary }) => summary[part]))
  }
  const odd = new Map<number, number | undefined>()
  for (const [place, { goal, summary }] of metrics.entries()) {
    if (!Object.is(summary.best?.value, usualBest(goal, summary))) odd.set(place, summary.best?.value)
  }
  const count = packNumbers(Float64Array.from(metrics, ({ summary }) => summary.count))
  return { min: listOf('min'), max: listOf('max'), count, ...(odd.size === 0 ? {} : { odd }) }
}

/** A number of a summary; `undefined` for a best value that there is none of. `place` is one of the column's. */
export function partAt(column: MetricColumn, place: number, part: Exclude<keyof Summary, 'last'>): number | undefined {
  const { parts } = column
  if (parts === undefined) throw new RangeError('a part of a summary that was not brought')
  if (part !== 'best') return numberAt(parts[part], place)
  if (parts.odd?.has(place) === true) return parts.odd.get(place)
  const goal = goalAt(column, place)
  return goal === 'none' ? undefined : numberAt(parts[goal], place)
}

/** The goal a run declares. */
export function goalAt({ goals }: MetricColumn, place: number): Goal {
  return (goals.length === 1 ? goals[0] : goals[place]) ?? 'none'
}

function usualBest(goal: Goal, { min, max }: Pick<Summary, 'min' | 'max'>): number | undefined {
  if (goal === 'none') return undefined
  return goal === 'min' ? min : max
}
