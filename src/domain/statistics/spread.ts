/**
 * What a sample of numbers says: its mean with an interval, and the five numbers of a box.
 */
import { studentPoint } from './student.ts'

/** A value between the ends of its 95 % interval. */
export interface Interval {
  readonly value: number
  readonly low: number
  readonly high: number
}

/** A sample as a bar and as a box. */
export interface SampleSpread {
  readonly count: number
  /** The ends are where Student's interval of the mean ends; absent for one value, which has none. */
  readonly mean: number
  readonly interval: Interval | undefined
  /** The standard deviation of a sample; 0 for one value. */
  readonly deviation: number
  readonly min: number
  readonly max: number
  readonly quarter: number
  readonly median: number
  readonly threeQuarters: number
  /** The least and greatest value within one and a half boxes of the box: Tukey, Exploratory Data Analysis (1977). */
  readonly whiskers: { readonly low: number; readonly high: number }
}

/** Describes finite numbers in any order; `undefined` for none. */
export function spreadOfSample(values: readonly number[]): SampleSpread | undefined {
  const sorted = [...values].sort((left, right) => left - right)
  const [min, max] = [sorted[0], sorted.at(-1)]
  if (min === undefined || max === undefined) return undefined
  const count = sorted.length
  const mean = sorted.reduce((sum, value) => sum + value / count, 0)
  const squares = sorted.reduce((sum, value) => sum + (value - mean) ** 2, 0)
  const deviation = min === max || count === 1 ? 0 : Math.sqrt(squares / (count - 1))
  const half = count === 1 ? undefined : (studentPoint(count - 1) * deviation) / Math.sqrt(count)
  const [quarter, median, threeQuarters] = [quantileOf(sorted, 0.25), quantileOf(sorted, 0.5), quantileOf(sorted, 0.75)]
  const reach = 1.5 * (threeQuarters - quarter)
  return {
    count,
    mean,
    interval: half === undefined ? undefined : { value: mean, low: mean - half, high: mean + half },
    deviation,
    min,
    max,
    quarter,
    median,
    threeQuarters,
    whiskers: {
      low: sorted.find((value) => value >= quarter - reach) ?? min,
      high: sorted.findLast((value) => value <= threeQuarters + reach) ?? max,
    },
  }
}

/** A quantile of ascending numbers, between two of them in proportion (type 7 of Hyndman and Fan, 1996). */
export function quantileOf(sorted: readonly number[], part: number): number {
  const place = (sorted.length - 1) * part
  const [below, above] = [sorted[Math.floor(place)] ?? NaN, sorted[Math.ceil(place)] ?? NaN]
  return below === above ? below : below + (above - below) * (place - Math.floor(place))
}
