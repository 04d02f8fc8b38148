/**
 * `mlv export`: runs as a table for other programs, one row a run, or one row a metric of a run.
 */
import { dirname, resolve } from 'node:path'
import { compareText } from '../../base/order.ts'
import { jsonText } from '../../base/json-text.ts'
import { refuse } from '../../domain/failure.ts'
import type { MetricKey, ParameterKey } from '../../domain/key.ts'
import type { ParameterValue } from '../../domain/parameter.ts'
import { openSnapshot } from '../../store/branch/snapshot.ts'
import { writePartsDurably } from '../../store/files/safe-write.ts'
import { parquetParts } from '../../store/catalog/parquet-table.ts'
import type { ExportColumn } from '../../store/catalog/parquet-table.ts'
import { metricRows, runRow, SQL_TABLES } from '../../store/catalog/sql-tables.ts'
import type { SqlRow, SqlValue } from '../../store/catalog/sql-tables.ts'
import { listSnapshotInParts } from './list-runs.ts'
import type { Repository } from '../repository/repository.ts'
import type { RunRow } from '../revisions/run-row.ts'

export type { ExportColumn }

/** Runs as a table, row by row as they are read. */
export interface ExportTable {
  readonly columns: readonly ExportColumn[]
  /** A cell for each column, of a boolean column 1 or 0; some rows at a time. Read once. */
  readonly rows: AsyncIterable<readonly SqlRow[]>
}

/** What to export. */
export interface ExportOptions {
  /** `runs` has one row a run with a column for each parameter and metric, `metrics` one row a metric of a run. */
  readonly table: 'runs' | 'metrics'
  readonly filter?: string
  /** Archived runs too. */
  readonly archived?: boolean
  readonly at?: string
}

/**
 * Makes the table, newest run first. Its rows are read from the repository as they are taken, in the memory of some
 * hundred runs; which columns there are is known beforehand, so runs are gone through twice.
 *
 * @throws `filter-invalid`, `branch-not-found`
 */
export async function exportRuns(repository: Repository, options: ExportOptions): Promise<ExportTable> {
  const { table, at, ...query } = options
  // Both ways through are of one moment.
  const snapshot = await openSnapshot(repository.context.engine, at)
  const nowMs = repository.clock.nowMs()
  const parts = (): AsyncIterable<readonly RunRow[]> => listSnapshotInParts(repository, snapshot, { ...query, nowMs })
  if (table === 'metrics') {
    const columns = SQL_TABLES.metrics.map(columnOf)
    return { columns, rows: mapParts(parts(), (row) => metricRows(row)) }
  }
  return wideTable(parts)
}

/** Where to write an export, refused before anything is read. @throws `output-invalid` */
export async function exportPlace({ files, folder }: Repository, file: string): Promise<string> {
  const path = resolve(folder, file)
  const isFolder = (await files.stat(path))?.kind === 'folder'
  if (isFolder) throw refuse('output-invalid', { path: file, folder: dirname(file), found: 'a folder' })
  if ((await files.stat(dirname(path)))?.kind === 'folder') return path
  throw refuse('output-invalid', { path: file, folder: dirname(file), found: 'no folder' })
}

/** Writes a table as Parquet into a file, whole or not at all; tells how many rows. @throws what the disk refuses */
export async function writeParquet({ files }: Repository, table: ExportTable, path: string): Promise<number> {
  const counted = countedParts(table.rows)
  await writePartsDurably(files, path, parquetParts(table.columns, counted.parts))
  return counted.count()
}

/** Writes a table as lines into a file, whole or not at all; tells how many rows. @throws what the disk refuses */
export async function writeLines(
  { files }: Repository,
  { table, linesOf }: { readonly table: ExportTable; readonly linesOf: TableLines },
  path: string,
): Promise<number> {
  const counted = countedParts(table.rows)
  await writePartsDurably(files, path, lineBytes({ ...table, rows: counted.parts }, linesOf))
  return counted.count()
}

/** How rows are written as lines, without their ends. */
export interface TableLines {
  readonly titles: (columns: readonly ExportColumn[]) => readonly string[]
  readonly row: (row: SqlRow, columns: readonly ExportColumn[]) => string
}

