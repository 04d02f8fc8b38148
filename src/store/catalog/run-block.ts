/**
 * Blocks of the index: some hundred runs, in order of their ids, in three sections. Facts and columns answer filters;
 * the rests make whole records with them.
 */
import { deserialize, serialize } from 'node:v8'
import { compareText } from '../../base/order.ts'
import type { MetricKey, ParameterKey } from '../../domain/key.ts'
import type { Metric, Metrics } from '../../domain/metric.ts'
import type { Parameters, ParameterValue } from '../../domain/parameter.ts'
import { outlineFacts } from '../../domain/run-outline.ts'
import type { OutlineFacts, OutlineKeys, RunOutline } from '../../domain/run-outline.ts'
import type { RunId, RunNotes, SealedRun } from '../../domain/run.ts'
import type { NotedRun } from '../branch/read-runs.ts'
import type { Section, SectionWriter } from './section-file.ts'
import { encodeColumns, encodeMetrics, encodeParameters, metricCells, parameterCells } from './value-columns.ts'
import type { ColumnCells, Columns } from './value-columns.ts'

/** Runs a block holds at most: rows are counted with 16 bits, and one record costs the reading of its block. */
export const BLOCK_RUNS = 256

/** A block as the table of contents has it. */
export interface BlockEntry {
  readonly first: RunId
  readonly last: RunId
  readonly count: number
  readonly facts: Section
  readonly columns: Section
  readonly rests: Section
}

interface BlockColumns {
  readonly parameters: Columns<ParameterKey>
  readonly metrics: Columns<MetricKey>
}

/** What is left of a record; with its values where they are not in the order of their keys. */
interface Rest {
  readonly run: Omit<SealedRun, 'parameters' | 'metrics'>
  readonly notes: RunNotes
  readonly values?: { readonly parameters: Parameters; readonly metrics: Metrics }
}

/** Writes a block of at least one run, sorted by id. */
export async function writeBlock(writer: SectionWriter, rows: readonly NotedRun[]): Promise<BlockEntry> {
  const [first, last] = [rows[0], rows.at(-1)]
  if (first === undefined || last === undefined) throw new RangeError('a block of no runs')
  const columns: BlockColumns = {
    parameters: encodeColumns(
      rows.map(({ run }) => run.parameters),
      encodeParameters,
    ),
    metrics: encodeColumns(
      rows.map(({ run }) => run.metrics),
      encodeMetrics,
    ),
  }
  return {
    first: first.run.id,
    last: last.run.id,
    count: rows.length,
    facts: await writer.add(serialize(rows.map(({ run, notes }) => outlineFacts(run, notes)))),
    columns: await writer.add(serialize(columns)),
    rests: await writer.add(serialize(rows.map((row) => serialize(restOf(row))))),
  }
}

/** Outlines of a block's runs. `columns` is asked only when a value is needed. */
export function blockOutlines(
  facts: Uint8Array,
  columns: Uint8Array | undefined,
  { parameters, metrics }: OutlineKeys,
): readonly RunOutline[] {
  const rows = (deserialize(facts) as readonly OutlineFacts[]).map((row) => ({
    ...row,
    parameters: new Map<ParameterKey, ParameterValue>(),
    metrics: new Map<MetricKey, Metric>(),
  }))
  if (columns !== undefined) {
    const found = deserialize(columns) as BlockColumns
    fill(
      rows.map((row) => row.parameters),
      parameterCells,
      chosen(found.parameters, parameters),
    )
    fill(
      rows.map((row) => row.metrics),
      metricCells,
      chosen(found.metrics, metrics),
    )
  }
  return rows
}

/** Whole records of some rows of a block, in its order; of all rows when `wanted` is absent. */
export function blockRecords(
  { columns, rests }: { readonly columns: Uint8Array; readonly rests: Uint8Array },
  wanted?: ReadonlySet<number>,
): readonly NotedRun[] {
  const texts = deserialize(rests) as readonly Uint8Array[]
  const isWanted = (row: number): boolean => wanted === undefined || wanted.has(row)
  const parameters = texts.map((_, row) => (isWanted(row) ? new Map<ParameterKey, ParameterValue>() : undefined))
  const metrics = texts.map((_, row) => (isWanted(row) ? new Map<MetricKey, Metric>() : undefined))
  const found = deserialize(columns) as BlockColumns
  fill(parameters, parameterCells, found.parameters)
  fill(metrics, metricCells, found.metrics)
  return texts.flatMap((text, row) => {
    if (!isWanted(row)) return []
    const { run, notes, values } = deserialize(text) as Rest
    const whole = values ?? { parameters: parameters[row], metrics: metrics[row] }
    return [{ run: { ...run, ...whole } as SealedRun, notes }]
  })
}

/** The place of a block's runs, in its order. */
export function blockIds(facts: Uint8Array): readonly RunId[] {
  return (deserialize(facts) as readonly OutlineFacts[]).map(({ id }) => id)
}

function fill<Key extends string, Value>(
  rows: readonly (Map<Key, Value> | undefined)[],
  cellsOf: (bytes: Uint8Array) => ColumnCells<Value>,
  columns: Columns<Key>,
): void {
  for (const [key, bytes] of columns) {
    const cells = cellsOf(bytes)
    for (const [index, row] of cells.rows.entries()) rows[row]?.set(key, cells.valueAt(index))
  }
}

function chosen<Key extends string>(columns: Columns<Key>, keys: ReadonlySet<Key>): Columns<Key> {
  return new Map(
    [...keys].flatMap((key) => {
      const bytes = columns.get(key)
      return bytes === undefined ? [] : [[key, bytes] as const]
    }),
  )
}

function restOf({ run, notes }: NotedRun): Rest {
  const { parameters, metrics, ...rest } = run
  const isSorted = isInOrder(parameters) && isInOrder(metrics)
  return { run: rest, notes, ...(isSorted ? {} : { values: { parameters, metrics } }) }
}

/** Columns come back in the order of their keys, as mlv writes them; an edited file may have another. */
function isInOrder(map: ReadonlyMap<string, unknown>): boolean {
  let before: string | undefined
  for (const key of map.keys()) {
    if (before !== undefined && compareText(before, key) >= 0) return false
    before = key
  }
  return true
}
