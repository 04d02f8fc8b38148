/**
 * Parameters and metrics of many runs by key: a filter reads the few columns that it names. Values come back exactly:
 * integers of any size, NaN, negative zero.
 */
import { deserialize, serialize } from 'node:v8'
import { compareText, sortedEntries } from '../../base/order.ts'
import { singleValue } from '../../domain/metric-summary.ts'
import type { Goal, Metric, MetricRule, Summary } from '../../domain/metric.ts'
import type { ParameterValue } from '../../domain/parameter.ts'
import { bytesOf, isPlain, plainBytes, PlainColumn } from './plain-column.ts'
import type { ColumnPlace } from './plain-column.ts'

/** The values of one key: the rows that have it, ascending, and a value for each. */
export interface ColumnCells<Value> {
  readonly rows: Uint16Array
  valueAt(index: number): Value
  /** Copies all values into a list, from a place on; absent where they are not all floats. */
  copyNumbers?(into: Float64Array, from: number): void
}

/** The metrics of one key; what most readers want of them is had without making each first. */
export interface MetricCells extends ColumnCells<Metric> {
  /** Copies all last values into a list, from a place on. */
  copyLast(into: Float64Array, from: number): void
  goalAt(index: number): Goal
  /** The goal of all of them; absent where that is not known. */
  readonly goal?: Goal | undefined
  /** Each was logged once, so that its last value is all there is to it. */
  readonly isSingle: boolean
}

/** A column as it is kept: `rows` is absent where every row has the key. */
interface KeptColumn<Values> {
  readonly rows?: Uint16Array
  readonly values: Values
}

/** Values of one key as they come in, row by row. */
interface ColumnBuilder<Value> {
  readonly add: (value: Value) => void
  /** The column as bytes; `rows` is absent where every row has the key. */
  readonly encode: (rows: Uint16Array | undefined) => Uint8Array
}

/** A column as its values come in. */
interface Column<Key, Value> extends ColumnBuilder<Value> {
  readonly key: Key
  /** A key that was found to come before its own. */
  after: Key | undefined
  /** How many values it has. */
  count: number
  /** Its rows; absent while they are the first ones, every one of them. */
  rows: number[] | undefined
}

/** Columns as they come in, row by row: what was added need not be held. */
export interface ColumnsBuilder<Key extends string, Value> {
  /** Adds the values of a row; tells whether they were in the order of their keys. */
  readonly add: (row: number, values: ReadonlyMap<Key, Value>) => boolean
  /** The bytes of each column of a block of so many rows, sorted by key. */
  readonly encode: (count: number) => readonly (readonly [Key, Uint8Array])[]
}

/** Begins columns of parameters. */
export function parameterColumns<Key extends string>(): ColumnsBuilder<Key, ParameterValue> {
  return columnsBuilder(parameterBuilder)
}

/** Begins columns of metrics. */
export function metricColumns<Key extends string>(): ColumnsBuilder<Key, Metric> {
  return columnsBuilder(metricBuilder)
}

function columnsBuilder<Key extends string, Value>(begin: () => ColumnBuilder<Value>): ColumnsBuilder<Key, Value> {
  const columns = new Map<Key, Column<Key, Value>>()
  /** The columns of the row before: most rows have the same keys in the same order. */
  const before: Column<Key, Value>[] = []
  const columnOf = (key: Key, place: number): Column<Key, Value> => {
    const expected = before[place]
    if (expected?.key === key) return expected
    const found = columns.get(key) ?? { ...begin(), key, after: undefined, count: 0, rows: undefined }
    columns.set(key, found)
    before[place] = found
    return found
  }
  return {
    add: (row, values) => {
      let previous: Key | undefined
      let place = 0
      let isInOrder = true
      for (const [key, value] of values) {
        const column = columnOf(key, place)
        if (previous !== undefined && column.after !== previous) {
          if (compareText(previous, key) >= 0) isInOrder = false
          else column.after = previous
        }
        if (column.rows === undefined && row !== column.count)
          column.rows = Array.from({ length: column.count }, (_, at) => at)
        column.rows?.push(row)
        column.count += 1
        column.add(value)
        previous = key
        place += 1
      }
      return isInOrder
    },
    encode: (rowCount) =>
      sortedEntries(columns).map(([key, column]) => {
        const { rows, count } = column
        return [key, padded(column.encode(count === rowCount ? undefined : new Uint16Array(rows ?? allRows(count))))]
      }),
  }
}

/** Columns lie side by side, and each begins where a double may. What reads one does not look beyond its end. */
function padded(bytes: Uint8Array): Uint8Array {
  const length = Math.ceil(bytes.length / ALIGNED_BYTES) * ALIGNED_BYTES
  if (length === bytes.length) return bytes
  const aligned = new Uint8Array(length)
  aligned.set(bytes)
  return aligned
}

