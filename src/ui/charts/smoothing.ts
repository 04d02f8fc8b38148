/**
 * Smoothing: an exponential mean that owes nothing to where it started, as TensorBoard draws it.
 */

/**
 * Smooths values, each of which stands for `counts` points. `weight` from 0, no smoothing, to below 1. Gaps stay gaps
 * and do not count.
 */
export function smoothed(
  values: readonly (number | null)[],
  counts: readonly number[],
  weight: number,
): readonly (number | null)[] {
  let sum = 0
  let share = 0
  return values.map((value, index) => {
    if (value === null) return null
    const keep = weight ** (counts[index] ?? 1)
    sum = sum * keep + value * (1 - keep)
    share = share * keep + (1 - keep)
    return share === 0 ? value : sum / share
  })
}
