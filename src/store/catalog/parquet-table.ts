/**
 * Tables as Parquet, for what reads columns: pandas, DuckDB, Spark.
 */
import type { SqlRow, SqlValue } from './sql-tables.ts'

/** What a column holds; every value of it, or null. */
export type ColumnType = 'text' | 'float' | 'integer' | 'boolean'

/** A column of an export. */
export interface ExportColumn {
  readonly name: string
  readonly type: ColumnType
}

const TYPES = { text: 'STRING', float: 'DOUBLE', integer: 'INT64', boolean: 'BOOLEAN' } as const

/** Writes a table; columns may have nulls. */
export async function parquetBytes(columns: readonly ExportColumn[], rows: readonly SqlRow[]): Promise<Uint8Array> {
  const { parquetWriteBuffer } = await import('hyparquet-writer')
  const columnData = columns.map(({ name, type }, index) => ({
    name,
    type: TYPES[type],
    nullable: true,
    data: rows.map((row) => cellOf(type, row[index] ?? null)),
  }))
  return new Uint8Array(parquetWriteBuffer({ columnData }))
}

function cellOf(type: ColumnType, value: SqlValue): SqlValue | boolean {
  if (value === null) return null
  if (type === 'integer') return BigInt(value)
  return type === 'boolean' ? value === 1 : value
}
