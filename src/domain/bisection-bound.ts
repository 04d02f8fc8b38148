/**
 * Where good ends and bad begins on the scale of a metric, and on which side of it the runs of a commit are.
 */
import { isWithinTolerance } from './metric-verdict.ts'

/** Which direction is worse, and the last value that is still good. */
export interface Bound {
  readonly worse: 'lower' | 'higher'
  /** A value of exactly this is good. */
  readonly limit: number
  /** `threshold` was given; `tolerance` is that of good; `spread` what repeats of good differ by; `middle` of both. */
  readonly from: 'threshold' | 'tolerance' | 'spread' | 'middle'
}

/** What a bound is made of. */
export interface BoundWishes {
  readonly goal: 'min' | 'max' | 'none'
  /** Values at the good end and at the bad end; none at the bad end when it was never run. */
  readonly good: readonly number[]
  readonly bad: readonly number[]
  readonly threshold?: number
  /** Given or declared; 0 and absent when neither. */
  readonly tolerance?: number
}

/** The mean of at least one value. */
export function meanOf(values: readonly number[]): number {
  return values.reduce((sum, value) => sum + value, 0) / values.length
}

/**
 * The bound between good and bad: a threshold that was given; else good's mean less the tolerance, or less what its
 * repeats differ by where that is more; else the middle of good and bad. `undefined` when nothing tells: no goal and no
 * value at the bad end, or neither a tolerance nor a value.
 */
export function boundOf(wishes: BoundWishes): Bound | undefined {
  const { threshold, tolerance = 0, good, bad } = wishes
  const worse = worseOf(wishes)
  if (worse === undefined) return undefined
  if (threshold !== undefined) return { worse, limit: threshold, from: 'threshold' }
  const centre = meanOf(good)
  const spread = Math.max(...good.map((value) => Math.abs(value - centre)))
  const sign = worse === 'lower' ? -1 : 1
  const band = Math.max(tolerance, spread)
  if (band > 0) return { worse, limit: centre + sign * band, from: tolerance >= spread ? 'tolerance' : 'spread' }
  return bad.length === 0 ? undefined : { worse, limit: (centre + meanOf(bad)) / 2, from: 'middle' }
}

/** The side of the bound that the mean of some values is on; NaN is bad. `isClear` when every value is on that side. */
export function sideOf(
  { worse, limit }: Bound,
  values: readonly number[],
): { readonly verdict: 'good' | 'bad'; readonly isClear: boolean } {
  const isGood = (value: number): boolean => {
    // A value at the limit is good; what arithmetic on the limit rounded is not held against it.
    if (isWithinTolerance(Number.MIN_VALUE, value - limit, Math.max(Math.abs(value), Math.abs(limit)))) return true
    return worse === 'lower' ? value > limit : value < limit
  }
  const verdict = isGood(meanOf(values)) ? 'good' : 'bad'
  return { verdict, isClear: values.every((value) => isGood(value) === (verdict === 'good')) }
}

function worseOf({ goal, good, bad }: BoundWishes): Bound['worse'] | undefined {
  if (goal !== 'none') return goal === 'max' ? 'lower' : 'higher'
  if (bad.length === 0) return undefined
  const [from, to] = [meanOf(good), meanOf(bad)]
  return to === from ? undefined : to < from ? 'lower' : 'higher'
}
