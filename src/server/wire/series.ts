/**
 * Series: points laid along an axis and cut into buckets.
 */
import type { WireRule } from './content.ts'

/**
 * `GET /api/run/:id/series?metric=&metric=&x=step|time|elapsed&from=&to=&points=`: series of one run, at most 64
 * metrics at once. `x` is what the points are laid along: steps, milliseconds since the epoch, or milliseconds since
 * the start of the run. `from` and `to` are the range that is seen, both within; all when absent. `points` is how
 * many buckets the range is cut into, 1200 when absent, at most 10000.
 */
export interface WireSeriesSet {
  readonly run: string
  readonly x: 'step' | 'time' | 'elapsed'
  readonly isLive: boolean
  readonly series: readonly WireSeries[]
}

/**
 * One series within the range. No point is lost: each belongs to one bucket, whose least and greatest value are those
 * of its points. All columns have one length. Where a bucket holds one point, `mins`, `maxs`, `lasts` and `means` are
 * that point. Buckets with the same `from`, `to` and `points` are the same for every run, so series can share an axis.
 */
export interface WireSeries {
  readonly metric: string
  readonly rule: WireRule
  /** Points of the whole series. */
  readonly total: number
  /** False when only a summary of the series is in this clone: some points are missing between those that are. */
  readonly isComplete: boolean
  /** The least and greatest x of the whole series; `null` without points that have an x. */
  readonly extent: { readonly from: number; readonly to: number } | null
  /** The range that was cut into buckets; `null` without points. */
  readonly range: { readonly from: number; readonly to: number; readonly points: number } | null
  /** Which bucket of the range, from 0, ascending; empty buckets are left out. */
  readonly buckets: readonly number[]
  /** The x, step and time of the last point of each bucket. */
  readonly xs: readonly number[]
  readonly steps: readonly number[]
  readonly times: readonly (number | null)[]
  /** The least, greatest and mean of the finite values; `null` where there are none. */
  readonly mins: readonly (number | null)[]
  readonly maxs: readonly (number | null)[]
  readonly means: readonly (number | null)[]
  /** The value of the last point; `null` where it is not finite. */
  readonly lasts: readonly (number | null)[]
  /** Points in the bucket. */
  readonly counts: readonly number[]
  /** Buckets that hold values which are not finite: draw a mark there. `at` is an index into the columns. */
  readonly marks: readonly {
    readonly at: number
    readonly nan: number
    readonly positive: number
    readonly negative: number
  }[]
}
