/**
 * `mlv export`: runs as a table for other programs, one row a run, or one row a metric of a run.
 */
import { resolve } from 'node:path'
import { compareText } from '../../base/order.ts'
import { jsonText } from '../../base/json-text.ts'
import type { ParameterKey } from '../../domain/key.ts'
import type { ParameterValue } from '../../domain/parameter.ts'
import { writeFileDurably } from '../../store/files/safe-write.ts'
import { parquetBytes } from '../../store/catalog/parquet-table.ts'
import type { ExportColumn } from '../../store/catalog/parquet-table.ts'
import { metricRows, runRow, SQL_TABLES } from '../../store/catalog/sql-tables.ts'
import type { SqlRow, SqlValue } from '../../store/catalog/sql-tables.ts'
import { listRuns } from './list-runs.ts'
import type { Repository } from '../repository/repository.ts'
import type { RunRow } from '../revisions/run-row.ts'

export type { ExportColumn }

/** Runs as a table. */
export interface ExportTable {
  readonly columns: readonly ExportColumn[]
  /** A cell for each column; of a boolean column 1 or 0. */
  readonly rows: readonly SqlRow[]
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

/** Makes the table, newest run first. @throws `filter-invalid`, `branch-not-found` */
export async function exportRuns(repository: Repository, options: ExportOptions): Promise<ExportTable> {
  const { table, ...query } = options
  const rows = await listRuns(repository, query)
  if (table === 'runs') return wideTable(rows)
  return { columns: SQL_TABLES.metrics.map(columnOf), rows: rows.flatMap(metricRows) }
}

/** Writes a table as Parquet into a file, whole or not at all. @throws what the disk refuses */
export async function writeParquet(
  repository: Repository,
  { columns, rows }: ExportTable,
  file: string,
): Promise<void> {
  await writeExport(repository, await parquetBytes(columns, rows), file)
}

/** Writes what was exported into a file, whole or not at all. @throws what the disk refuses */
export async function writeExport({ files, folder }: Repository, bytes: Uint8Array, file: string): Promise<void> {
  await writeFileDurably(files, resolve(folder, file), bytes, { replace: true })
}

function wideTable(rows: readonly RunRow[]): ExportTable {
  const parameters = keysOf(rows.map(({ run }) => run.parameters))
  const metrics = keysOf(rows.map(({ run }) => run.metrics))
  const columns = [
    ...SQL_TABLES.runs.map(columnOf),
    ...parameters.map((key): ExportColumn => ({ name: `param.${key}`, type: parameterType(rows, key) })),
    ...metrics.map((key): ExportColumn => ({ name: `metric.${key}`, type: 'float' })),
  ]
  const types = new Map(columns.map(({ name, type }) => [name, type]))
  const cells = rows.map((row): SqlRow => [
    ...runRow(row),
    ...parameters.map((key) => parameterCell(row.run.parameters.get(key), types.get(`param.${key}`) ?? 'text')),
    ...metrics.map((key) => row.run.metrics.get(key)?.summary.last ?? null),
  ])
  return { columns, rows: cells }
}

function keysOf<Key extends string>(maps: readonly ReadonlyMap<Key, unknown>[]): readonly Key[] {
  return [...new Set(maps.flatMap((map) => [...map.keys()]))].sort(compareText)
}

/** `name type` as the tables of SQL write it. */
function columnOf(text: string): ExportColumn {
  const [name = '', type] = text.split(' ')
  return { name, type: type === 'real' ? 'float' : type === 'integer' ? 'integer' : 'text' }
}

/** The narrowest type that holds every value of a parameter. */
function parameterType(rows: readonly RunRow[], key: ParameterKey): ExportColumn['type'] {
  const values = rows.map(({ run }) => run.parameters.get(key)).filter((value) => value !== undefined && value !== null)
  if (values.every((value) => typeof value === 'boolean')) return values.length === 0 ? 'text' : 'boolean'
  if (values.every((value) => typeof value === 'bigint' && BigInt.asIntN(64, value) === value)) return 'integer'
  return values.every(isExactFloat) ? 'float' : 'text'
}

/** Whether nothing is lost when a value becomes a float. */
function isExactFloat(value: ParameterValue | undefined): boolean {
  return typeof value === 'number' || (typeof value === 'bigint' && BigInt(Number(value)) === value)
}

function parameterCell(value: ParameterValue | undefined, type: ExportColumn['type']): SqlValue {
  if (value === undefined || value === null) return null
  if (type === 'boolean') return value === true ? 1 : 0
  if (type === 'float') return Number(value)
  if (type === 'integer') return typeof value === 'bigint' ? value : null
  return typeof value === 'string' ? value : jsonText(value)
}
