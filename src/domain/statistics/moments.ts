/**
 * The mean of a sample and how far its numbers lie apart.
 */

/** Mean and standard deviation of a sample; the deviation is 0 for one number, and no numbers have none of the two. */
export function momentsOf(sample: readonly number[]): { readonly mean: number; readonly deviation: number } {
  const count = sample.length
  const mean = sample.reduce((sum, value) => sum + value, 0) / count
  const squares = sample.reduce((sum, value) => sum + (value - mean) ** 2, 0)
  return { mean, deviation: count < 2 ? 0 : Math.sqrt(squares / (count - 1)) }
}
