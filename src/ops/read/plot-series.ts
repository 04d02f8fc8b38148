/**
 * `mlv plot`: one metric of several runs, cut into the same buckets.
 */
import { closestNames } from '../../base/suggest.ts'
import { refuse } from '../../domain/failure.ts'
import { parseMetricKey } from '../../domain/key.ts'
import type { MetricKey } from '../../domain/key.ts'
import type { MetricRule } from '../../domain/metric.ts'
import type { RunId } from '../../domain/run.ts'
import { bucketsOf, buildPyramid } from '../../domain/series-pyramid.ts'
import type { AxisRange, SeriesBuckets, SeriesPyramid } from '../../domain/series-pyramid.ts'
import { findRunSeries } from './read-run-series.ts'
import type { Repository } from '../repository/repository.ts'

/** The metric of one run. */
export interface PlottedRun {
  readonly run: RunId
  /** As it was asked for. */
  readonly revision: string
  /** Points of the whole series. */
  readonly total: number
  readonly isComplete: boolean
  readonly buckets: SeriesBuckets
}

/** A metric of runs side by side. */
export interface SeriesPlot {
  readonly metric: MetricKey
  readonly rule: MetricRule
  /** Steps; the widest that any of the runs has. */
  readonly range: AxisRange
  readonly bucketCount: number
  /** In the order they were asked for. */
  readonly runs: readonly PlottedRun[]
}

/**
 * Reads a metric of runs, live ones too.
 *
 * @throws `metric-not-found` when a run has none of it, `name-invalid`, what `findRunSeries` refuses
 */
export async function plotSeries(
  repository: Repository,
  metricText: string,
  revisions: readonly string[],
  bucketCount: number,
): Promise<SeriesPlot> {
  const metric = parseMetricKey(metricText)
  const found = []
  for (const revision of revisions) {
    const run = await findRunSeries(repository, revision)
    const { series, isComplete } = await run.read()
    const points = series.get(metric)
    if (points === undefined)
      throw refuse('metric-not-found', { text: metric, closest: closestNames(metric, [...series.keys()]) })
    found.push({
      run: run.run,
      revision,
      isComplete,
      rule: run.ruleOf(metric),
      pyramid: buildPyramid(points, { kind: 'step' }),
    })
  }
  const range = widest(found.map(({ pyramid }) => pyramid))
  const rule = found.findLast(({ rule: { goal } }) => goal !== 'none')?.rule ?? found[0]?.rule
  return {
    metric,
    rule: rule ?? { goal: 'none', tolerance: 0 },
    range,
    bucketCount,
    runs: found.map(({ run, revision, isComplete, pyramid }) => {
      return { run, revision, isComplete, total: pyramid.total, buckets: bucketsOf(pyramid, range, bucketCount) }
    }),
  }
}

function widest(pyramids: readonly SeriesPyramid[]): AxisRange {
  const extents = pyramids.flatMap(({ extent }) => extent ?? [])
  if (extents.length === 0) return { from: 0, to: 0 }
  return { from: Math.min(...extents.map(({ from }) => from)), to: Math.max(...extents.map(({ to }) => to)) }
}
