/**
 * `GET /api/run/:id/series`: any zoom of any series of a run, without losing a point.
 */
import { parseMetricKey } from '../../domain/key.ts'
import type { MetricKey } from '../../domain/key.ts'
import { exponentFor, noTiles } from '../../domain/series-tiles.ts'
import type { RunCurves } from '../../ops/read/keep-curves.ts'
import type { JsonHandler } from '../context.ts'
import { badRequest } from '../refusal.ts'
import type { WireSeries, WireSeriesSet } from '../wire.ts'
import { openLine } from './open-line.ts'
import { axisOf, rangeOf, wireSeries, zoomOf } from './wire-lines.ts'
import type { LineAxis, Zoom } from './wire-lines.ts'

const MOST_METRICS = 64

/** Series of one run. */
export const seriesHandler: JsonHandler = async (
  context,
  { parts: [revision = ''], query },
): Promise<WireSeriesSet> => {
  const zoom = zoomOf(query)
  const metrics = query.all('metric').map(parseMetricKey)
  if (metrics.length > MOST_METRICS) throw badRequest(`at most ${MOST_METRICS} series are answered at once`)
  const axis = axisOf(query.one('x') ?? 'step')
  if (axis.kind === 'metric') throw badRequest("'x' is step, time or elapsed")
  const run = await context.series.open(revision)
  const series: WireSeries[] = []
  for (const metric of metrics) series.push(await seriesOf(run, metric, axis, zoom))
  return { run: run.run, x: axis.kind, isLive: run.isLive, series }
}

async function seriesOf(run: RunCurves, metric: MetricKey, axis: LineAxis, zoom: Zoom): Promise<WireSeries> {
  const line = await openLine(run, metric, axis)
  const extent = line?.extent
  const head = {
    metric,
    rule: run.ruleOf(metric),
    total: line?.total ?? 0,
    isComplete: run.isComplete,
    extent,
  }
  if (line === undefined || extent === undefined) return wireSeries(head, noTiles(0), axis.kind, zoom)
  const range = rangeOf(zoom, extent)
  const tiles = await line.cut(line.toOwn(range), exponentFor(range, zoom.points))
  return wireSeries(head, tiles, axis.kind, zoom)
}
