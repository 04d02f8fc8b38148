/**
 * Sets of rows of one chunk of a table: which rows have a key, and which of them are chosen.
 */

/** Rows of a chunk that have something, in order. */
export interface RowSet {
  /** How many they are. */
  readonly count: number
  /** The rows, ascending; absent when it is every row. */
  readonly rows?: Uint16Array
  /** A bit a row, least first; absent when it is every row, or few. */
  readonly bits?: Uint32Array
}

/** A chunk has at most so many rows. */
export const CHUNK_ROWS = 1024
const CHUNK_BITS = 10

/** A row of a table, told by its chunk and its place there. A table has at most four million chunks. */
export function rowAt(chunk: number, place: number): number {
  return chunk * CHUNK_ROWS + place
}

/** The chunk of a row. */
export function chunkOfRow(row: number): number {
  return row >>> CHUNK_BITS
}

/** The place of a row in its chunk. */
export function placeOfRow(row: number): number {
  return row & (CHUNK_ROWS - 1)
}

const FEW = 64

/** Makes a set of ascending rows of a chunk of `size` rows. */
export function rowSet(rows: ArrayLike<number>, size: number): RowSet {
  if (rows.length === size) return everyRow(size)
  const list = new Uint16Array(rows)
  return { count: list.length, rows: list, ...(list.length <= FEW ? {} : { bits: bitsOf(list, size) }) }
}

const whole: RowSet[] = []

/** One for all columns that every run has: there are thousands of them. */
function everyRow(size: number): RowSet {
  return (whole[size] ??= { count: size })
}

/** The place of a row among those of the set; -1 when it is none of them. */
export function placeInSet({ rows }: RowSet, row: number): number {
  if (rows === undefined) return row
  let low = 0
  let high = rows.length - 1
  while (low <= high) {
    const middle = (low + high) >> 1
    const found = rows[middle] ?? 0
    if (found === row) return middle
    if (found < row) low = middle + 1
    else high = middle - 1
  }
  return -1
}

/** How many rows of the set are chosen. `chosen` has a bit for each row of the chunk, `count` of which are set. */
export function countChosen({ rows, bits }: RowSet, chosen: Uint32Array, count: number): number {
  if (rows === undefined) return count
  let found = 0
  if (bits === undefined) {
    for (const row of rows) found += bitAt(chosen, row) ? 1 : 0
    return found
  }
  for (let word = 0; word < bits.length; word += 1) found += ones((bits[word] ?? 0) & (chosen[word] ?? 0))
  return found
}

/** How many bits are set. */
export function countBits(bits: Uint32Array): number {
  let found = 0
  for (const word of bits) found += ones(word)
  return found
}

/** Whether the bit of a row is set. */
export function bitAt(bits: Uint32Array, row: number): boolean {
  return (((bits[row >> 5] ?? 0) >>> (row & 31)) & 1) === 1
}

/** Sets the bit of a row. */
export function setBit(bits: Uint32Array, row: number): void {
  bits[row >> 5] = (bits[row >> 5] ?? 0) | (1 << (row & 31))
}

/** No row of a chunk of `size` rows. */
export function noBits(size: number): Uint32Array {
  return new Uint32Array((size + 31) >> 5)
}

function bitsOf(rows: Uint16Array, size: number): Uint32Array {
  const bits = noBits(size)
  for (const row of rows) setBit(bits, row)
  return bits
}

/** Bits that are set in 32. */
function ones(word: number): number {
  const pairs = word - ((word >>> 1) & 0x55555555)
  const fours = (pairs & 0x33333333) + ((pairs >>> 2) & 0x33333333)
  return (((fours + (fours >>> 4)) & 0x0f0f0f0f) * 0x01010101) >>> 24
}
