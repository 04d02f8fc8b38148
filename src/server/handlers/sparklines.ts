/**
 * `GET /api/sparklines`: small curves of the runs that a table shows.
 */
import { parseMetricKey } from '../../domain/key.ts'
import { parseRunId } from '../../domain/run.ts'
import type { RunId } from '../../domain/run.ts'
import type { JsonHandler } from '../context.ts'
import { badRequest } from '../refusal.ts'
import { finiteOrNull } from '../to-wire.ts'
import type { WireSparklines } from '../wire.ts'

const MOST_RUNS = 100
const MOST_METRICS = 20
const USUAL_POINTS = 24
const MOST_POINTS = 200

/** Curves by run and metric. */
export const sparklinesHandler: JsonHandler = async (context, { query }): Promise<WireSparklines> => {
  const runs = [...new Set((query.one('runs') ?? '').split(',').filter((id) => id !== ''))].map(wholeId)
  const metrics = [...new Set(query.all('metric'))].map(parseMetricKey)
  if (runs.length > MOST_RUNS) throw badRequest(`curves of at most ${MOST_RUNS} runs are answered at once`)
  if (metrics.length > MOST_METRICS) throw badRequest(`curves of at most ${MOST_METRICS} metrics are answered at once`)
  const points = query.count('points', USUAL_POINTS, MOST_POINTS)
  if (points === 0) throw badRequest("'points' is at least 1")
  const sparklines = await context.sparklines.read({ runs, metrics, points })
  return {
    runs: [...sparklines].map(([run, curves]) => ({
      run,
      curves: [...curves].map(([metric, values]) => ({ metric, values: values.map(finiteOrNull) })),
    })),
  }
}

/** A list names the runs it shows by what it was told they are called. */
function wholeId(text: string): RunId {
  const id = parseRunId(text)
  if (id === undefined) throw badRequest("'runs' are whole ids with commas between them")
  return id
}
