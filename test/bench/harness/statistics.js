/**
 * The few numbers that a list of samples is reduced to.
 */

/** The middle sample, or the mean of the middle two. */
export function median(/** @type {readonly number[]} */ samples) {
  const sorted = [...samples].sort((left, right) => left - right)
  const middle = Math.floor(sorted.length / 2)
  return sorted.length % 2 === 1 ? sorted[middle] : (sorted[middle - 1] + sorted[middle]) / 2
}
