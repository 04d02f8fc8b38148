/**
 * `GET /api/importance`: which parameters count for a metric.
 */
import { importanceOfTable } from '../../ops/read/importance-of-table.ts'
import type { JsonHandler } from '../context.ts'
import { importanceQuestion, wireImportance } from './wire-importance.ts'

/** Measures among the runs that match; those that are still going are counted and left out. */
export const importanceHandler: JsonHandler = async ({ repository, runs }, { query }) => {
  const { wish, rows } = importanceQuestion(query)
  const { table } = await runs.open(rows)
  return wireImportance(await importanceOfTable(table, wish, rows, repository.clock.nowMs()))
}
