/**
 * Groups of runs that share the value of a field, with the mean and spread of every metric: seeds of one setting.
 */
import { compareText } from '../../base/order.ts'
import type { MetricKey } from '../../domain/key.ts'
import { momentsOf } from '../../domain/statistics/moments.ts'
import { fieldValue } from '../revisions/field-value.ts'
import type { RunRow } from '../revisions/run-row.ts'

/** The runs that share one value. */
export interface RunGroup {
  /** The shared value as text; empty for runs without the field. */
  readonly value: string
  readonly count: number
  /** Over the runs that measured it, by last value; `deviation` is the sample standard deviation, 0 for one run. */
  readonly metrics: ReadonlyMap<
    MetricKey,
    { readonly mean: number; readonly deviation: number; readonly count: number }
  >
}

/** Groups rows by a field of the filter grammar, sorted by value. @throws `filter-invalid` */
export function groupRuns(rows: readonly RunRow[], field: string): readonly RunGroup[] {
  const groups = new Map<string, RunRow[]>()
  for (const row of rows) {
    const value = fieldValue(row, field)
    const text = value === undefined ? '' : String(value)
    groups.set(text, [...(groups.get(text) ?? []), row])
  }
  return [...groups]
    .sort(([left], [right]) => compareText(left, right))
    .map(([value, members]) => ({ value, count: members.length, metrics: metricSpread(members) }))
}

function metricSpread(rows: readonly RunRow[]): RunGroup['metrics'] {
  const values = new Map<MetricKey, number[]>()
  for (const { run } of rows) {
    for (const [key, metric] of run.metrics) values.set(key, [...(values.get(key) ?? []), metric.summary.last])
  }
  return new Map([...values].map(([key, sample]) => [key, { ...momentsOf(sample), count: sample.length }]))
}
