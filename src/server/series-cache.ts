/**
 * Pyramids of the series that were looked at last: the points are read once, and every zoom after that is arithmetic.
 */
import type { MetricKey } from '../domain/key.ts'
import { buildPyramid } from '../domain/series-pyramid.ts'
import type { PyramidAxis, SeriesPyramid } from '../domain/series-pyramid.ts'
import type { RunPoints, RunSeries } from '../ops/read/read-run-series.ts'

/** Points of runs, kept while they stay the same. */
export interface SeriesCache {
  /** @throws as `RunSeries.read` */
  readonly open: (run: RunSeries) => Promise<RunPyramids>
}

/** The series of one run. */
export interface RunPyramids {
  readonly isComplete: boolean
  /** `undefined` for a metric that has no points. */
  readonly pyramid: (key: MetricKey, axis: PyramidAxis) => SeriesPyramid | undefined
}

interface Entry {
  readonly state: string
  readonly points: Promise<RunPoints>
  readonly pyramids: Map<string, SeriesPyramid>
  size: number
}

/** Points that are kept in all; with their blocks a point takes about 40 bytes. */
const LIMIT_POINTS = 8_000_000

/** Makes an empty cache. */
export function openSeriesCache(limitPoints: number = LIMIT_POINTS): SeriesCache {
  // The order of a map is that of insertion: whatever is used moves to its end.
  const entries = new Map<string, Entry>()
  const use = (run: RunSeries): Entry => {
    const known = entries.get(run.run)
    const isCurrent = known?.state === run.state
    const entry = isCurrent ? known : { state: run.state, points: run.read(), pyramids: new Map(), size: 0 }
    entries.delete(run.run)
    entries.set(run.run, entry)
    return entry
  }
  const forgetOldest = (): void => {
    let total = [...entries.values()].reduce((sum, { size }) => sum + size, 0)
    for (const [run, { size }] of entries) {
      if (total <= limitPoints || entries.size === 1) return
      entries.delete(run)
      total -= size
    }
  }
  return {
    open: async (run) => {
      const entry = use(run)
      try {
        const { series, isComplete } = await entry.points
        entry.size = [...series.values()].reduce((sum, { values }) => sum + values.length, 0)
        forgetOldest()
        return {
          isComplete,
          pyramid: (key, axis) => {
            const name = `${axis.kind} ${key}`
            const found = series.get(key)
            const known = entry.pyramids.get(name)
            if (known !== undefined || found === undefined) return known
            const built = buildPyramid(found, axis)
            entry.pyramids.set(name, built)
            return built
          },
        }
      } catch (error) {
        // The next question tries again.
        if (entries.get(run.run) === entry) entries.delete(run.run)
        throw error
      }
    },
  }
}
