/**
 * `GET /api/importance`: which parameters count for a metric.
 */
import { measureRunImportance } from '../../ops/read/measure-importance.ts'
import type { JsonHandler } from '../context.ts'
import { importanceWish, wireImportance } from './wire-importance.ts'

/** Measures among the runs that match. */
export const importanceHandler: JsonHandler = async ({ repository }, { query }) => {
  const wish = importanceWish(query)
  const filter = query.one('filter')
  const archived = query.one('archived') === '1'
  const runs = { live: true, archived, ...(filter === undefined ? {} : { filter }) }
  return wireImportance(await measureRunImportance(repository, wish, runs))
}
