/**
 * Lists of doubles in as few bytes as hold them exactly: a table of thousands of keys is mostly constants, counts and
 * numbers that were a `float32` once.
 *
 * Law: `numberAt(packNumbers(list), i)` is `Object.is` equal to `list[i]`.
 */
import { NumberMemory } from './number-memory.ts'
import { CHUNK_ROWS } from './row-set.ts'

/** A list of doubles. */
export interface PackedNumbers {
  /** Where `values` holds each number only once: the place of each in it. */
  readonly codes?: Uint8Array
  /** The numbers; only one where all are that one. */
  readonly values: NumberArray
}

/** An array that holds numbers of a list. */
type NumberArray = Float64Array | Float32Array | Int32Array | Int16Array | Int8Array

const MOST_CODES = 256
/** Shorter lists are not worth a list of codes. */
const LEAST_CODED = 32

/** Of most metrics every count is 1. */
const ONE: PackedNumbers = { values: Float64Array.of(1) }

/** Packs a list; what comes of it lies in `memory`. */
export function packNumbers(numbers: ArrayLike<number>, memory = new NumberMemory()): PackedNumbers {
  const first = numbers[0] ?? NaN
  if (everyNumber(numbers, (number) => Object.is(number, first))) {
    return Object.is(first, 1) ? ONE : { values: memory.place(Float64Array, [first]) }
  }
  const whole = wholeKind(numbers)
  if (whole === Int8Array) return { values: memory.place(Int8Array, numbers) }
  return coded(numbers, memory) ?? { values: memory.place<NumberArray>(whole ?? floatKind(numbers), numbers) }
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

type WholeKind = typeof Int32Array | typeof Int16Array | typeof Int8Array

function wholeKind(numbers: ArrayLike<number>): WholeKind | undefined {
  let size = 0
  for (let index = 0; index < numbers.length; index += 1) {
    const number = numbers[index] ?? NaN
    // Also tells -0, NaN and infinities, which no list of whole numbers holds.
    if (!Object.is(number | 0, number)) return undefined
    size = Math.max(size, number < 0 ? -1 - number : number)
  }
  if (size <= 0x7f) return Int8Array
  return size <= 0x7fff ? Int16Array : Int32Array
}

// What a column is looked at with lies here: twenty thousand of them would leave as many tables behind.
const codesOfOne = new Uint8Array(CHUNK_ROWS)
const distinct = new Float64Array(MOST_CODES)
/** The code of a number, counted from 1, at the place that its bits lead to or the next that is free. */
const slots = new Uint16Array(4 * MOST_CODES)
const bitsOf = new Float64Array(1)
const halves = new Uint32Array(bitsOf.buffer)

function coded(numbers: ArrayLike<number>, memory: NumberMemory): PackedNumbers | undefined {
  if (numbers.length < LEAST_CODED) return undefined
  const codes = numbers.length <= CHUNK_ROWS ? codesOfOne : new Uint8Array(numbers.length)
  const most = Math.min(MOST_CODES, Math.floor(numbers.length / 4))
  let count = 0
  slots.fill(0)
  for (let index = 0; index < numbers.length; index += 1) {
    const number = numbers[index] ?? NaN
    const slot = slotOf(number)
    if (slots[slot] === 0) {
      if (count === most) return undefined
      distinct[count] = number
      count += 1
      slots[slot] = count
    }
    codes[index] = (slots[slot] ?? 0) - 1
  }
  return {
    codes: memory.place(Uint8Array, codes.subarray(0, numbers.length)),
    values: memory.place(Float64Array, distinct.subarray(0, count)),
  }
}

/** The slot that has a number, or would have it. There are four times as many as codes, so one is free. */
function slotOf(number: number): number {
  bitsOf[0] = number
  const mixed = Math.imul((halves[0] ?? 0) ^ Math.imul(halves[1] ?? 0, 0x9e3779b1), 0x85ebca6b)
  let slot = (mixed ^ (mixed >>> 15)) & (slots.length - 1)
  for (let code = slots[slot] ?? 0; code !== 0; code = slots[slot] ?? 0) {
    if (Object.is(distinct[code - 1], number)) return slot
    slot = (slot + 1) & (slots.length - 1)
  }
  return slot
}

function floatKind(numbers: ArrayLike<number>): typeof Float32Array | typeof Float64Array {
  return everyNumber(numbers, (number) => Object.is(Math.fround(number), number)) ? Float32Array : Float64Array
}

function everyNumber(numbers: ArrayLike<number>, holds: (number: number) => boolean): boolean {
  for (let index = 0; index < numbers.length; index += 1) if (!holds(numbers[index] ?? NaN)) return false
  return true
}
