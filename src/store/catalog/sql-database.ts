/**
 * A SQLite database in memory: filled, then asked one question. Nothing of it is ever on the disk, and a question can
 * be nothing but a SELECT, because it becomes a view.
 */
import { refuse } from '../../domain/failure.ts'
import { oneStatement } from './sql-statement.ts'
import { SQL_TABLES } from './sql-tables.ts'
import type { SqlRow, SqlTable, SqlValue } from './sql-tables.ts'

/** What a question came to. */
export interface SqlAnswer {
  /** Names, in order; of two alike the second is `name:1`. */
  readonly columns: readonly string[]
  readonly rows: readonly SqlRow[]
  /** More rows than the limit were there. */
  readonly isCut: boolean
}

/** A database with mlv's tables, empty at first. */
export interface SqlDatabase {
  /** Rows have a value for each of these columns, by their places; the others stay NULL. */
  readonly insert: (table: SqlTable, columns: readonly number[], rows: readonly SqlRow[]) => void
  /** @throws `sql-invalid` */
  readonly answer: (sql: string, limit: number) => SqlAnswer
}

/** One statement binds at most so many values. */
const MOST_VALUES = 3000
/** Bytes SQLite may hold beside the tables: a question must not take the memory of the machine. */
const MEMORY_BYTES = 2_000_000_000

/** Opens a database. */
export async function openSqlDatabase(): Promise<SqlDatabase> {
  const sqlite = await import('node-sqlite3-wasm')
  // A CommonJS package: where it is not bundled, all it exports is its default.
  const { Database } = 'default' in sqlite ? (sqlite.default as typeof sqlite) : sqlite
  const database = new Database()
  database.exec(`pragma hard_heap_limit=${MEMORY_BYTES}`)
  for (const [table, columns] of Object.entries(SQL_TABLES))
    database.exec(`create table ${table} (${columns.join(', ')})`)
  return {
    insert: (table, columns, rows) => {
      const width = columns.length
      const names = columns.map((place) => (SQL_TABLES[table][place] ?? '').split(' ')[0]).join(', ')
      const atOnce = Math.floor(MOST_VALUES / width)
      database.exec('begin')
      for (let at = 0; at < rows.length; at += atOnce) {
        const some = rows.slice(at, at + atOnce)
        const marks = `(${Array.from({ length: width }, () => '?').join(',')})`
        database.run(`insert into ${table} (${names}) values ${some.map(() => marks).join(',')}`, some.flat())
      }
      database.exec('commit')
    },
    answer: (sql, limit) => {
      const question = oneStatement(sql)
      try {
        database.run(`create temp view answer as ${question}`)
        const columns = database
          .all('select name from pragma_table_info(?)', ['answer'])
          .map(({ name }) => String(cellOf(name)))
        database.exec('pragma query_only=1')
        const rows = database.all(`select * from answer limit ${limit + 1}`)
        return { columns, rows: rows.slice(0, limit).map((row) => rowOf(row, columns)), isCut: rows.length > limit }
      } catch (error) {
        throw refuse('sql-invalid', { problem: error instanceof Error ? error.message : String(error) }, error)
      }
    },
  }
}

function rowOf(row: Readonly<Record<string, unknown>>, columns: readonly string[]): SqlRow {
  return columns.map((name) => cellOf(row[name]))
}

function cellOf(value: unknown): SqlValue {
  if (typeof value === 'string' || typeof value === 'number' || typeof value === 'bigint') return value
  return value instanceof Uint8Array ? Buffer.from(value).toString('hex') : null
}
