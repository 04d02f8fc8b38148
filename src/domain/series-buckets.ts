/**
 * A series cut into buckets of any width, as a terminal has columns: each point once, which is soon done for one plot.
 * Pages zoom again and again, and have pyramids (`tile-levels.ts`).
 *
 * Law: whatever the range and the number of buckets, every point of the range belongs to exactly one bucket, and the
 * least and greatest value of a bucket are those of its points.
 */
import { growPyramid } from './growing-pyramid.ts'
import type { Series } from './series.ts'
import { buildTiles, countIn, firstIndex, meanIn } from './series-tiles.ts'
import type { AxisRange, PlacedPoints } from './series-tiles.ts'

/** What points are laid along: steps, milliseconds since the epoch, or milliseconds since a moment. */
export type SeriesAxis =
  { readonly kind: 'step' } | { readonly kind: 'time' } | { readonly kind: 'elapsed'; readonly sinceMs: number }

/** A series in the order of an axis. */
export interface PlacedSeries {
  /** Points of the series, those without a place on the axis too. */
  readonly total: number
  /** Where its points lie; `undefined` when none has a place on the axis. */
  readonly extent: AxisRange | undefined
  readonly points: PlacedPoints
}

/** Buckets of a stretch, as columns of one length, ascending; empty buckets are left out. */
export interface SeriesBuckets {
  /** Which bucket, counted from 0. */
  readonly buckets: readonly number[]
  /** Place, step, time and value of the last point of each bucket; of equal places the one logged last. */
  readonly xs: readonly number[]
  readonly steps: readonly number[]
  readonly times: readonly (number | undefined)[]
  readonly lasts: readonly number[]
  /** Of the finite values; `undefined` where there are none. */
  readonly mins: readonly (number | undefined)[]
  readonly maxs: readonly (number | undefined)[]
  readonly means: readonly (number | undefined)[]
  readonly counts: readonly number[]
  /** Values that are not finite, for those buckets that have some; `at` is an index into the columns. */
  readonly marks: readonly { at: number; nan: number; positive: number; negative: number }[]
}

/** Puts a series in the order of an axis. */
export function placeSeries(series: Series, axis: SeriesAxis): PlacedSeries {
  const pyramid = growPyramid()
  pyramid.take(series, placesOf(series, axis))
  return { total: series.values.length, extent: pyramid.extent(), points: pyramid.ordered() }
}

/**
 * Cuts a range into buckets of equal width and sums each up. Where a bucket lies follows from the range and the count
 * alone, so that series share buckets.
 *
 * @param count of buckets, at least 1
 */
export function bucketsOf({ points }: PlacedSeries, range: AxisRange, count: number): SeriesBuckets {
  const { xs, steps, times, values } = points
  const width = range.to - range.from
  const bucketOf = (x: number): number => {
    return width > 0 ? Math.min(count - 1, Math.floor(((x - range.from) / width) * count)) : 0
  }
  // A bucket is a tile along the numbers of buckets.
  const builder = buildTiles(0)
  const lastXs: number[] = []
  for (let at = firstIndex(xs.length, (index) => (xs[index] ?? NaN) >= range.from); at < xs.length; at += 1) {
    const x = xs[at] ?? NaN
    if (x > range.to) break
    builder.addPoint(bucketOf(x), steps[at] ?? NaN, times[at] ?? NaN, values[at] ?? NaN)
    lastXs[builder.length() - 1] = x
  }
  const tiles = builder.tiles()
  const indexes = [...tiles.numbers.keys()]
  const finite = (column: Float64Array) =>
    indexes.map((at) => ((tiles.finites[at] ?? 0) === 0 ? undefined : column[at]))
  return {
    buckets: [...tiles.numbers],
    xs: lastXs,
    steps: [...tiles.steps],
    times: Array.from(tiles.times, (time) => (Number.isNaN(time) ? undefined : time)),
    lasts: [...tiles.lasts],
    mins: finite(tiles.mins),
    maxs: finite(tiles.maxs),
    means: indexes.map((at) => meanIn(tiles, at)),
    counts: indexes.map((at) => countIn(tiles, at)),
    marks: indexes.flatMap((at) => {
      const [nan = 0, positive = 0, negative = 0] = [tiles.nans[at], tiles.positives[at], tiles.negatives[at]]
      return nan + positive + negative > 0 ? [{ at, nan, positive, negative }] : []
    }),
  }
}

/** Where each point lies; NaN for one without a place. */
function placesOf({ steps, times }: Series, axis: SeriesAxis): Float64Array {
  if (axis.kind === 'step') return steps
  const known = times ?? new Float64Array(steps.length).fill(NaN)
  return axis.kind === 'time' ? known : known.map((atMs) => atMs - axis.sinceMs)
}
