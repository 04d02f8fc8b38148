/**
 * Series that are too long for the branch, cut down to real points: of each bucket of consecutive points the least, the
 * greatest and the last.
 *
 * The full series is kept elsewhere; a chart drawn from what is left has the same outline.
 */
import { sortedEntries } from '../../base/order.ts'
import { buildSeries } from '../../domain/series.ts'
import type { Series, SeriesSet } from '../../domain/series.ts'

/**
 * The largest count from `least` to `most` for which `fits` holds, or `least - 1`.
 *
 * What fits is taken to fit with less, so that halving finds it.
 */
export function largestThatFits(least: number, most: number, fits: (count: number) => boolean): number {
  let known = least - 1
  let beyond = most + 1
  while (beyond - known > 1) {
    const middle = Math.floor((known + beyond) / 2)
    if (fits(middle)) known = middle
    else beyond = middle
  }
  return known
}

/** Keeps at most three points a bucket of every metric; points stay in the order they were logged. */
export function bucketed(series: SeriesSet, buckets: number): SeriesSet {
  return new Map([...series].map(([key, metric]) => [key, bucketedPoints(metric, buckets)]))
}

/** Keeps the first metrics by key. */
export function firstMetrics(series: SeriesSet, count: number): SeriesSet {
  return new Map(sortedEntries(series).slice(0, count))
}

function bucketedPoints({ steps, values, times }: Series, buckets: number): Series {
  const kept = buildSeries()
  for (let bucket = 0; bucket < buckets; bucket += 1) {
    const start = Math.floor((bucket * values.length) / buckets)
    const end = Math.floor(((bucket + 1) * values.length) / buckets)
    for (const index of outstandingIndexes(values, start, end)) {
      const atMs = times?.[index] ?? NaN
      kept.add(steps[index] ?? NaN, values[index] ?? NaN, Number.isNaN(atMs) ? undefined : atMs)
    }
  }
  return kept.series()
}

/** Where the least, the greatest and the last value of a bucket stand, in order; none for an empty bucket. */
function outstandingIndexes(values: Float64Array, start: number, end: number): readonly number[] {
  if (start === end) return []
  let [least, greatest] = [start, start]
  let [leastValue, greatestValue] = [Infinity, -Infinity]
  // NaN is neither, so any number replaces it.
  for (let index = start; index < end; index += 1) {
    const value = values[index] ?? NaN
    if (value < leastValue) {
      least = index
      leastValue = value
    }
    if (value > greatestValue) {
      greatest = index
      greatestValue = value
    }
  }
  return [...new Set([least, greatest, end - 1])].sort((left, right) => left - right)
}