function serialized(rows: Uint16Array | undefined, values: unknown): Uint8Array {
  const kept: KeptColumn<unknown> = rows === undefined ? { values } : { rows, values }
  return serialize(kept)
}

/** Floats are kept as such as long as there is nothing else. */
function parameterBuilder(): ColumnBuilder<ParameterValue> {
  const floats: number[] = []
  let others: ParameterValue[] | undefined
  return {
    add: (value) => {
      if (others !== undefined) others.push(value)
      else if (typeof value === 'number') floats.push(value)
      else others = [...floats, value]
    },
    encode: (rows) => {
      if (others !== undefined) return serialized(rows, others)
      return rows === undefined ? plainBytes(0, [floats]) : serialized(rows, new Float64Array(floats))
    },
  }
}

/** Opens a column of parameters of a block of so many runs. */
export function parameterCells(place: ColumnPlace, count: number): ColumnCells<ParameterValue> {
  if (isPlain(place)) return new PlainParameters(place, count)
  const { rows, values } = deserialize(bytesOf(place)) as KeptColumn<Float64Array | readonly ParameterValue[]>
  return { rows: rows ?? allRows(count), valueAt: (index) => values[index] ?? null }
}

class PlainParameters extends PlainColumn implements ColumnCells<ParameterValue> {
  get rows(): Uint16Array {
    return allRows(this.count)
  }

  valueAt(index: number): number {
    return this.numberAt(0, index)
  }

  copyNumbers(into: Float64Array, from: number): void {
    into.set(this.list(0), from)
  }
}

/** Metrics as they are kept: numbers in arrays of their own, rules once each. */
interface MetricValues {
  readonly rules: readonly MetricRule[]
  /** Absent when all have the first rule. */
  readonly ruleOf?: Uint16Array
  readonly last: Float64Array
  /** Absent when each metric is one value. */
  readonly spread?: Spread
}

/** Summaries of series. What a summary lacks is told by the flags. */
interface Spread {
  readonly min: Float64Array
  readonly max: Float64Array
  readonly count: Float64Array
  readonly best: Float64Array
  readonly bestStep: Float64Array
  readonly flags: Uint8Array
}

const HAS_BEST = 1
const HAS_STEP = 2
const GOALS: readonly Goal[] = ['none', 'min', 'max']
const ALIGNED_BYTES = 8

function metricBuilder(): ColumnBuilder<Metric> {
  const rules: MetricRule[] = []
  /** The rule of each metric; empty while all have the first. */
  const ruleOf: number[] = []
  const last: number[] = []
  let spread: SpreadBuilder | undefined
  /** The place of its rule. */
  const placeOf = (metric: Metric): number => {
    const [first] = rules
    if (first !== undefined && isSameRule(first, metric)) return 0
    const known = rules.findIndex((rule) => isSameRule(rule, metric))
    if (known !== -1) return known
    const { goal, tolerance, unit } = metric
    rules.push({ goal, tolerance, ...(unit === undefined ? undefined : { unit }) })
    return rules.length - 1
  }
  return {
    add: (metric) => {
      const { summary } = metric
      if (spread === undefined && !isSingle(metric)) {
        spread = spreadBuilder()
        for (const [index, value] of last.entries()) {
          spread.add(singleValue(value, rules[ruleOf[index] ?? 0]?.goal ?? 'none'))
        }
      }
      spread?.add(summary)
      const place = placeOf(metric)
      if (place > 0 && ruleOf.length === 0) for (let at = 0; at < last.length; at += 1) ruleOf.push(0)
      if (rules.length > 1) ruleOf.push(place)
      last.push(summary.last)
    },
    encode: (rows) => {
      const [rule] = rules
      const hasGoalAlone = rows === undefined && rules.length === 1 && rule?.unit === undefined
      if (hasGoalAlone && rule !== undefined && Object.is(rule.tolerance, 0))
        return plainMetrics(rule.goal, last, spread?.values())
      const values: MetricValues = {
        rules,
        ...(rules.length > 1 ? { ruleOf: new Uint16Array(ruleOf) } : undefined),
        last: new Float64Array(last),
        ...(spread === undefined ? undefined : { spread: spread.values() }),
      }
      return serialized(rows, values)
    },
  }
}

/** Metrics of every row, of a rule that has no more than a goal. */
function plainMetrics(goal: Goal, last: readonly number[], spread: Spread | undefined): Uint8Array {
  const word = GOALS.indexOf(goal)
  if (spread === undefined) return plainBytes(word, [last])
  const { min, max, count, best, bestStep, flags } = spread
  return plainBytes(word, [last, min, max, count, best, bestStep], flags)
}

