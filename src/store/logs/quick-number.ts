/**
 * Numbers of JSON from bytes, without a string for each. A run logs millions of them.
 *
 * Law: what is read is what `Number` reads from the same text, bit for bit; what cannot be read so is left alone.
 */

/** Reads numbers one after the other. */
export interface NumberScanner {
  /** The value of the number that was read last. */
  value: number
  /**
   * Reads the number that starts at an offset, or a bare NaN, Infinity or -Infinity. Returns the offset after it; -1
   * when there is none, and when it is lost to infinity or zero.
   */
  readonly scan: (bytes: Buffer, start: number, end: number) => number
}

const ZERO = 48
const NINE = 57
const MINUS = 45
const PLUS = 43
const DOT = 46
const LOWER_E = 101
const UPPER_E = 69
const N = 78
const I = 73

/** Integers below this and powers of ten up to 10^22 are exact, and so is one operation on them (Clinger 1990). */
const EXACT_BELOW = 2 ** 53
const EXACT_POWERS = Array.from({ length: 23 }, (_, power) => Number(`1e${power}`))

/** Makes a scanner. */
export function numberScanner(): NumberScanner {
  const scanner: NumberScanner = { value: NaN, scan: (bytes, start, end) => scanNumber(scanner, bytes, start, end) }
  return scanner
}

function scanNumber(scanner: NumberScanner, bytes: Buffer, start: number, end: number): number {
  let at = start
  const isNegative = bytes[at] === MINUS
  if (isNegative) at += 1
  const first = bytes[at] ?? 0
  if (first < ZERO || first > NINE) return scanWord(scanner, bytes, start, end)
  let mantissa = 0
  let fraction = 0
  let digit = first
  while (digit >= ZERO && digit <= NINE) {
    mantissa = mantissa * 10 + (digit - ZERO)
    digit = bytes[++at] ?? 0
  }
  // JSON has no leading zeros.
  if (first === ZERO && at - start > (isNegative ? 2 : 1)) return -1
  let isInteger = true
  if (digit === DOT) {
    isInteger = false
    const dot = at
    digit = bytes[++at] ?? 0
    while (digit >= ZERO && digit <= NINE) {
      mantissa = mantissa * 10 + (digit - ZERO)
      digit = bytes[++at] ?? 0
    }
    fraction = at - dot - 1
    if (fraction === 0) return -1
  }
  if (digit === LOWER_E || digit === UPPER_E) {
    at = exponentEnd(bytes, at + 1)
    return at === -1 ? -1 : slowNumber(scanner, bytes, start, at)
  }
  if (mantissa >= EXACT_BELOW || fraction > 22 || mantissa === 0) {
    return isInteger && mantissa === 0 ? integerZero(scanner, at) : slowNumber(scanner, bytes, start, at)
  }
  const value = mantissa / (EXACT_POWERS[fraction] ?? NaN)
  scanner.value = isNegative ? -value : value
  return at
}

/** An integer has no negative zero. */
function integerZero(scanner: NumberScanner, at: number): number {
  scanner.value = 0
  return at
}

function exponentEnd(bytes: Buffer, start: number): number {
  let at = bytes[start] === PLUS || bytes[start] === MINUS ? start + 1 : start
  const digits = at
  while (isDigit(bytes[at])) at += 1
  return at === digits ? -1 : at
}

function isDigit(byte: number | undefined): boolean {
  return byte !== undefined && byte >= ZERO && byte <= NINE
}

function slowNumber(scanner: NumberScanner, bytes: Buffer, start: number, end: number): number {
  const text = bytes.toString('latin1', start, end)
  const value = Number(text)
  if (!Number.isFinite(value) || (value === 0 && /[1-9]/.test(text.split(/[eE]/, 1)[0] ?? ''))) return -1
  scanner.value = value
  return end
}

function scanWord(scanner: NumberScanner, bytes: Buffer, start: number, end: number): number {
  const first = bytes[start]
  const length = first === N ? 3 : first === I ? 8 : first === MINUS ? 9 : 0
  if (length === 0 || start + length > end) return -1
  const word = bytes.toString('latin1', start, start + length)
  if (word !== 'NaN' && word !== 'Infinity' && word !== '-Infinity') return -1
  scanner.value = Number(word)
  return start + length
}
