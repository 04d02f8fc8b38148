/**
 * Thrift's compact protocol, as far as the head of a Parquet footer needs it: structs read field by field, with what is
 * not known skipped. Source: thrift-compact-protocol.md of Apache Thrift.
 *
 * Every read is bounded by the bytes given; damaged or hostile bytes end in `ThriftError`, never in a long loop.
 */

/** The bytes are not what the protocol says. */
export class ThriftError extends Error {
  override readonly name = 'ThriftError'
}

/** Types on the wire. */
export const THRIFT = {
  stop: 0,
  true: 1,
  false: 2,
  byte: 3,
  i16: 4,
  i32: 5,
  i64: 6,
  double: 7,
  binary: 8,
  list: 9,
  struct: 12,
} as const

const LIST = 9
const SET = 10
const MAP = 11
const STRUCT = 12
const DEPTH_LIMIT = 32
const VARINT_LIMIT_BYTES = 10
const DOUBLE_BYTES = 8
const LONG_SIZE = 15

/** A reader at a place in the bytes. */
export class ThriftReader {
  readonly #bytes: Uint8Array
  #at: number

  constructor(bytes: Uint8Array, at = 0) {
    this.#bytes = bytes
    this.#at = at
  }

  /** Where it stands: the first byte that was not read. */
  get at(): number {
    return this.#at
  }

  /**
   * Reads a struct: calls `take` with each field's id and type; `take` reads the value and returns true, or returns
   * false without reading, and it is skipped. Returning `stop` ends the reading of the whole at once.
   */
  struct(take: (id: number, type: number) => boolean | 'stop', depth = 0): void {
    checkDepth(depth)
    for (let id = 0; ;) {
      const head = this.#byte()
      const type = head & 0x0f
      if (type === THRIFT.stop) return
      const delta = head >> 4
      id = delta === 0 ? this.integer() : id + delta
      const taken = take(id, type)
      if (taken === 'stop') return
      if (!taken) this.#skip(type, depth + 1)
    }
  }

  /** Reads the head of a list: how many items, of which type. */
  list(): { readonly count: number; readonly type: number } {
    const head = this.#byte()
    const count = head >> 4 === LONG_SIZE ? this.#varint() : head >> 4
    // Every item takes a byte at least, so a count beyond the bytes is a lie.
    if (count > this.#bytes.length - this.#at) throw new ThriftError('a list is longer than the bytes')
    return { count, type: head & 0x0f }
  }

  /** Reads an i16, i32 or i64 of less than 2^52. */
  integer(): number {
    const value = this.#varint()
    if (!Number.isSafeInteger(value)) throw new ThriftError('an integer is too large')
    return value % 2 === 0 ? value / 2 : -(value + 1) / 2
  }

  /** Reads an i8. */
  byte(): number {
    return (this.#byte() << 24) >> 24
  }

  /** Reads a string. */
  text(): string {
    const length = this.#varint()
    const end = this.#at + length
    if (end > this.#bytes.length) throw new ThriftError('a string is longer than the bytes')
    const text = new TextDecoder().decode(this.#bytes.subarray(this.#at, end))
    this.#at = end
    return text
  }

  #skip(type: number, depth: number): void {
    checkDepth(depth)
    if (type === THRIFT.true || type === THRIFT.false) return
    if (type === THRIFT.byte) this.#advance(1)
    else if (type === THRIFT.i16 || type === THRIFT.i32 || type === THRIFT.i64) this.#varint()
    else if (type === THRIFT.double) this.#advance(DOUBLE_BYTES)
    else if (type === THRIFT.binary) this.#advance(this.#varint())
    else if (type === LIST || type === SET) this.#skipList(depth)
    else if (type === MAP) this.#skipMap(depth)
    else if (type === STRUCT) this.struct(() => false, depth + 1)
    else throw new ThriftError(`there is no type ${type}`)
  }

  #skipList(depth: number): void {
    const { count, type } = this.list()
    for (let item = 0; item < count; item += 1) this.#skipItem(type, depth)
  }

  #skipMap(depth: number): void {
    const count = this.#varint()
    if (count === 0) return
    if (count > this.#bytes.length - this.#at) throw new ThriftError('a map is longer than the bytes')
    const types = this.#byte()
    for (let item = 0; item < count; item += 1) {
      this.#skipItem(types >> 4, depth)
      this.#skipItem(types & 0x0f, depth)
    }
  }

  /** In lists and maps a truth value is a byte of its own. */
  #skipItem(type: number, depth: number): void {
    if (type === THRIFT.true || type === THRIFT.false) this.#advance(1)
    else this.#skip(type, depth + 1)
  }

  /** Beyond 2^53 the last digits are lost, and nobody uses them. */
  #varint(): number {
    let value = 0
    for (let byte = 0; byte < VARINT_LIMIT_BYTES; byte += 1) {
      const next = this.#byte()
      value += (next & 0x7f) * 2 ** (7 * byte)
      if (next < 0x80) return value
    }
    throw new ThriftError('an integer has too many bytes')
  }

  #byte(): number {
    const byte = this.#bytes[this.#at]
    if (byte === undefined) throw new ThriftError('the bytes end too early')
    this.#at += 1
    return byte
  }

  #advance(count: number): void {
    this.#at += count
    if (this.#at > this.#bytes.length) throw new ThriftError('the bytes end too early')
  }
}

function checkDepth(depth: number): void {
  if (depth > DEPTH_LIMIT) throw new ThriftError('structs are nested too deep')
}
