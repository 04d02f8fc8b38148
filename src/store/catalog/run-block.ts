/**
 * Blocks of the index: some hundred runs, in order of their ids. Facts and columns answer filters; the rests make
 * whole records with them. Each column is a part of its own, so that what a filter does not name is not read.
 *
 * The parts of a block lie side by side and are placed from its start: a block is taken into another file as it is.
 */
import { deserialize, serialize } from 'node:v8'
import { crc32 } from 'node:zlib'
import { present } from '../../base/assert.ts'
import type { MetricKey, ParameterKey } from '../../domain/key.ts'
import type { Metric } from '../../domain/metric.ts'
import type { ParameterValue } from '../../domain/parameter.ts'
import { outlineFacts } from '../../domain/run-outline.ts'
import type { KeySet, OutlineFacts, OutlineKeys, RunOutline } from '../../domain/run-outline.ts'
import type { RunId, SealedRun } from '../../domain/run.ts'
import type { NotedRun } from '../branch/read-runs.ts'
import { decodeFacts, decodeIds, factsBuilder } from './fact-columns.ts'
import { openRests, restsBuilder } from './rest-columns.ts'
import { columnBytes } from './plain-column.ts'
import type { ColumnPlace } from './plain-column.ts'
import { checkSection } from './section-file.ts'
import type { Section } from './section-file.ts'
import { metricCells, metricColumns, parameterCells, parameterColumns } from './value-columns.ts'
import type { ColumnCells, MetricCells } from './value-columns.ts'

/** Runs a block holds at most: one record costs the reading of its block. */
export const BLOCK_RUNS = 1024
/** Values a block holds at most, so that runs of thousands of metrics do not fill the memory. */
export const BLOCK_VALUES = 131_072

/** A block as the table of contents has it; its parts are placed from the start of the block. */
export interface BlockEntry {
  readonly first: RunId
  readonly last: RunId
  readonly count: number
  /** Parameters and metrics of all its runs. */
  readonly values: number
  /** Where the block lies in the file. */
  readonly offset: number
  readonly length: number
  readonly facts: Section
  readonly rests: Section
  /** All columns, side by side. */
  readonly columns: Section
  readonly directory: Section
}

/** Which columns there are, in the order in which they lie: parameters first, both sorted by key. */
interface Directory {
  readonly parameters: readonly ParameterKey[]
  readonly metrics: readonly MetricKey[]
  /** A length and a checksum a column. */
  readonly lengths: Uint32Array
  readonly checksums: Uint32Array
}

/** Some runs as columns, sorted by id. */
export interface RunColumns {
  readonly facts: readonly OutlineFacts[]
  readonly parameters: ReadonlyMap<ParameterKey, ColumnCells<ParameterValue>>
  readonly metrics: ReadonlyMap<MetricKey, MetricCells>
}

/** Reads a part of a block. @throws an error when it is not what was written */
export type ReadPart = (part: Section) => Promise<Uint8Array>

/** A block and its bytes. */
export interface EncodedBlock {
  readonly entry: BlockEntry
  readonly bytes: Uint8Array
}

/** A block as its runs come in. */
export interface BlockBuilder {
  /** Runs that were added. */
  readonly count: () => number
  /** Whether it holds as much as a block may. */
  readonly isFull: () => boolean
  /** Adds a run, whose id comes after those of the others. What it is made of is not held. */
  readonly add: (record: NotedRun) => void
  /** The bytes of a block of at least one run. */
  readonly encode: () => EncodedBlock
}

