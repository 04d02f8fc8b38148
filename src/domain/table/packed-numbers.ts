/**
 * Lists of doubles in as few bytes as hold them exactly: a table of thousands of keys is mostly constants, counts and
 * numbers that were a `float32` once.
 *
 * Law: `numberAt(packNumbers(list), i)` is `Object.is` equal to `list[i]`.
 */

/** A list of doubles. */
export interface PackedNumbers {
  /** Where `values` holds each number only once: the place of each in it. */
  readonly codes?: Uint8Array
  /** The numbers; only one where all are that one. */
  readonly values: NumberArray
}

type NumberArray = Float64Array | Float32Array | Int32Array | Int16Array | Int8Array

const MOST_CODES = 256
/** Shorter lists are not worth a list of codes. */
const LEAST_CODED = 32

/** Of most metrics every count is 1. */
const ONE: PackedNumbers = { values: Float64Array.of(1) }

/** Packs a list. */
export function packNumbers(numbers: ArrayLike<number>): PackedNumbers {
  const first = numbers[0] ?? NaN
  if (everyNumber(numbers, (number) => Object.is(number, first))) {
    return Object.is(first, 1) ? ONE : { values: Float64Array.of(first) }
  }
  const whole = wholeArray(numbers)
  if (whole?.BYTES_PER_ELEMENT === 1) return { values: whole }
  return coded(numbers) ?? { values: whole ?? floatArray(numbers) }
}

/** A number of a list; `index` is one of its places. */
export function numberAt({ codes, values }: PackedNumbers, index: number): number {
  const place = codes === undefined ? (values.length === 1 ? 0 : index) : (codes[index] ?? 0)
  return values[place] ?? NaN
}

/** Whether all numbers of a list are the same. */
export function isOneNumber({ codes, values }: PackedNumbers): boolean {
  return codes === undefined && values.length === 1
}

function wholeArray(numbers: ArrayLike<number>): Int32Array | Int16Array | Int8Array | undefined {
  let size = 0
  for (let index = 0; index < numbers.length; index += 1) {
    const number = numbers[index] ?? NaN
    // Also tells -0, NaN and infinities, which no list of whole numbers holds.
    if (!Object.is(number | 0, number)) return undefined
    size = Math.max(size, number < 0 ? -1 - number : number)
  }
  if (size <= 0x7f) return new Int8Array(numbers)
  return size <= 0x7fff ? new Int16Array(numbers) : new Int32Array(numbers)
}

function coded(numbers: ArrayLike<number>): PackedNumbers | undefined {
  if (numbers.length < LEAST_CODED) return undefined
  const places = new Map<number, number>()
  const codes = new Uint8Array(numbers.length)
  for (let index = 0; index < numbers.length; index += 1) {
    const number = numbers[index] ?? NaN
    // A map takes both zeros for one.
    if (Object.is(number, -0)) return undefined
    const place = places.get(number) ?? places.size
    if (place === MOST_CODES || place > numbers.length / 4) return undefined
    places.set(number, place)
    codes[index] = place
  }
  return { codes, values: Float64Array.from(places.keys()) }
}

function floatArray(numbers: ArrayLike<number>): Float32Array | Float64Array {
  const isSingle = everyNumber(numbers, (number) => Object.is(Math.fround(number), number))
  return isSingle ? new Float32Array(numbers) : new Float64Array(numbers)
}

function everyNumber(numbers: ArrayLike<number>, holds: (number: number) => boolean): boolean {
  for (let index = 0; index < numbers.length; index += 1) if (!holds(numbers[index] ?? NaN)) return false
  return true
}
