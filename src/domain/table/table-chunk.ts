/**
 * Chunks of the table of runs: what is known of some hundred runs, a column a key.
 */
import type { FilterSubject } from '../filter.ts'
import type { MetricKey, ParameterKey } from '../key.ts'
import type { Goal, Metric, Metrics, Summary } from '../metric.ts'
import type { Parameters, ParameterValue } from '../parameter.ts'
import type { RunId } from '../run.ts'
import { columnMemory, metricColumn, parameterColumn } from './value-column.ts'
import type { KeyCells, MetricCells, MetricColumn, ParameterColumn } from './value-column.ts'

/** A run but for its values. */
export interface TableFacts extends Omit<FilterSubject, 'parameters' | 'metrics' | 'nowMs' | 'id'> {
  readonly id: RunId
  readonly isArchived: boolean
}

/** A run as it goes into the table. */
export interface TableRun {
  readonly id: RunId
  readonly isArchived: boolean
  readonly subject: Omit<FilterSubject, 'parameters' | 'metrics'> & {
    readonly parameters: Parameters
    readonly metrics: ReadonlyMap<MetricKey, { readonly summary: Summary }>
  }
  readonly goals: ReadonlyMap<MetricKey, Goal>
}

/** Some runs. */
export interface TableChunk {
  readonly facts: readonly TableFacts[]
  readonly parameters: ReadonlyMap<ParameterKey, ParameterColumn>
  readonly metrics: ReadonlyMap<MetricKey, MetricColumn>
}

/** The cells of a chunk by key, as an index keeps them. */
export interface ChunkCells {
  readonly facts: readonly TableFacts[]
  readonly parameters: ReadonlyMap<ParameterKey, KeyCells<ParameterValue>>
  readonly metrics: ReadonlyMap<MetricKey, MetricCells>
}

/** Makes a run of the table of what a record holds. */
export function tableRun(
  subject: FilterSubject & { readonly id: RunId },
  isArchived: boolean,
  record: RunValues,
): TableRun {
  const { parameters, metrics } = record
  const goals = new Map([...metrics].map(([key, { goal }]) => [key, goal]))
  return { id: subject.id, isArchived, subject: { ...subject, parameters, metrics }, goals }
}

/** The values of a record. */
export interface RunValues {
  readonly parameters: Parameters
  readonly metrics: Metrics
}

/** Makes a chunk of at most `CHUNK_ROWS` runs, in their order. */
export function chunkOf(runs: readonly TableRun[]): TableChunk {
  const facts = runs.map(tableFactsOf)
  const parameters = cellsByKey(runs, ({ subject }) => subject.parameters)
  const metrics = cellsByKey(runs, ({ subject, goals }) => {
    const judged = [...subject.metrics].map(([key, { summary }]) => {
      return [key, { summary, goal: goals.get(key) ?? 'none' }] as const
    })
    return new Map(judged)
  })
  return packChunk({
    facts,
    parameters,
    metrics: new Map([...metrics].map(([key, cells]) => [key, metricCells(cells)])),
  })
}

function tableFactsOf({ id, isArchived, subject }: TableRun): TableFacts {
  const { status, experiment, name, branch, group, createdMs, elapsedMs, tags, models } = subject
  return { id, isArchived, status, experiment, name, branch, group, createdMs, elapsedMs, tags, models }
}

function metricCells(cells: KeyCells<Pick<Metric, 'goal' | 'summary'>>): MetricCells {
  return {
    ...cells,
    copyLast: (into, from) => {
      for (let index = 0; index < cells.rows.length; index += 1) {
        into[from + index] = cells.valueAt(index).summary.last
      }
    },
    goalAt: (index) => cells.valueAt(index).goal,
  }
}

/** Packs the cells of a chunk; of a lean one the last values of metrics alone. */
export function packChunk({ facts, parameters, metrics }: ChunkCells, isLean = false): TableChunk {
  const memory = columnMemory(facts.length)
  return {
    facts,
    parameters: new Map([...parameters].map(([key, cells]) => [key, parameterColumn(cells, memory)])),
    metrics: new Map([...metrics].map(([key, cells]) => [key, metricColumn(cells, memory, isLean)])),
  }
}

function cellsByKey<Key, Value>(
  runs: readonly TableRun[],
  valuesOf: (run: TableRun) => ReadonlyMap<Key, Value>,
): ReadonlyMap<Key, KeyCells<Value>> {
  const cells = new Map<Key, { readonly rows: number[]; readonly values: Value[] }>()
  for (const [row, run] of runs.entries()) {
    for (const [key, value] of valuesOf(run)) {
      const known = cells.get(key)
      if (known === undefined) cells.set(key, { rows: [row], values: [value] })
      else {
        known.rows.push(row)
        known.values.push(value)
      }
    }
  }
  return new Map(
    [...cells].map(([key, { rows, values }]) => {
      return [key, { rows, valueAt: (index: number) => valueAt(values, index) }] as const
    }),
  )
}

function valueAt<Value>(values: readonly Value[], index: number): Value {
  if (index >= values.length) throw new RangeError('a place beyond the end of a column')
  return values[index] as Value
}