/** Begins a block. */
export function blockBuilder(): BlockBuilder {
  const [parameters, metrics] = [parameterColumns<ParameterKey>(), metricColumns<MetricKey>()]
  const [facts, rests] = [factsBuilder(), restsBuilder()]
  let [first, last]: [RunId | undefined, RunId | undefined] = [undefined, undefined]
  let [count, values] = [0, 0]
  return {
    count: () => count,
    isFull: () => count >= BLOCK_RUNS || values >= BLOCK_VALUES,
    add: (record) => {
      const { run, notes } = record
      const isSorted = [parameters.add(count, run.parameters), metrics.add(count, run.metrics)]
      facts.add(count, outlineFacts(run, notes))
      rests.add(count, record, isSorted.includes(false))
      first ??= run.id
      last = run.id
      count += 1
      values += run.parameters.size + run.metrics.size
    },
    encode: () => {
      const [parameterBytes, metricBytes] = [parameters.encode(count), metrics.encode(count)]
      const columns = [...parameterBytes, ...metricBytes].map(([, bytes]) => bytes)
      const directory: Directory = {
        parameters: parameterBytes.map(([key]) => key),
        metrics: metricBytes.map(([key]) => key),
        lengths: Uint32Array.from(columns, ({ length }) => length),
        checksums: Uint32Array.from(columns, (bytes) => crc32(bytes)),
      }
      const range = { first: present(first, 'a first run'), last: present(last, 'a last run') }
      return blockOf({ ...range, count, values }, [facts.encode(), rests.encode(count), columns, serialize(directory)])
    },
  }
}

/** Puts the parts of a block side by side. */
function blockOf(
  head: Pick<BlockEntry, 'first' | 'last' | 'count' | 'values'>,
  [facts, rests, columns, directory]: readonly [Uint8Array, Uint8Array, readonly Uint8Array[], Uint8Array],
): EncodedBlock {
  let offset = 0
  const place = (bytes: Uint8Array): Section => {
    const part = { offset, length: bytes.length, crc32: crc32(bytes) }
    offset += bytes.length
    return part
  }
  const side = Buffer.concat(columns)
  const sections = { facts: place(facts), rests: place(rests), columns: place(side), directory: place(directory) }
  const entry = { ...head, ...sections, offset: 0, length: offset }
  return { entry, bytes: Buffer.concat([facts, rests, side, directory]) }
}

/** Refuses the bytes of a block of which any part is not what was written. @throws `IndexUnreadable` */
export function checkBlock(bytes: Uint8Array, { facts, rests, columns, directory }: BlockEntry): void {
  for (const part of [facts, rests, columns, directory]) {
    checkSection(bytes.subarray(part.offset, part.offset + part.length), part)
  }
}

/** Outlines of a block's runs, in its order. No column is read that is not asked for. */
export async function readBlockOutlines(
  read: ReadPart,
  block: BlockEntry,
  keys: OutlineKeys,
): Promise<readonly RunOutline[]> {
  const facts = decodeFacts(await read(block.facts))
  const { parameters, metrics } = await readBlockCells(read, block, keys)
  const [parameterMaps, metricMaps] = [mapsOf(facts.length, parameters), mapsOf(facts.length, metrics)]
  return facts.map((fact, row) => ({
    ...fact,
    parameters: parameterMaps[row] ?? new Map<ParameterKey, ParameterValue>(),
    metrics: metricMaps[row] ?? new Map<MetricKey, Metric>(),
  }))
}

/** Ids of a block's runs, in its order. */
export async function readBlockIds(read: ReadPart, block: BlockEntry): Promise<readonly RunId[]> {
  return decodeIds(await read(block.facts))
}

/** A block as columns: all of them, or those that are asked for. */
export async function readBlockColumns(read: ReadPart, block: BlockEntry, keys?: OutlineKeys): Promise<RunColumns> {
  return { facts: decodeFacts(await read(block.facts)), ...(await readBlockCells(read, block, keys)) }
}

