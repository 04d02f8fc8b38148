/**
 * Whether a number survived being read. Rounding to the nearest double is expected of a float; becoming infinite or
 * zero is another number.
 */

/** Tells whether a float overflowed to infinity or underflowed to zero on the way from its text. */
export function isNumberLost(text: string, value: number): boolean {
  if (Number.isFinite(value) && value !== 0) return false
  if (value === 0) return /[1-9]/.test(text.split(/[eE]/, 1)[0] ?? '')
  return !Number.isNaN(value) && !/inf/i.test(text)
}
