/**
 * Series that are too long for the branch, cut down to real points: of each bucket of consecutive points the least, the
 * greatest and the last.
 *
 * The full series is kept elsewhere; a chart drawn from what is left has the same outline.
 */
import { sortedEntries } from '../../base/order.ts'
import type { Point, SeriesSet } from '../../domain/series.ts'

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
  return new Map([...series].map(([key, points]) => [key, bucketedPoints(points, buckets)]))
}

/** Keeps the first metrics by key. */
export function firstMetrics(series: SeriesSet, count: number): SeriesSet {
  return new Map(sortedEntries(series).slice(0, count))
}

function bucketedPoints(points: readonly Point[], buckets: number): readonly Point[] {
  const kept: Point[] = []
  for (let bucket = 0; bucket < buckets; bucket += 1) {
    const start = Math.floor((bucket * points.length) / buckets)
    const end = Math.floor(((bucket + 1) * points.length) / buckets)
    kept.push(...outstandingPoints(points, start, end))
  }
  return kept
}

function outstandingPoints(points: readonly Point[], start: number, end: number): readonly Point[] {
  let least = start
  let greatest = start
  for (let index = start; index < end; index += 1) {
    const value = points[index]?.value ?? NaN
    if (value < valueAt(points, least, Infinity)) least = index
    if (value > valueAt(points, greatest, -Infinity)) greatest = index
  }
  const kept = new Set([least, greatest, end - 1])
  return points.slice(start, end).filter((_, offset) => kept.has(start + offset))
}

/** The value at an index; NaN counts as `beaten`, so that any number replaces it. */
function valueAt(points: readonly Point[], index: number, beaten: number): number {
  const value = points[index]?.value ?? NaN
  return Number.isNaN(value) ? beaten : value
}
