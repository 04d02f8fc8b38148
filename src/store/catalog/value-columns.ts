/**
 * Parameters and metrics of many runs by key: a filter reads the few columns that it names. Values come back exactly:
 * integers of any size, NaN, negative zero.
 */
import { deserialize, serialize } from 'node:v8'
import { sortedEntries } from '../../base/order.ts'
import { singleValue } from '../../domain/metric-summary.ts'
import type { Metric, MetricRule, Summary } from '../../domain/metric.ts'
import type { ParameterValue } from '../../domain/parameter.ts'

/** Bytes of each column by its key, sorted by key. */
export type Columns<Key extends string> = ReadonlyMap<Key, Uint8Array>

/** The values of one key: the rows that have it, ascending, and a value for each. */
export interface ColumnCells<Value> {
  readonly rows: Uint16Array
  readonly valueAt: (index: number) => Value
}

/** Turns maps, one a row, into columns. */
export function encodeColumns<Key extends string, Value>(
  rows: readonly ReadonlyMap<Key, Value>[],
  encode: (values: readonly Value[]) => unknown,
): Columns<Key> {
  const cells = new Map<Key, { readonly rows: number[]; readonly values: Value[] }>()
  for (const [row, values] of rows.entries()) {
    for (const [key, value] of values) {
      const known = cells.get(key)
      if (known === undefined) cells.set(key, { rows: [row], values: [value] })
      else {
        known.rows.push(row)
        known.values.push(value)
      }
    }
  }
  return new Map(
    sortedEntries(cells).map(([key, cell]) => {
      return [key, serialize({ rows: Uint16Array.from(cell.rows), values: encode(cell.values) })] as const
    }),
  )
}

/** Parameter values as they are serialized. */
export function encodeParameters(values: readonly ParameterValue[]): unknown {
  return values.every((value) => typeof value === 'number') ? Float64Array.from(values) : values
}

/** Reads a column of parameters. */
export function parameterCells(bytes: Uint8Array): ColumnCells<ParameterValue> {
  const { rows, values } = deserialize(bytes) as {
    readonly rows: Uint16Array
    readonly values: Float64Array | readonly ParameterValue[]
  }
  return { rows, valueAt: (index) => values[index] ?? null }
}

/** Metrics as they are serialized: numbers in arrays of their own, rules once each. */
interface MetricValues {
  readonly rules: readonly MetricRule[]
  readonly ruleOf: Uint16Array
  readonly last: Float64Array
  /** Absent when each metric is one value. */
  readonly summaries?: readonly Summary[]
}

/** Metrics as they are serialized. */
export function encodeMetrics(metrics: readonly Metric[]): MetricValues {
  const places = new Map<string, number>()
  const rules: MetricRule[] = []
  const ruleOf = metrics.map(({ goal, tolerance, unit }) => {
    const text = `${goal} ${tolerance} ${unit === undefined ? '' : JSON.stringify(unit)}`
    const place = places.get(text) ?? rules.length
    if (place === rules.length) rules.push({ goal, tolerance, ...(unit === undefined ? {} : { unit }) })
    places.set(text, place)
    return place
  })
  const values = {
    rules,
    ruleOf: Uint16Array.from(ruleOf),
    last: Float64Array.from(metrics, ({ summary }) => summary.last),
  }
  return metrics.every(isSingle) ? values : { ...values, summaries: metrics.map(({ summary }) => summary) }
}

/** Reads a column of metrics. */
export function metricCells(bytes: Uint8Array): ColumnCells<Metric> {
  const { rows, values } = deserialize(bytes) as { readonly rows: Uint16Array; readonly values: MetricValues }
  const { rules, ruleOf, last, summaries } = values
  return {
    rows,
    valueAt: (index) => {
      const rule = rules[ruleOf[index] ?? 0] ?? { goal: 'none', tolerance: 0 }
      return { ...rule, summary: summaries?.[index] ?? singleValue(last[index] ?? NaN, rule.goal) }
    },
  }
}

function isSingle({ summary, goal }: Metric): boolean {
  const { last, min, max, count, best } = summary
  if (count !== 1 || !Object.is(min, last) || !Object.is(max, last)) return false
  if (goal === 'none') return best === undefined
  return best !== undefined && Object.is(best.value, last) && best.step === undefined
}