/** The lines of a table, some at a time. */
export async function* tableLines(
  { columns, rows }: ExportTable,
  linesOf: TableLines,
): AsyncGenerator<readonly string[]> {
  const titles = linesOf.titles(columns)
  if (titles.length > 0) yield titles
  for await (const part of rows) yield part.map((row) => linesOf.row(row, columns))
}

async function* lineBytes(table: ExportTable, linesOf: TableLines): AsyncGenerator<Uint8Array> {
  for await (const lines of tableLines(table, linesOf)) yield Buffer.from(lines.map((line) => `${line}\n`).join(''))
}

function countedParts(parts: AsyncIterable<readonly SqlRow[]>): {
  readonly parts: AsyncIterable<readonly SqlRow[]>
  readonly count: () => number
} {
  let count = 0
  async function* counted(): AsyncGenerator<readonly SqlRow[]> {
    for await (const part of parts) {
      count += part.length
      yield part
    }
  }
  return { parts: counted(), count: () => count }
}

async function* mapParts(
  parts: AsyncIterable<readonly RunRow[]>,
  rowsOf: (row: RunRow) => readonly SqlRow[],
): AsyncGenerator<readonly SqlRow[]> {
  for await (const rows of parts) yield rows.flatMap(rowsOf)
}

async function wideTable(parts: () => AsyncIterable<readonly RunRow[]>): Promise<ExportTable> {
  const [types, metricKeys] = [new Map<ParameterKey, TypesSeen>(), new Set<MetricKey>()]
  for await (const rows of parts()) {
    for (const { run } of rows) {
      for (const [key, value] of run.parameters) types.set(key, seenWith(types.get(key), value))
      for (const key of run.metrics.keys()) metricKeys.add(key)
    }
  }
  const parameters = [...types]
    .sort(([left], [right]) => compareText(left, right))
    .map(([key, seen]) => ({ key, type: narrowestType(seen) }))
  const metrics = [...metricKeys].sort(compareText)
  const columns = [
    ...SQL_TABLES.runs.map(columnOf),
    ...parameters.map(({ key, type }): ExportColumn => ({ name: `param.${key}`, type })),
    ...metrics.map((key): ExportColumn => ({ name: `metric.${key}`, type: 'float' })),
  ]
  const rowOf = (row: RunRow): SqlRow => [
    ...runRow(row),
    ...parameters.map(({ key, type }) => parameterCell(row.run.parameters.get(key), type)),
    ...metrics.map((key) => row.run.metrics.get(key)?.summary.last ?? null),
  ]
  return { columns, rows: mapParts(parts(), (row) => [rowOf(row)]) }
}

/** `name type` as the tables of SQL write it. */
function columnOf(text: string): ExportColumn {
  const [name = '', type] = text.split(' ')
  return { name, type: type === 'real' ? 'float' : type === 'integer' ? 'integer' : 'text' }
}

/** What every value of a parameter was so far; null and absent count for nothing. */
interface TypesSeen {
  readonly isAny: boolean
  readonly areBooleans: boolean
  readonly areIntegers: boolean
  readonly areFloats: boolean
}

function seenWith(seen: TypesSeen | undefined, value: ParameterValue): TypesSeen {
  const before = seen ?? { isAny: false, areBooleans: true, areIntegers: true, areFloats: true }
  if (value === null) return before
  return {
    isAny: true,
    areBooleans: before.areBooleans && typeof value === 'boolean',
    areIntegers: before.areIntegers && typeof value === 'bigint' && BigInt.asIntN(64, value) === value,
    areFloats: before.areFloats && isExactFloat(value),
  }
}

/** The narrowest type that holds every value of a parameter. */
function narrowestType({ isAny, areBooleans, areIntegers, areFloats }: TypesSeen): ExportColumn['type'] {
  if (!isAny) return 'text'
  if (areBooleans) return 'boolean'
  if (areIntegers) return 'integer'
  return areFloats ? 'float' : 'text'
}

/** Whether nothing is lost when a value becomes a float. */
function isExactFloat(value: ParameterValue): boolean {
  return typeof value === 'number' || (typeof value === 'bigint' && BigInt(Number(value)) === value)
}

function parameterCell(value: ParameterValue | undefined, type: ExportColumn['type']): SqlValue {
  if (value === undefined || value === null) return null
  if (type === 'boolean') return value === true ? 1 : 0
  if (type === 'float') return Number(value)
  if (type === 'integer') return typeof value === 'bigint' ? value : null
  return typeof value === 'string' ? value : jsonText(value)
}