function isSameRule(rule: MetricRule, metric: MetricRule): boolean {
  return rule.goal === metric.goal && Object.is(rule.tolerance, metric.tolerance) && rule.unit === metric.unit
}

/** Opens a column of metrics of a block of so many runs. */
export function metricCells(place: ColumnPlace, count: number): MetricCells {
  return isPlain(place) ? new PlainMetrics(place, count) : keptMetricCells(bytesOf(place), count)
}

class PlainMetrics extends PlainColumn implements MetricCells {
  get rows(): Uint16Array {
    return allRows(this.count)
  }

  get goal(): Goal {
    return GOALS[this.word()] ?? 'none'
  }

  get isSingle(): boolean {
    return this.lists() === 1
  }

  copyLast(into: Float64Array, from: number): void {
    into.set(this.list(0), from)
  }

  goalAt(): Goal {
    return this.goal
  }

  valueAt(index: number): Metric {
    const { goal } = this
    const last = this.numberAt(0, index)
    if (this.isSingle) return { goal, tolerance: 0, summary: singleValue(last, goal) }
    const [min, max, count] = [this.numberAt(1, index), this.numberAt(2, index), this.numberAt(3, index)]
    const best = bestOf(this.markAt(index), this.numberAt(4, index), this.numberAt(5, index))
    return { goal, tolerance: 0, summary: { last, min, max, count, ...best } }
  }
}

function keptMetricCells(bytes: Uint8Array, count: number): MetricCells {
  const { rows, values } = deserialize(bytes) as KeptColumn<MetricValues>
  const { rules, ruleOf, last, spread } = values
  const ruleAt = (index: number): MetricRule => rules[ruleOf?.[index] ?? 0] ?? { goal: 'none', tolerance: 0 }
  return {
    rows: rows ?? allRows(count),
    copyLast: (into, from) => into.set(last, from),
    goalAt: (index) => ruleAt(index).goal,
    ...(rules.length === 1 ? { goal: rules[0]?.goal } : undefined),
    isSingle: spread === undefined,
    valueAt: (index) => {
      const { goal, tolerance, unit } = ruleAt(index)
      const value = last[index] ?? NaN
      const summary = spread === undefined ? singleValue(value, goal) : summaryAt(spread, index, value)
      return unit === undefined ? { goal, tolerance, summary } : { goal, tolerance, unit, summary }
    },
  }
}

interface SpreadBuilder {
  readonly add: (summary: Summary) => void
  readonly values: () => Spread
}

function spreadBuilder(): SpreadBuilder {
  const columns = { min: [], max: [], count: [], best: [], bestStep: [], flags: [] } as {
    readonly [Name in keyof Spread]: number[]
  }
  return {
    add: ({ min, max, count, best }) => {
      columns.min.push(min)
      columns.max.push(max)
      columns.count.push(count)
      columns.best.push(best?.value ?? NaN)
      columns.bestStep.push(best?.step ?? NaN)
      columns.flags.push(best === undefined ? 0 : best.step === undefined ? HAS_BEST : HAS_BEST | HAS_STEP)
    },
    values: () => ({
      min: new Float64Array(columns.min),
      max: new Float64Array(columns.max),
      count: new Float64Array(columns.count),
      best: new Float64Array(columns.best),
      bestStep: new Float64Array(columns.bestStep),
      flags: new Uint8Array(columns.flags),
    }),
  }
}

function summaryAt(spread: Spread, index: number, last: number): Summary {
  const { min, max, count, best, bestStep, flags } = spread
  const whole = { last, min: min[index] ?? NaN, max: max[index] ?? NaN, count: count[index] ?? 1 }
  return { ...whole, ...bestOf(flags[index] ?? 0, best[index] ?? NaN, bestStep[index] ?? 0) }
}

function bestOf(flag: number, value: number, step: number): Pick<Summary, 'best'> {
  if (flag === 0) return {}
  return { best: (flag & HAS_STEP) === 0 ? { value } : { value, step } }
}

function isSingle({ summary, goal }: Metric): boolean {
  const { last, min, max, count, best } = summary
  if (count !== 1 || !Object.is(min, last) || !Object.is(max, last)) return false
  if (goal === 'none') return best === undefined
  return best !== undefined && Object.is(best.value, last) && best.step === undefined
}

let every = new Uint16Array(0)

/** The numbers of all rows; blocks of one size share them. */
function allRows(count: number): Uint16Array {
  if (every.length < count) every = Uint16Array.from({ length: count }, (_, row) => row)
  return every.length === count ? every : every.subarray(0, count)
}
