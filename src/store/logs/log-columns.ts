/**
 * The points of all log files of a run, as they come in: one growing series a metric.
 *
 * A point without a step takes the one after the metric's point before it in the same file, starting from 0.
 */
import { refuse } from '../../domain/failure.ts'
import type { MetricKey } from '../../domain/key.ts'
import { buildSeries } from '../../domain/series.ts'
import type { SeriesBuilder, SeriesSet } from '../../domain/series.ts'

/** One metric. */
export interface MetricColumn {
  readonly key: MetricKey
  /** Where its points go. */
  readonly points: Pick<SeriesBuilder, 'add'>
  /** The step of a point that says none. */
  nextStep: number
}

/** All metrics. */
export interface LogColumns {
  /** The column of a metric, new or known. @throws `limit-exceeded` for one more than a run can have */
  readonly of: (key: MetricKey) => MetricColumn
  /** Forgets the steps of the file before. */
  readonly startFile: () => void
  /** What came in, by metric in the order of their first points. */
  readonly series: () => SeriesSet
}

/** A metric costs kilobytes however few its points: a program that makes a name of each step must not end the seal. */
export const LIMIT_METRICS = 20_000

/** Starts without metrics. */
export function openLogColumns(): LogColumns {
  const columns = new Map<MetricKey, MetricColumn & { readonly points: SeriesBuilder }>()
  return {
    of: (key) => {
      const known = columns.get(key)
      if (known !== undefined) return known
      if (columns.size >= LIMIT_METRICS) {
        throw refuse('limit-exceeded', { what: 'metrics of a run', actual: columns.size + 1, limit: LIMIT_METRICS })
      }
      const column = { key, points: buildSeries(), nextStep: 0 }
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
