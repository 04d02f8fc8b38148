/**
 * `mlv importance`: which parameters count for a metric, among the runs that match a filter. It is asked of columns, so
 * that of runs with thousands of metrics one metric is in memory and not all of them.
 */
import { fieldsOfFilter, outlineKeysOf } from '../../domain/filter-fields.ts'
import type { MetricKey } from '../../domain/key.ts'
import { parseFilter } from '../../domain/query.ts'
import { hasMetric, metricNotFound } from '../../domain/run-importance.ts'
import type { ImportanceWish, RunImportance } from '../../domain/run-importance.ts'
import { EVERY_KEY } from '../../domain/run-outline.ts'
import type { OutlineKeys } from '../../domain/run-outline.ts'
import { chosenRows, overRunTable, tableOfChunks } from '../../domain/table/run-table.ts'
import type { RowChoice, RunTable } from '../../domain/table/run-table.ts'
import { packChunk, tableRun } from '../../domain/table/table-chunk.ts'
import type { TableChunk } from '../../domain/table/table-chunk.ts'
import { openSnapshot } from '../../store/branch/snapshot.ts'
import type { BranchSnapshot } from '../../store/branch/snapshot.ts'
import { withCatalog } from '../../store/catalog/open-catalog.ts'
import { liveRuns } from '../record/live-runs.ts'
import { filterSubject } from '../revisions/field-value.ts'
import type { RunRow } from '../revisions/run-row.ts'
import type { Repository } from '../repository/repository.ts'
import { importanceOfRows } from './importance-of-table.ts'
import { tableFacts } from './kept-runs.ts'
import { catalogLabels } from './list-runs.ts'
import type { ListRunsOptions } from './list-runs.ts'

/**
 * Measures. It takes a second or two of one processor at the most, and lets others work in between.
 *
 * @throws `metric-not-found`, `filter-invalid`, `branch-not-found`
 */
export async function measureRunImportance(
  repository: Repository,
  wish: ImportanceWish,
  { filter, archived, at, live }: Pick<ListRunsOptions, 'filter' | 'archived' | 'at' | 'live'>,
): Promise<RunImportance> {
  const choice: RowChoice = { ...(filter === undefined ? {} : { filter }), archived: archived === true }
  // What cannot be read is told before a branch is looked for.
  const keys = keysFor(wish, filter)
  const nowMs = repository.clock.nowMs()
  const snapshot = await openSnapshot(repository.context.engine, at)
  const running = live === true ? await liveRuns(repository) : []
  const table = withLive(await readColumns(snapshot, keys), running, nowMs)
  const rows = chosenRows(table, choice, nowMs)
  if (hasMetric(table, rows, wish.metric)) return importanceOfRows(table, rows, wish)
  throw metricNotFound(wish.metric, await namesOfMetrics(snapshot, running))
}

/** The columns that the question and the filter need. @throws `filter-invalid` */
function keysFor({ metric, parameters }: ImportanceWish, filter: string | undefined): OutlineKeys {
  const named = outlineKeysOf(filter === undefined ? [] : fieldsOfFilter(parseFilter(filter)))
  return {
    parameters: parameters.length === 0 ? EVERY_KEY : new Set([...parameters, ...named.parameters]),
    metrics: new Set([metric, ...named.metrics]),
  }
}

/** A table of the runs of a snapshot with some of their values. */
async function readColumns(snapshot: BranchSnapshot, keys: OutlineKeys): Promise<RunTable> {
  return withCatalog(snapshot, async (catalog) => {
    const labels = await catalogLabels(snapshot, catalog)
    const chunks: TableChunk[] = []
    for await (const { facts, parameters, metrics } of catalog.columnBlocks(keys)) {
      chunks.push(
        packChunk({
          facts: facts.map((row) => tableFacts(row, labels)),
          // A block may have more than was asked for.
          parameters: new Map([...parameters].filter(([key]) => keys.parameters.has(key))),
          metrics: new Map([...metrics].filter(([key]) => keys.metrics.has(key))),
        }),
      )
    }
    return tableOfChunks(chunks)
  })
}

function withLive(table: RunTable, running: readonly RunRow[], nowMs: number): RunTable {
  const runs = running.map((row) => {
    return tableRun({ ...filterSubject(row, nowMs), id: row.run.id }, row.notes.archived, row.run)
  })
  return overRunTable(table, new Set(), runs)
}

/** Every metric there is. */
async function namesOfMetrics(snapshot: BranchSnapshot, running: readonly RunRow[]): Promise<ReadonlySet<string>> {
  const names = new Set<MetricKey>(running.flatMap(({ run }) => [...run.metrics.keys()]))
  await withCatalog(snapshot, async (catalog) => {
    for await (const { metrics } of catalog.columnBlocks()) for (const key of metrics.keys()) names.add(key)
  })
  return names
}