/** Whole records of a block, in its order: of all runs, or of some; with some values alone where `keys` is given. */
export async function readBlockRecords(
  read: ReadPart,
  block: BlockEntry,
  { ids, keys }: { readonly ids?: ReadonlySet<RunId> | undefined; readonly keys?: OutlineKeys | undefined },
): Promise<readonly NotedRun[]> {
  const isWhole = ids === undefined || ids.size === block.count
  const known = isWhole ? undefined : await readBlockIds(read, block)
  const isWanted = (row: number): boolean => {
    const id = known?.[row]
    return known === undefined || (id !== undefined && ids?.has(id) === true)
  }
  const rests = openRests(await read(block.rests))
  const { parameters, metrics } = await readBlockCells(read, block, keys)
  const [parameterMaps, metricMaps] = [
    mapsOf(block.count, parameters, isWanted),
    mapsOf(block.count, metrics, isWanted),
  ]
  const records: NotedRun[] = []
  for (let row = 0; row < block.count; row += 1) {
    if (!isWanted(row)) continue
    const values = rests.oddAt(row) ?? { parameters: parameterMaps[row], metrics: metricMaps[row] }
    records.push({ run: { ...rests.fieldsAt(row), ...values } as SealedRun, notes: rests.notesAt(row) })
  }
  return records
}

/** Columns of records that are in no index. */
export function columnsOf(rows: readonly NotedRun[]): RunColumns {
  const [parameters, metrics] = [parameterColumns<ParameterKey>(), metricColumns<MetricKey>()]
  for (const [row, { run }] of rows.entries()) {
    parameters.add(row, run.parameters)
    metrics.add(row, run.metrics)
  }
  const count = rows.length
  return {
    facts: rows.map(({ run, notes }) => outlineFacts(run, notes)),
    parameters: new Map(parameters.encode(count).map(([key, bytes]) => [key, parameterCells(aloneIn(bytes), count)])),
    metrics: new Map(metrics.encode(count).map(([key, bytes]) => [key, metricCells(aloneIn(bytes), count)])),
  }
}

/** The place of a column that has its bytes to itself. */
function aloneIn(bytes: Uint8Array): ColumnPlace {
  return { among: columnBytes(bytes), offset: 0, length: bytes.length }
}

type Cells = Pick<RunColumns, 'parameters' | 'metrics'>

/** Columns of a block, sorted by key: all of them, or those that are asked for. */
async function readBlockCells(read: ReadPart, block: BlockEntry, keys?: OutlineKeys): Promise<Cells> {
  const isNothing = keys !== undefined && keys.parameters.size + keys.metrics.size === 0
  if (isNothing) return { parameters: new Map(), metrics: new Map() }
  const { parameters, metrics, lengths, checksums } = deserialize(await read(block.directory)) as Directory
  // All of them are read at a stroke; few of them one by one.
  const all = keys === undefined ? columnBytes(await read(block.columns)) : undefined
  let offset = 0
  let place = 0
  const cells = async <Key extends string, Found>(
    names: readonly Key[],
    open: (place: ColumnPlace, count: number) => Found,
    wanted: KeySet<Key> | undefined,
  ): Promise<ReadonlyMap<Key, Found>> => {
    const found = new Map<Key, Found>()
    for (const key of names) {
      const length = lengths[place] ?? 0
      if (all !== undefined) found.set(key, open({ among: all, offset, length }, block.count))
      else if (wanted?.has(key) === true) {
        const part = { offset: block.columns.offset + offset, length, crc32: checksums[place] ?? 0 }
        found.set(key, open(aloneIn(await read(part)), block.count))
      }
      offset += length
      place += 1
    }
    return found
  }
  return {
    parameters: await cells(parameters, parameterCells, keys?.parameters),
    metrics: await cells(metrics, metricCells, keys?.metrics),
  }
}

/** The values of each row by key, in the order of the keys; nothing for rows that are not wanted. */
function mapsOf<Key extends string, Value>(
  count: number,
  columns: ReadonlyMap<Key, ColumnCells<Value>>,
  isWanted: (row: number) => boolean = () => true,
): readonly (ReadonlyMap<Key, Value> | undefined)[] {
  const maps = Array.from({ length: count }, (_, row) => (isWanted(row) ? new Map<Key, Value>() : undefined))
  for (const [key, cells] of columns) {
    const { rows } = cells
    for (let index = 0; index < rows.length; index += 1) maps[rows[index] ?? 0]?.set(key, cells.valueAt(index))
  }
  return maps
}
