/**
 * `GET /api/run/:id/series`: any zoom of any series, without losing a point.
 */
import { parseMetricKey } from '../../domain/key.ts'
import type { MetricKey } from '../../domain/key.ts'
import type { MetricRule } from '../../domain/metric.ts'
import { bucketsOf } from '../../domain/series-pyramid.ts'
import type { PyramidAxis, SeriesBuckets, SeriesPyramid } from '../../domain/series-pyramid.ts'
import { findRunSeries } from '../../ops/read/read-run-series.ts'
import type { JsonHandler } from '../context.ts'
import { badRequest } from '../refusal.ts'
import type { Query } from '../request.ts'
import { finiteOrNull, wireRule } from '../to-wire.ts'
import type { WireSeries, WireSeriesSet } from '../wire.ts'

const MOST_METRICS = 64
const USUAL_BUCKETS = 1_200
const MOST_BUCKETS = 10_000

/** What part of a series is asked for. */
interface Zoom {
  readonly from: number | undefined
  readonly to: number | undefined
  readonly points: number
}

/** Series of one run. */
export const seriesHandler: JsonHandler = async (
  context,
  { parts: [revision = ''], query },
): Promise<WireSeriesSet> => {
  const zoom = zoomOf(query)
  const metrics = query.all('metric').map(parseMetricKey)
  if (metrics.length > MOST_METRICS) throw badRequest(`at most ${MOST_METRICS} series are answered at once`)
  const run = await findRunSeries(context.repository, revision)
  const axis = axisOf(query.one('x') ?? 'step', run.startedAtMs)
  const { isComplete, pyramid } = await context.series.open(run)
  const series = metrics.map((key) =>
    wireSeries(key, run.ruleOf(key), { pyramid: pyramid(key, axis), isComplete, zoom }),
  )
  return { run: run.run, x: axis.kind, isLive: run.isLive, series }
}

function zoomOf(query: Query): Zoom {
  const points = query.count('points', USUAL_BUCKETS, MOST_BUCKETS)
  if (points === 0) throw badRequest("'points' is at least 1")
  return { from: query.number('from'), to: query.number('to'), points }
}

function axisOf(x: string, startedAtMs: number): PyramidAxis {
  if (x === 'step' || x === 'time') return { kind: x }
  if (x === 'elapsed') return { kind: 'elapsed', sinceMs: startedAtMs }
  throw badRequest("'x' is step, time or elapsed")
}

/** One series as the wire has it; without points where the run has none of the metric. */
export function wireSeries(
  key: MetricKey,
  rule: MetricRule,
  {
    pyramid,
    isComplete,
    zoom,
  }: { readonly pyramid: SeriesPyramid | undefined; readonly isComplete: boolean; readonly zoom: Zoom },
): WireSeries {
  const extent = pyramid?.extent
  const head = { metric: key, rule: wireRule(rule), total: pyramid?.total ?? 0, isComplete, extent: extent ?? null }
  if (pyramid === undefined || extent === undefined) return { ...head, range: null, ...wireBuckets(NO_BUCKETS) }
  const range = { from: zoom.from ?? extent.from, to: zoom.to ?? extent.to }
  const found = bucketsOf(pyramid, range, zoom.points)
  return { ...head, range: { ...range, points: zoom.points }, ...wireBuckets(found) }
}

const NO_BUCKETS: SeriesBuckets = {
  buckets: [],
  xs: [],
  steps: [],
  times: [],
  lasts: [],
  mins: [],
  maxs: [],
  means: [],
  counts: [],
  marks: [],
}

function wireBuckets(
  found: SeriesBuckets,
): Omit<WireSeries, 'metric' | 'rule' | 'total' | 'isComplete' | 'extent' | 'range'> {
  const { buckets, xs, steps, counts, marks } = found
  return {
    buckets,
    xs,
    steps,
    times: found.times.map(finiteOrNull),
    mins: found.mins.map(finiteOrNull),
    maxs: found.maxs.map(finiteOrNull),
    means: found.means.map(finiteOrNull),
    lasts: found.lasts.map(finiteOrNull),
    counts,
    marks,
  }
}
