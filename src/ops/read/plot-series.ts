/**
 * `mlv plot`: one metric of several runs, cut into the same buckets.
 */
import { closestNames } from '../../base/suggest.ts'
import { refuse } from '../../domain/failure.ts'
import { parseMetricKey } from '../../domain/key.ts'
import type { MetricKey } from '../../domain/key.ts'
import type { MetricRule } from '../../domain/metric.ts'
import { parseField } from '../../domain/query.ts'
import type { RunId } from '../../domain/run.ts'
import { bucketsOf, placeSeries } from '../../domain/series-buckets.ts'
import type { PlacedSeries, SeriesAxis, SeriesBuckets } from '../../domain/series-buckets.ts'
import type { AxisRange } from '../../domain/series-tiles.ts'
import type { Repository } from '../repository/repository.ts'
import { fieldValue } from '../revisions/field-value.ts'
import { readRunRow } from './describe-run.ts'
import { findRunSeries } from './read-run-series.ts'

/** What points are laid along. */
export type PlotAxis = SeriesAxis['kind']

/** How to read a plot. */
export interface PlotSeriesOptions {
  readonly axis: PlotAxis
  /** Buckets the axis is cut into, at least 1. */
  readonly bucketCount: number
  /** A field of the filter grammar: runs that share its value are one group. */
  readonly group?: string
}

/** The metric of one run. */
export interface PlottedRun {
  readonly run: RunId
  /** As it was asked for. */
  readonly revision: string
  /** The value of the field that groups runs, as text, empty for a run without it; absent where none was asked for. */
  readonly group?: string
  /** Points of the whole series. */
  readonly total: number
  readonly isComplete: boolean
  readonly buckets: SeriesBuckets
}

/** A metric of runs side by side. */
export interface SeriesPlot {
  readonly metric: MetricKey
  readonly rule: MetricRule
  readonly axis: PlotAxis
  /** Steps or milliseconds; the widest that any of the runs has. */
  readonly range: AxisRange
  readonly bucketCount: number
  /** In the order they were asked for. */
  readonly runs: readonly PlottedRun[]
}

/**
 * Reads a metric of runs, live ones too.
 *
 * @throws `metric-not-found` when a run has none of it, `name-invalid`, `filter-invalid`, what `findRunSeries` refuses
 */
export async function plotSeries(
  repository: Repository,
  metricText: string,
  revisions: readonly string[],
  { axis, bucketCount, group }: PlotSeriesOptions,
): Promise<SeriesPlot> {
  const metric = parseMetricKey(metricText)
  if (group !== undefined) parseField(group)
  const found = []
  for (const revision of revisions) {
    const run = await findRunSeries(repository, revision)
    const { series, isComplete } = await run.read()
    const points = series.get(metric)
    if (points === undefined)
      throw refuse('metric-not-found', { text: metric, closest: closestNames(metric, [...series.keys()]) })
    const grouped = group === undefined ? {} : { group: await groupOf(repository, run.run, group) }
    found.push({
      run: { run: run.run, revision, isComplete, ...grouped },
      rule: run.ruleOf(metric),
      series: placeSeries(points, axis === 'elapsed' ? { kind: axis, sinceMs: run.startedAtMs } : { kind: axis }),
    })
  }
  const range = widest(found.map(({ series }) => series))
  const rule = found.findLast(({ rule: { goal } }) => goal !== 'none')?.rule ?? found[0]?.rule
  return {
    metric,
    rule: rule ?? { goal: 'none', tolerance: 0 },
    axis,
    range,
    bucketCount,
    runs: found.map(({ run, series }) => {
      return { ...run, total: series.total, buckets: bucketsOf(series, range, bucketCount) }
    }),
  }
}

async function groupOf(repository: Repository, run: RunId, field: string): Promise<string> {
  const value = fieldValue(await readRunRow(repository, run), field)
  return value === undefined ? '' : String(value)
}

function widest(series: readonly PlacedSeries[]): AxisRange {
  const extents = series.flatMap(({ extent }) => extent ?? [])
  if (extents.length === 0) return { from: 0, to: 0 }
  return { from: Math.min(...extents.map(({ from }) => from)), to: Math.max(...extents.map(({ to }) => to)) }
}
