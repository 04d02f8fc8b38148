/**
 * Columns of nothing but numbers as bytes: doubles one list behind the other, so that a reader looks at them where they
 * lie, and no column is an object with a buffer of its own.
 *
 * A byte for the kind, one for what the writer wants to say, one for how many lists there are, five of nothing; the
 * lists; a byte a row, if there are any. What comes after that is not looked at.
 */

/** Bytes of columns side by side, which are looked at as doubles too. */
export interface ColumnBytes {
  readonly bytes: Uint8Array
  /** The same memory. */
  readonly doubles: Float64Array
}

/** Where a column lies among others. */
export interface ColumnPlace {
  readonly among: ColumnBytes
  readonly offset: number
  readonly length: number
}

/** What V8 serializes begins with 255. */
const PLAIN = 1
const HEAD_BYTES = 8
const DOUBLE_BYTES = 8

/** Writes a column of at least one list. */
export function plainBytes(
  word: number,
  lists: readonly ArrayLike<number>[],
  marks: ArrayLike<number> = [],
): Uint8Array {
  const rows = lists[0]?.length ?? 0
  const marksAt = HEAD_BYTES + lists.length * rows * DOUBLE_BYTES
  const bytes = new Uint8Array(marksAt + marks.length)
  bytes[0] = PLAIN
  bytes[1] = word
  bytes[2] = lists.length
  const doubles = new Float64Array(bytes.buffer, HEAD_BYTES, lists.length * rows)
  for (const [place, list] of lists.entries()) doubles.set(list, place * rows)
  bytes.set(marks, marksAt)
  return bytes
}

/** Looks at bytes of columns, the first of which is at their start. */
export function columnBytes(given: Uint8Array): ColumnBytes {
  // Doubles can only be looked at where a double may begin.
  const bytes = given.byteOffset % DOUBLE_BYTES === 0 ? given : new Uint8Array(given)
  return { bytes, doubles: new Float64Array(bytes.buffer, bytes.byteOffset, Math.floor(bytes.length / DOUBLE_BYTES)) }
}

/** The bytes of one column. */
export function bytesOf({ among, offset, length }: ColumnPlace): Uint8Array {
  return among.bytes.subarray(offset, offset + length)
}

/** Whether a column is a plain one. */
export function isPlain({ among: { bytes }, offset }: ColumnPlace): boolean {
  return bytes[offset] === PLAIN
}

/** A plain column, where it lies: nothing is copied. One takes few bytes, as thousands are opened at once. */
export class PlainColumn {
  /** How many rows it has. */
  readonly count: number
  readonly #among: ColumnBytes
  readonly #offset: number

  /** Opens a column of so many rows. */
  constructor({ among, offset }: ColumnPlace, count: number) {
    this.count = count
    this.#among = among
    this.#offset = offset
  }

  /** What the writer said, below 256. */
  protected word(): number {
    return this.#among.bytes[this.#offset + 1] ?? 0
  }

  /** How many lists it has. */
  protected lists(): number {
    return this.#among.bytes[this.#offset + 2] ?? 0
  }

  /** A list, where it lies. */
  protected list(list: number): Float64Array {
    const from = this.#numberPlace(list, 0)
    return this.#among.doubles.subarray(from, from + this.count)
  }

  /** A number of a list. */
  protected numberAt(list: number, row: number): number {
    return this.#among.doubles[this.#numberPlace(list, row)] ?? NaN
  }

  /** The byte of a row. */
  protected markAt(row: number): number {
    return this.#among.bytes[this.#numberPlace(this.lists(), 0) * DOUBLE_BYTES + row] ?? 0
  }

  #numberPlace(list: number, row: number): number {
    return (this.#offset + HEAD_BYTES) / DOUBLE_BYTES + list * this.count + row
  }
}
