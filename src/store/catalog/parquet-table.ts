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

/** Rows that are compressed together, and held until then. */
const GROUP_ROWS = 8192

/** Writes a table part by part, in the memory of some thousand rows; columns may have nulls. */
export async function* parquetParts(
  columns: readonly ExportColumn[],
  parts: AsyncIterable<readonly SqlRow[]>,
): AsyncGenerator<Uint8Array> {
  const { ByteWriter, ParquetWriter, schemaFromColumnData } = await import('hyparquet-writer')
  const columnData = (rows: readonly SqlRow[]): ColumnData[] =>
    columns.map(({ name, type }, index) => ({ name, data: rows.map((row) => cellOf(type, row[index] ?? null)) }))
  const typed = columns.map(({ name, type }) => ({ name, type: TYPES[type], nullable: true, data: [] }))
  const bytes = new ByteWriter()
  const writer = new ParquetWriter({ writer: bytes, schema: schemaFromColumnData({ columnData: typed }) })
  const taken = (): Uint8Array => {
    const some = bytes.getBytes().slice()
    // What was taken is written over; offsets go on counting.
    bytes.index = 0
    return some
  }
  let rows: SqlRow[] = []
  for await (const part of parts) {
    rows.push(...part)
    if (rows.length < GROUP_ROWS) continue
    await writer.write({ columnData: columnData(rows), rowGroupSize: rows.length })
    rows = []
    yield taken()
  }
  if (rows.length > 0) await writer.write({ columnData: columnData(rows), rowGroupSize: rows.length })
  await writer.finish()
  yield taken()
}

interface ColumnData {
  readonly name: string
  readonly data: (SqlValue | boolean)[]
}

function cellOf(type: ColumnType, value: SqlValue): SqlValue | boolean {
  if (value === null) return null
  if (type === 'integer') return BigInt(value)
  return type === 'boolean' ? value === 1 : value
}
