/**
 * Ranks, and how far two columns go the same way: Spearman, The proof and measurement of association between two
 * things, American Journal of Psychology 15 (1904).
 */
import type { Interval } from './spread.ts'

const NORMAL = 1.96

/** A correlation of ranks from -1 to 1 with its 95 % interval, over so many pairs. */
export interface RankCorrelation extends Interval {
  readonly count: number
}

/** Ranks from 1; equal values share the mean of theirs. */
export function ranksOf(values: ArrayLike<number>): Float64Array {
  const order = Int32Array.from({ length: values.length }, (_, index) => index)
  order.sort((left, right) => (values[left] ?? 0) - (values[right] ?? 0))
  const ranks = new Float64Array(values.length)
  for (let from = 0; from < order.length;) {
    let until = from + 1
    while (until < order.length && values[order[until] ?? 0] === values[order[from] ?? 0]) until += 1
    for (let at = from; at < until; at += 1) ranks[order[at] ?? 0] = (from + until + 1) / 2
    from = until
  }
  return ranks
}

/**
 * Spearman's correlation of two columns of one length. The interval is Fisher's with the variance of Bonett and Wright,
 * Sample size requirements for estimating Pearson, Kendall and Spearman correlations, Psychometrika 65 (2000).
 * `undefined` for fewer than four pairs or where a column does not vary.
 */
export function rankCorrelation(left: ArrayLike<number>, right: ArrayLike<number>): RankCorrelation | undefined {
  const count = left.length
  if (count < 4) return undefined
  const value = pearson(ranksOf(left), ranksOf(right))
  if (value === undefined) return undefined
  const half = NORMAL * Math.sqrt((1 + value ** 2 / 2) / (count - 3))
  const centre = Math.atanh(Math.min(1, Math.max(-1, value)))
  if (!Number.isFinite(centre)) return { value, low: value, high: value, count }
  return { value, low: Math.tanh(centre - half), high: Math.tanh(centre + half), count }
}

function pearson(left: Float64Array, right: Float64Array): number | undefined {
  // Ranks always have this mean.
  const mean = (left.length + 1) / 2
  let [both, lefts, rights] = [0, 0, 0]
  for (let index = 0; index < left.length; index += 1) {
    const [x, y] = [(left[index] ?? 0) - mean, (right[index] ?? 0) - mean]
    both += x * y
    lefts += x * x
    rights += y * y
  }
  return lefts === 0 || rights === 0 ? undefined : both / Math.sqrt(lefts * rights)
}
