/**
 * Lean tables: of metrics they keep the last values, and least, greatest, best and counts of those that were asked for.
 * A table of twenty million values is then a third as large.
 */
import type { Field } from '../filter.ts'
import { fieldsOfFilter } from '../filter-fields.ts'
import type { MetricKey } from '../key.ts'
import type { Metric } from '../metric.ts'
import { singleValue } from '../metric-summary.ts'
import { parseField, parseFilter } from '../query.ts'
import { sortKeyOf } from '../query-sort.ts'
import type { RunId } from '../run.ts'
import { NumberMemory } from './number-memory.ts'
import { numberAt } from './packed-numbers.ts'
import type { RunTable, TableQuestion } from './run-table.ts'
import type { TableChunk } from './table-chunk.ts'
import { goalAt, metricParts } from './value-column.ts'
import type { MetricColumn } from './value-column.ts'

/** The chunk with no more than the last values of its metrics. */
export function leanChunk(chunk: TableChunk): TableChunk {
  const metrics = new Map([...chunk.metrics].map(([key, { rows, last, goals }]) => [key, { rows, last, goals }]))
  return { ...chunk, metrics }
}

/** Metrics of which a question needs more than last values, and the table does not have it. @throws `filter-invalid` */
export function missingParts(table: RunTable, question: TableQuestion): readonly MetricKey[] {
  const keys = fieldsOf(question).flatMap((field) =>
    field.kind === 'metric' && field.part !== 'last' ? [field.key] : [],
  )
  return [...new Set(keys)].filter((key) => table.chunks.some(({ metrics }) => isMissing(metrics.get(key))))
}

/** The table with all that is known of a metric. Of runs that `metrics` does not have, the last value alone is. */
export function withParts(
  table: RunTable,
  key: MetricKey,
  metrics: ReadonlyMap<RunId, Pick<Metric, 'goal' | 'summary'>>,
): RunTable {
  const memory = new NumberMemory()
  const chunks = table.chunks.map((chunk) => {
    const column = chunk.metrics.get(key)
    if (column === undefined || !isMissing(column)) return chunk
    const rows = column.rows.rows ?? chunk.facts.keys()
    const found = [...rows].map((row, place) => {
      const id = chunk.facts[row]?.id
      return (id === undefined ? undefined : metrics.get(id)) ?? singleMetric(column, place)
    })
    return {
      ...chunk,
      metrics: new Map(chunk.metrics).set(key, { ...column, parts: metricParts(found, column.last, memory) }),
    }
  })
  return { ...table, chunks }
}

function isMissing(column: MetricColumn | undefined): boolean {
  return column !== undefined && column.parts === undefined
}

/** What a metric is when it was logged once. */
function singleMetric(column: MetricColumn, place: number): Pick<Metric, 'goal' | 'summary'> {
  const goal = goalAt(column, place)
  return { goal, summary: singleValue(numberAt(column.last, place), goal) }
}

function fieldsOf({ filter, sort, columns, group }: TableQuestion): readonly Field[] {
  return [
    ...(filter === undefined ? [] : fieldsOfFilter(parseFilter(filter))),
    ...sort.map((text) => sortKeyOf(text).field),
    ...columns.map(parseField),
    ...(group === undefined ? [] : [parseField(group)]),
  ]
}
