/**
 * Columns of one chunk of the table: the values of one key, packed.
 */
import type { Goal, Metric, Summary } from '../metric.ts'
import type { ParameterValue } from '../parameter.ts'
import { NumberMemory } from './number-memory.ts'
import { isOneNumber, numberAt, packNumbers } from './packed-numbers.ts'
import type { PackedNumbers } from './packed-numbers.ts'
import { CHUNK_ROWS, rowSet } from './row-set.ts'
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
  valueAt(index: number): Value
  /** Copies all values into a list, from a place on; absent where they are not all floats. */
  copyNumbers?(into: Float64Array, from: number): void
}

/** What columns of a chunk are packed into. */
export interface ColumnMemory {
  /** How many rows the chunk has. */
  readonly size: number
  readonly values: NumberMemory
  /** What a lean chunk drops: what summaries hold besides the last value. */
  readonly parts: NumberMemory
}

/** Begins the memory of a chunk of `size` rows. */
export function columnMemory(size: number): ColumnMemory {
  return { size, values: new NumberMemory(), parts: new NumberMemory() }
}

/** Packs the values of a parameter. */
export function parameterColumn(
  cells: KeyCells<ParameterValue>,
  { size, values: memory }: ColumnMemory,
): ParameterColumn {
  const { rows } = cells
  if (cells.copyNumbers !== undefined) {
    const numbers = numbersOfOne(rows.length)
    cells.copyNumbers(numbers, 0)
    return { rows: rowSet(rows, size), numbers: packNumbers(numbers, memory) }
  }
  const values = Array.from({ length: rows.length }, (_, index) => cells.valueAt(index))
  const set = rowSet(rows, size)
  if (values.every((value) => typeof value === 'number')) return { rows: set, numbers: packNumbers(values, memory) }
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
    codes: memory.place<Uint8Array | Uint16Array>(distinct.length <= 256 ? Uint8Array : Uint16Array, codes),
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
  /** Copies all last values into a list, from a place on. */
  copyLast(into: Float64Array, from: number): void
  goalAt(index: number): Goal
  /** The goal of all of them; absent where nobody knows that it is one. */
  readonly goal?: Goal | undefined
  /** Each was logged once, so that its last value is all there is to it. */
  readonly isSingle?: boolean
}

const scratch = new Float64Array(CHUNK_ROWS)

/** Room for the numbers of one column, until the next one is looked at. */
function numbersOfOne(count: number): Float64Array {
  return count <= CHUNK_ROWS ? scratch.subarray(0, count) : new Float64Array(count)
}

/** Packs the summaries of a metric; of a lean one the last values alone. */
export function metricColumn(cells: MetricCells, memory: ColumnMemory, isLean: boolean): MetricColumn {
  const { length } = cells.rows
  const numbers = numbersOfOne(length)
  cells.copyLast(numbers, 0)
  const first = cells.goal ?? (length === 0 ? 'none' : cells.goalAt(0))
  let isOneGoal = true
  if (cells.goal === undefined) {
    for (let index = 0; index < length; index += 1) isOneGoal &&= cells.goalAt(index) === first
  }
  const last = packNumbers(numbers, memory.values)
  return {
    rows: rowSet(cells.rows, memory.size),
    last,
    goals: isOneGoal ? ONE_GOAL[first] : Array.from({ length }, (_, index) => cells.goalAt(index)),
    ...(isLean ? {} : { parts: partsOf(cells, last, memory.parts) }),
  }
}

const ONCE = packNumbers([1])

function partsOf(cells: MetricCells, last: PackedNumbers, memory: NumberMemory): MetricParts {
  if (cells.isSingle === true) return { min: last, max: last, count: ONCE }
  return metricParts(
    Array.from({ length: cells.rows.length }, (_, index) => cells.valueAt(index)),
    last,
    memory,
  )
}

/** Packs what metrics have besides their last values, which are packed already. */
export function metricParts(
  metrics: readonly Pick<Metric, 'goal' | 'summary'>[],
  last: PackedNumbers,
  memory: NumberMemory,
): MetricParts {
  const listOf = (part: 'min' | 'max'): PackedNumbers => {
    const isLast = metrics.every(({ summary }) => Object.is(summary[part], summary.last))
    return isLast
      ? last
      : packNumbers(
          metrics.map(({ summary }) => summary[part]),
          memory,
        )
  }
  const odd = new Map<number, number | undefined>()
  for (const [place, { goal, summary }] of metrics.entries()) {
    if (!Object.is(summary.best?.value, usualBest(goal, summary))) odd.set(place, summary.best?.value)
  }
  const count = packNumbers(
    metrics.map(({ summary }) => summary.count),
    memory,
  )
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
