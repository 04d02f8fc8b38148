/**
 * Parameters and metrics of many runs by key: a filter reads the few columns that it names. Values come back exactly:
 * integers of any size, NaN, negative zero.
 */
import { deserialize, serialize } from 'node:v8'
import { compareText, sortedEntries } from '../../base/order.ts'
import { singleValue } from '../../domain/metric-summary.ts'
import type { Goal, Metric, MetricRule, Summary } from '../../domain/metric.ts'
import type { ParameterValue } from '../../domain/parameter.ts'

/** The values of one key: the rows that have it, ascending, and a value for each. */
export interface ColumnCells<Value> {
  readonly rows: Uint16Array
  readonly valueAt: (index: number) => Value
}

/** The metrics of one key; what most readers want of them is had without making each first. */
export interface MetricCells extends ColumnCells<Metric> {
  readonly lastAt: (index: number) => number
  readonly goalAt: (index: number) => Goal
}

/** A column as it is kept: `rows` is absent where every row has the key. */
interface KeptColumn<Values> {
  readonly rows?: Uint16Array
  readonly values: Values
}

/** Values of one key as they come in, row by row. */
interface ColumnBuilder<Value> {
  readonly rows: number[]
  readonly add: (value: Value) => void
  /** What of it is kept. */
  readonly values: () => unknown
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
  /** Each column with a key that was found to come before its own. */
  const columns = new Map<Key, { readonly builder: ColumnBuilder<Value>; after: Key | undefined }>()
  return {
    add: (row, values) => {
      let before: Key | undefined
      let isInOrder = true
      for (const [key, value] of values) {
        let column = columns.get(key)
        if (column === undefined) {
          column = { builder: begin(), after: undefined }
          columns.set(key, column)
        }
        if (before !== undefined && column.after !== before) {
          if (compareText(before, key) >= 0) isInOrder = false
          else column.after = before
        }
        column.builder.rows.push(row)
        column.builder.add(value)
        before = key
      }
      return isInOrder
    },
    encode: (count) =>
      sortedEntries(columns).map(([key, { builder }]) => {
        const { rows } = builder
        const kept: KeptColumn<unknown> = {
          ...(rows.length === count ? undefined : { rows: Uint16Array.from(rows) }),
          values: builder.values(),
        }
        return [key, serialize(kept)]
      }),
  }
}

/** Floats are kept as such as long as there is nothing else. */
function parameterBuilder(): ColumnBuilder<ParameterValue> {
  const floats: number[] = []
  let others: ParameterValue[] | undefined
  return {
    rows: [],
    add: (value) => {
      if (others !== undefined) others.push(value)
      else if (typeof value === 'number') floats.push(value)
      else others = [...floats, value]
    },
    values: () => others ?? Float64Array.from(floats),
  }
}

/** Reads a column of parameters of a block of so many runs. */
export function parameterCells(bytes: Uint8Array, count: number): ColumnCells<ParameterValue> {
  const { rows, values } = deserialize(bytes) as KeptColumn<Float64Array | readonly ParameterValue[]>
  return { rows: rows ?? allRows(count), valueAt: (index) => values[index] ?? null }
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

function metricBuilder(): ColumnBuilder<Metric> {
  const rules: MetricRule[] = []
  const ruleOf: number[] = []
  const last: number[] = []
  let spread: SpreadBuilder | undefined
  return {
    rows: [],
    add: (metric) => {
      const { summary } = metric
      if (spread === undefined && !isSingle(metric)) {
        spread = spreadBuilder()
        for (const [index, value] of last.entries()) {
          spread.add(singleValue(value, rules[ruleOf[index] ?? 0]?.goal ?? 'none'))
        }
      }
      spread?.add(summary)
      last.push(summary.last)
      const known = rules.findIndex((rule) => isSameRule(rule, metric))
      ruleOf.push(known === -1 ? rules.length : known)
      if (known === -1) {
        const { goal, tolerance, unit } = metric
        rules.push({ goal, tolerance, ...(unit === undefined ? undefined : { unit }) })
      }
    },
    values: (): MetricValues => ({
      rules,
      ...(rules.length > 1 ? { ruleOf: Uint16Array.from(ruleOf) } : undefined),
      last: Float64Array.from(last),
      ...(spread === undefined ? undefined : { spread: spread.values() }),
    }),
  }
}

function isSameRule(rule: MetricRule, metric: MetricRule): boolean {
  return rule.goal === metric.goal && Object.is(rule.tolerance, metric.tolerance) && rule.unit === metric.unit
}

/** Reads a column of metrics of a block of so many runs. */
export function metricCells(bytes: Uint8Array, count: number): MetricCells {
  const { rows, values } = deserialize(bytes) as KeptColumn<MetricValues>
  const { rules, ruleOf, last, spread } = values
  const ruleAt = (index: number): MetricRule => rules[ruleOf?.[index] ?? 0] ?? { goal: 'none', tolerance: 0 }
  return {
    rows: rows ?? allRows(count),
    lastAt: (index) => last[index] ?? NaN,
    goalAt: (index) => ruleAt(index).goal,
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
      min: Float64Array.from(columns.min),
      max: Float64Array.from(columns.max),
      count: Float64Array.from(columns.count),
      best: Float64Array.from(columns.best),
      bestStep: Float64Array.from(columns.bestStep),
      flags: Uint8Array.from(columns.flags),
    }),
  }
}

function summaryAt(spread: Spread, index: number, last: number): Summary {
  const { min, max, count, best, bestStep, flags } = spread
  const whole = { last, min: min[index] ?? NaN, max: max[index] ?? NaN, count: count[index] ?? 1 }
  const flag = flags[index] ?? 0
  if (flag === 0) return whole
  const value = best[index] ?? NaN
  return { ...whole, best: (flag & HAS_STEP) === 0 ? { value } : { value, step: bestStep[index] ?? 0 } }
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
