/**
 * Series: points laid along an axis and cut into buckets.
 */
import type { WireRule } from './content.ts'

/**
 * `GET /api/run/:id/series?metric=&metric=&x=step|time|elapsed&from=&to=&points=`: series of one run, at most 64
 * metrics at once. `x` is what the points are laid along: steps, milliseconds since the epoch, or milliseconds since
 * the start of the run. `from` and `to` are the range that is seen, both within; all when absent. `points` is the
 * number of buckets that the range is cut into at most, 1200 when absent, at most 10000; there are more than half as
 * many, and one more where the range begins within one.
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
 * that point. Buckets are a power of two wide and lie where their number says, so that series of several runs share
 * their edges: from `number * width` to before the next, along time from the start of the run on.
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
  /** How wide a bucket is along x. */
  readonly width: number
  /** The number of each bucket, ascending; empty buckets are left out. */
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

/**
 * `GET /api/series?runs=a,b&metric=&metric=&x=step|time|elapsed|metric:KEY&from=&to=&points=&since=`: lines of up to
 * 100 runs and 64 metrics, 400 in all, cut into the same buckets: those of the widest range that any of them has, where
 * none is given. `x=metric:KEY` lays points along the values that another metric of the run had at the same step.
 * `since` is the cursor of each line, in the order of runs and of their metrics, separated by commas: then a line that
 * goes on is answered from the first bucket on that changed.
 */
export interface WireLines {
  /** As it was asked for. */
  readonly x: string
  /** What was cut; `null` where there are no points. */
  readonly range: { readonly from: number; readonly to: number; readonly points: number } | null
  /** Run by run as they were asked for, and of each its metrics; those without points are left out. */
  readonly lines: readonly WireLine[]
  /** Where no metric is asked for: those of the runs that have more than one point in any of them, by name. */
  readonly keys: readonly string[] | null
  /** Runs that are still being written. */
  readonly live: readonly string[]
  /** Runs whose points are still being read: ask again for these. */
  readonly pending: readonly string[]
  /** Runs that cannot be shown, and why. */
  readonly refused: readonly { readonly run: string; readonly code: string; readonly what: string }[]
}

/** One line, as `WireSeries` has it; what can be told from the rest is `null`. */
export interface WireLine {
  readonly run: string
  readonly metric: string
  readonly rule: WireRule
  readonly total: number
  readonly isComplete: boolean
  readonly extent: { readonly from: number; readonly to: number } | null
  /** How far the line is; hand it back as `since`. `null` where there is no such thing. */
  readonly cursor: string | null
  /** The line is that of the cursor up to this bucket, and goes on with these; `null` where these are all. */
  readonly replacesFrom: number | null
  /** How wide a bucket is along x: a power of two, and for all lines that are answered whole the same one. */
  readonly width: number
  readonly buckets: readonly number[]
  readonly xs: readonly number[]
  /** `null` where they are `xs`. */
  readonly steps: readonly number[] | null
  readonly lasts: readonly (number | null)[]
  /** `null` where every bucket holds one point. */
  readonly mins: readonly (number | null)[] | null
  readonly maxs: readonly (number | null)[] | null
  readonly means: readonly (number | null)[] | null
  readonly counts: readonly number[] | null
  readonly marks: WireSeries['marks']
  /** The nearest finite points outside of the range that was asked for, to draw the line up to its edges. */
  readonly before: WirePoint | null
  readonly after: WirePoint | null
}

/** A point: where it lies along x, and its value, which is finite. */
export interface WirePoint {
  readonly x: number
  readonly value: number
}
