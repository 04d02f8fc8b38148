/**
 * `mlv sql`: questions in SQL over runs, parameters, metrics, versions and aliases.
 */
import { listModelNames, readAliases, readState, readVersions } from '../../store/branch/read-models.ts'
import type { NotedRun } from '../../store/branch/read-runs.ts'
import { openSnapshot } from '../../store/branch/snapshot.ts'
import type { BranchSnapshot } from '../../store/branch/snapshot.ts'
import { withCatalog } from '../../store/catalog/open-catalog.ts'
import type { SqlAnswer } from '../../store/catalog/sql-database.ts'
import { oneStatement } from '../../store/catalog/sql-statement.ts'
import {
  aliasRow,
  metricRows,
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

/** Asks a question in SQL. Only tables that it names are filled. @throws `sql-invalid`, `branch-not-found` */
export async function querySql(repository: Repository, options: QuerySqlOptions): Promise<SqlAnswer> {
  const statement = oneStatement(options.sql)
  const snapshot = await openSnapshot(repository.context.engine, options.at)
  const thread = await startSqlThread()
  try {
    const tables = tablesIn(statement)
    await fillRuns(thread, snapshot, tables)
    await fillModels(thread, snapshot, tables)
    const { limit = LIMIT_ROWS, timeoutMs = TIMEOUT_MS } = options
    return await thread.ask(statement, { rows: limit, timeoutMs })
  } finally {
    await thread.close()
  }
}

const RUN_ROWS: readonly (readonly [SqlTable, (run: NotedRun) => readonly SqlRow[]])[] = [
  ['runs', (run) => [runRow(run)]],
  ['params', parameterRows],
  ['metrics', metricRows],
  ['tags', tagRows],
]

async function fillRuns(thread: SqlThread, snapshot: BranchSnapshot, tables: ReadonlySet<SqlTable>): Promise<void> {
  const wanted = RUN_ROWS.filter(([table]) => tables.has(table))
  if (wanted.length === 0) return
  await withCatalog(snapshot, async (catalog) => {
    let batch: NotedRun[] = []
    const send = async (): Promise<void> => {
      for (const [table, rowsOf] of wanted) await thread.insert(table, batch.flatMap(rowsOf))
      batch = []
    }
    for await (const run of catalog.scan()) {
      batch.push(run)
      if (batch.length === BATCH_RUNS) await send()
    }
    await send()
  })
}

async function fillModels(thread: SqlThread, snapshot: BranchSnapshot, tables: ReadonlySet<SqlTable>): Promise<void> {
  if (!tables.has('versions') && !tables.has('aliases')) return
  for (const model of await listModelNames(snapshot)) {
    if (tables.has('aliases')) await thread.insert('aliases', (await readAliases(snapshot, model)).map(aliasRow))
    if (!tables.has('versions')) continue
    const rows: SqlRow[] = []
    for (const version of await readVersions(snapshot, model)) {
      rows.push(versionRow(version, await readState(snapshot, model, version.number)))
    }
    await thread.insert('versions', rows)
  }
}
