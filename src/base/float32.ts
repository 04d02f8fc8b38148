/**
 * Single-precision numbers as people wrote them.
 */

// Six digits always survive single precision; nine always name one number (IEEE 754). The tiniest numbers have fewer.
const DIGITS = [6, 7, 8, 9] as const
// Most numbers need eight or nine, so whether seven are enough is asked first.
const MANY_DIGITS = [8, 9] as const
const TINY_DIGITS = [1, 2, 3, 4, 5, ...DIGITS] as const
const LEAST_NORMAL = 2 ** -126

/**
 * The double with the fewest decimal digits that still reads back as this single-precision number, so that a 0.1 that
 * went through 32 bits is 0.1 and not 0.10000000149011612.
 *
 * @param value a number that single precision holds; NaN, infinities and -0 are returned as they are
 */
export function decimalOfFloat32(value: number): number {
  if (Number.isInteger(value) || !Number.isFinite(value)) return value
  for (const digits of digitsToTry(value)) {
    const decimal = Number(value.toPrecision(digits))
    if (Math.fround(decimal) === value) return decimal
  }
  return value
}

function digitsToTry(value: number): readonly number[] {
  if (Math.abs(value) < LEAST_NORMAL) return TINY_DIGITS
  return Math.fround(Number(value.toPrecision(7))) === value ? DIGITS : MANY_DIGITS
}
