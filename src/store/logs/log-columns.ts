/**
 * The points of all log files of a run, as they come in: one growing series a metric.
 *
 * A point without a step takes the one after the metric's point before it in the same file, starting from 0.
 */
import type { MetricKey } from '../../domain/key.ts'
import { buildSeries } from '../../domain/series.ts'
import type { SeriesBuilder, SeriesSet } from '../../domain/series.ts'

/** One metric. */
export interface MetricColumn {
  readonly key: MetricKey
  readonly points: SeriesBuilder
  /** The step of a point that says none. */
  nextStep: number
}

/** All metrics. */
export interface LogColumns {
  /** The column of a metric, new or known. */
  readonly of: (key: MetricKey) => MetricColumn
  /** Forgets the steps of the file before. */
  readonly startFile: () => void
  /** What came in, by metric in the order of their first points. */
  readonly series: () => SeriesSet
}

/** Starts without metrics. */
export function openLogColumns(): LogColumns {
  const columns = new Map<MetricKey, MetricColumn>()
  return {
    of: (key) => {
      const column = columns.get(key) ?? { key, points: buildSeries(), nextStep: 0 }
      columns.set(key, column)
      return column
    },
    startFile: () => {
      for (const column of columns.values()) column.nextStep = 0
    },
    series: () => {
      const filled = [...columns.values()].filter(({ points }) => points.count() > 0)
      return new Map(filled.map(({ key, points }) => [key, points.series()]))
    },
  }
}

/** Adds a point; a step that is absent is counted. */
export function addPoint(
  column: MetricColumn,
  value: number,
  step: number | undefined,
  atMs: number | undefined,
): void {
  const known = step ?? column.nextStep
  column.nextStep = known + 1
  column.points.add(known, value, atMs)
}
