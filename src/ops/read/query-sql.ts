/**
 * `mlv sql`: questions in SQL over runs, parameters, metrics, versions and aliases.
 */
import type { MetricKey, ParameterKey } from '../../domain/key.ts'
import { listModelNames, readAliases } from '../../store/branch/read-models.ts'
import type { NotedRun } from '../../store/branch/read-runs.ts'
import { openSnapshot } from '../../store/branch/snapshot.ts'
import type { BranchSnapshot } from '../../store/branch/snapshot.ts'
import { withCatalog } from '../../store/catalog/open-catalog.ts'
import type { SqlAnswer } from '../../store/catalog/sql-database.ts'
import { oneStatement } from '../../store/catalog/sql-statement.ts'
import {
  aliasRow,
  columnsIn,
  metricColumnRows,
  parameterRows,
  runRow,
  SQL_TABLES,
  tablesIn,
  tagRows,
  versionRow,
} from '../../store/catalog/sql-tables.ts'
import type { SqlRow, SqlTable, SqlValue } from '../../store/catalog/sql-tables.ts'
import { startSqlThread } from '../../store/catalog/sql-thread.ts'
import type { SqlThread } from '../../store/catalog/sql-thread.ts'
import type { Repository } from '../repository/repository.ts'

export { SQL_TABLES }
export type { SqlAnswer, SqlRow, SqlValue }

/** What to ask, and how much of an answer is wanted. */
export interface QuerySqlOptions {
  /** One SELECT. */
  readonly sql: string
  /** The branch as it was then. */
  readonly at?: string
  /** At most so many rows; 100,000 when absent. */
  readonly limit?: number
  /** The question is stopped after so long; a minute when absent. */
  readonly timeoutMs?: number
}

const LIMIT_ROWS = 100_000
const TIMEOUT_MS = 60_000
/** Records told to the thread at once. */
const BATCH_RUNS = 512

/** Asks a question in SQL. Only tables and columns it names are filled. @throws `sql-invalid`, `branch-not-found` */
export async function querySql(repository: Repository, options: QuerySqlOptions): Promise<SqlAnswer> {
  const statement = oneStatement(options.sql)
  const snapshot = await openSnapshot(repository.context.engine, options.at)
  const thread = await startSqlThread()
  try {
    const filling = fillingOf(thread, statement)
    await fillRuns(filling, snapshot)
    await fillModels(filling, snapshot)
    const { limit = LIMIT_ROWS, timeoutMs = TIMEOUT_MS } = options
    return await thread.ask(statement, { rows: limit, timeoutMs })
  } finally {
    await thread.close()
  }
}

/** The tables that a statement names, as they are filled. */
interface Filling {
  readonly has: (table: SqlTable) => boolean
  /** Takes whole rows, and fills what the statement names of them. */
  readonly insert: (table: SqlTable, rows: readonly SqlRow[]) => Promise<void>
}

function fillingOf(thread: SqlThread, statement: string): Filling {
  const tables = tablesIn(statement)
  const columns = new Map([...tables].map((table) => [table, columnsIn(statement, table)] as const))
  return {
    has: (table) => tables.has(table),
    insert: async (table, rows) => {
      const places = columns.get(table)
      if (places === undefined || rows.length === 0) return
      const isWhole = places.length === SQL_TABLES[table].length
      const narrow = (row: SqlRow): SqlRow => places.map((place) => row[place] ?? null)
      await thread.insert(table, places, isWhole ? rows : rows.map(narrow))
    },
  }
}

const NO_VALUES = { parameters: new Set<ParameterKey>(), metrics: new Set<MetricKey>() }

async function fillRuns(filling: Filling, snapshot: BranchSnapshot): Promise<void> {
  if (filling.has('runs') || filling.has('tags')) {
    await withCatalog(snapshot, async (catalog) => {
      let batch: NotedRun[] = []
      const send = async (): Promise<void> => {
        await filling.insert('runs', filling.has('runs') ? batch.map(runRow) : [])
        await filling.insert('tags', batch.flatMap(tagRows))
        batch = []
      }
      for await (const run of catalog.scan(NO_VALUES)) {
        batch.push(run)
        if (batch.length === BATCH_RUNS) await send()
      }
      await send()
    })
  }
  if (!filling.has('params') && !filling.has('metrics')) return
  await withCatalog(snapshot, async (catalog) => {
    for await (const columns of catalog.columnBlocks()) {
      if (filling.has('params')) await filling.insert('params', parameterRows(columns))
      if (filling.has('metrics')) await filling.insert('metrics', metricColumnRows(columns))
    }
  })
}

async function fillModels(filling: Filling, snapshot: BranchSnapshot): Promise<void> {
  if (!filling.has('versions') && !filling.has('aliases')) return
  await withCatalog(snapshot, async (catalog) => {
    for (const model of await listModelNames(snapshot)) {
      if (filling.has('aliases')) {
        await filling.insert('aliases', (await readAliases(snapshot, model)).map(aliasRow))
      }
      if (!filling.has('versions')) continue
      const records = await catalog.versionsOf(model)
      await filling.insert(
        'versions',
        records.map(({ version, state }) => versionRow(version, state)),
      )
    }
  })
}
