/**
 * Numbers at a place of a canonical document, read without cutting them out of it. What these functions read, the
 * strict reader reads as the same number; of anything else they say nothing.
 */
import { readCanonicalYaml } from '../../base/canonical-yaml-read.ts'

/** A place in a text. Readers move it on, or say that what stands there is not for them. */
export interface Scan {
  readonly text: string
  at: number
  /** Something unusual was met: whoever reads whole documents must read this one. */
  isUnusual: boolean
}

const NEWLINE = 10
const DASH = 45
const DOT = 46
const ZERO = 48
const NINE = 57

/** Integers below it are exact as doubles, however they were added up. */
const EXACT_BELOW = 2 ** 53
/** Powers of ten that are exact as doubles, so that dividing by one rounds once. */
const TEN_TO_THE = Float64Array.from({ length: 23 }, (_, power) => Number(`1e${power}`))
/** An integer of so many digits is exact as a double. */
const INTEGER_DIGITS = 15
/** So many characters of digits and a dot can neither overflow nor vanish. */
const PLAIN_LENGTH = 40

/** Reads a number and the end of its line; an integer as the float it is. */
export function scanNumber(scan: Scan): number {
  const value = scanAnyNumber(scan)
  return typeof value === 'bigint' ? Number(value) : value
}

/** Reads an integer within ±2^53 and the end of its line. */
export function scanInteger(scan: Scan): number {
  const value = scanAnyNumber(scan)
  const integer = typeof value === 'bigint' ? Number(value) : NaN
  if (!Number.isSafeInteger(integer)) scan.isUnusual = true
  return integer
}

/** Reads a number and the end of its line: an integer as `bigint`, a float as `number`. */
export function scanAnyNumber(scan: Scan): number | bigint {
  const { text } = scan
  const isNegative = text.charCodeAt(scan.at) === DASH
  const first = isNegative ? scan.at + 1 : scan.at
  let at = first
  let mantissa = 0
  let code = text.charCodeAt(at)
  while (code >= ZERO && code <= NINE) {
    mantissa = mantissa * 10 + (code - ZERO)
    at += 1
    code = text.charCodeAt(at)
  }
  const dot = at
  const hasLeadingZero = dot - first > 1 && text.charCodeAt(first) === ZERO
  if (dot === first || hasLeadingZero) return scanOddNumber(scan)
  if (code === NEWLINE) {
    if (dot - first > INTEGER_DIGITS || (isNegative && mantissa === 0)) return scanOddNumber(scan)
    scan.at = at + 1
    return BigInt(isNegative ? -mantissa : mantissa)
  }
  if (code !== DOT) return scanOddNumber(scan)
  at += 1
  code = text.charCodeAt(at)
  while (code >= ZERO && code <= NINE) {
    mantissa = mantissa * 10 + (code - ZERO)
    at += 1
    code = text.charCodeAt(at)
  }
  const decimals = at - dot - 1
  if (code !== NEWLINE || decimals === 0 || at - first > PLAIN_LENGTH) return scanOddNumber(scan)
  scan.at = at + 1
  const power = TEN_TO_THE[decimals]
  // One division of two exact numbers is rounded as the text itself would be.
  const value = mantissa < EXACT_BELOW && power !== undefined ? mantissa / power : Number(text.slice(first, at))
  return isNegative ? -value : value
}

/** Exponents, infinities, NaN, and integers of any size: the reader of whole documents knows them. */
function scanOddNumber(scan: Scan): number | bigint {
  const end = scan.text.indexOf('\n', scan.at)
  const value = readCanonicalYaml(`k: ${scan.text.slice(scan.at, end === -1 ? undefined : end)}\n`)?.get('k')
  if (end !== -1 && (typeof value === 'number' || typeof value === 'bigint')) {
    scan.at = end + 1
    return value
  }
  scan.isUnusual = true
  return 0
}
