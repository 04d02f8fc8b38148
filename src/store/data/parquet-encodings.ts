/**
 * Values of one Parquet page, as they are written. Source: parquet-format, Encodings.md.
 *
 * Law: bytes are anybody's. No more memory is taken than the number of values that was asked for and the bytes at hand
 * make up, every loop ends with the bytes, and what does not add up ends in `ParquetProblem`.
 */
import { BitReader, decodeHybrid, readVarint } from './parquet-bits.ts'
import { damaged, ParquetProblem } from './parquet-problem.ts'

/** Physical types, Type of parquet.thrift. */
export const PHYSICAL = {
  boolean: 0,
  int32: 1,
  int64: 2,
  int96: 3,
  float: 4,
  double: 5,
  bytes: 6,
  fixed: 7,
} as const

/** Encodings that are read, Encoding of parquet.thrift. */
export const ENCODING = {
  plain: 0,
  plainDictionary: 2,
  rle: 3,
  delta: 5,
  deltaLength: 6,
  deltaBytes: 7,
  dictionary: 8,
  split: 9,
} as const

/** Values without what their type means. */
export type RawValues =
  | { readonly kind: 'booleans'; readonly values: Uint8Array }
  | { readonly kind: 'integers'; readonly values: Int32Array | BigInt64Array }
  | { readonly kind: 'floats'; readonly values: Float32Array | Float64Array }
  | ByteValues

/** Strings of bytes, each a part of `bytes`. */
export interface ByteValues {
  readonly kind: 'bytes'
  readonly bytes: Uint8Array
  readonly starts: Uint32Array
  readonly ends: Uint32Array
}

/** How values are written. */
export interface ValueEncoding {
  readonly encoding: number
  readonly physical: number
  /** Bytes of a value of fixed length. */
  readonly length: number | undefined
}

const INT96_BYTES = 12
/** Strings of a page with their shared beginnings written out. */
const LIMIT_JOINED_BYTES = 64 * 1024 * 1024

/** Reads so many values; of a dictionary their places are read by `decodeHybrid`. @throws `ParquetProblem` */
export function decodeValues(bytes: Uint8Array, count: number, how: ValueEncoding): RawValues {
  const { encoding, physical } = how
  if (encoding === ENCODING.plain) return plainValues(bytes, count, how)
  if (encoding === ENCODING.rle && physical === PHYSICAL.boolean) return runBooleans(bytes, count)
  if (encoding === ENCODING.delta && (physical === PHYSICAL.int32 || physical === PHYSICAL.int64)) {
    return {
      kind: 'integers',
      values: physical === PHYSICAL.int32 ? deltaNarrow(bytes, count).values : deltaWide(bytes, count),
    }
  }
  if (encoding === ENCODING.deltaLength && physical === PHYSICAL.bytes) return deltaLengthBytes(bytes, count)
  if (encoding === ENCODING.deltaBytes && (physical === PHYSICAL.bytes || physical === PHYSICAL.fixed)) {
    return deltaBytes(bytes, count)
  }
  if (encoding === ENCODING.split) return plainValues(unsplit(bytes, count, how), count, how)
  throw new ParquetProblem(`encoding ${encoding} is not read`)
}

function plainValues(bytes: Uint8Array, count: number, how: ValueEncoding): RawValues {
  if (how.physical === PHYSICAL.boolean) {
    if (count > bytes.length * 8) throw damaged('a page ends before its values')
    const values = new Uint8Array(count)
    const bits = new BitReader(bytes, 0)
    for (let index = 0; index < count; index += 1) values[index] = bits.read(1)
    return { kind: 'booleans', values }
  }
  if (how.physical === PHYSICAL.bytes) return lengthPrefixed(bytes, count)
  const width = widthOf(how)
  if (width * count > bytes.length) throw damaged('a page ends before its values')
  // A copy, so that it lies where arrays of numbers may lie.
  const own = new Uint8Array(bytes.subarray(0, width * count))
  switch (how.physical) {
    case PHYSICAL.int32:
      return { kind: 'integers', values: new Int32Array(own.buffer) }
    case PHYSICAL.int64:
      return { kind: 'integers', values: new BigInt64Array(own.buffer) }
    case PHYSICAL.float:
      return { kind: 'floats', values: new Float32Array(own.buffer) }
    case PHYSICAL.double:
      return { kind: 'floats', values: new Float64Array(own.buffer) }
    default:
      return strided(own, count, width)
  }
}

function widthOf({ physical, length }: ValueEncoding): number {
  if (physical === PHYSICAL.int32 || physical === PHYSICAL.float) return 4
  if (physical === PHYSICAL.int64 || physical === PHYSICAL.double) return 8
  if (physical === PHYSICAL.int96) return INT96_BYTES
  if (physical === PHYSICAL.fixed && length !== undefined && length > 0) return length
  throw damaged('a column has no width')
}

function strided(bytes: Uint8Array, count: number, width: number): ByteValues {
  const starts = Uint32Array.from({ length: count }, (_, index) => index * width)
  return { kind: 'bytes', bytes, starts, ends: starts.map((start) => start + width) }
}

function lengthPrefixed(bytes: Uint8Array, count: number): ByteValues {
  if (count * 4 > bytes.length) throw damaged('a page ends before its values')
  const [starts, ends] = [new Uint32Array(count), new Uint32Array(count)]
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength)
  let at = 0
  for (let index = 0; index < count; index += 1) {
    if (at + 4 > bytes.length) throw damaged('a page ends before its values')
    const start = at + 4
    at = start + view.getUint32(at, true)
    if (at > bytes.length) throw damaged('a text is longer than its page')
    starts[index] = start
    ends[index] = at
  }
  return { kind: 'bytes', bytes, starts, ends }
}

function runBooleans(bytes: Uint8Array, count: number): RawValues {
  const values = new Uint8Array(count)
  if (bytes.length < 4) throw damaged('a page ends before its values')
  decodeHybrid(bytes, 4, 1, values)
  return { kind: 'booleans', values }
}

/** Values whose first bytes stand together, then the second ones, put together again. */
function unsplit(bytes: Uint8Array, count: number, how: ValueEncoding): Uint8Array {
  const width = widthOf(how)
  if (width * count > bytes.length) throw damaged('a page ends before its values')
  const joined = new Uint8Array(width * count)
  for (let byte = 0; byte < width; byte += 1) {
    for (let index = 0; index < count; index += 1) joined[index * width + byte] = bytes[byte * count + index] ?? 0
  }
  return joined
}

/** Integers as differences. */
function deltaWide(bytes: Uint8Array, count: number): BigInt64Array {
  const values = new BigInt64Array(count)
  let value = 0n
  const start = (first: bigint): void => {
    value = first
    if (count > 0) values[0] = first
  }
  deltaBlocks(bytes, count, start, ({ least, width, bits, from, until }) => {
    for (let index = from; index < until; index += 1) {
      value = BigInt.asIntN(64, value + least + bits.readWide(width))
      values[index] = value
    }
  })
  return values
}

/** As `deltaWide`, of integers of 32 bits, and where what follows them begins. */
function deltaNarrow(bytes: Uint8Array, count: number): { readonly values: Int32Array; readonly end: number } {
  const values = new Int32Array(count)
  let value = 0
  const start = (first: bigint): void => {
    value = narrow(first)
    if (count > 0) values[0] = value
  }
  const end = deltaBlocks(bytes, count, start, ({ least, width, bits, from, until }) => {
    const step = narrow(least)
    for (let index = from; index < until; index += 1) {
      value = (value + step + bits.read(Math.min(32, width))) | 0
      if (width > 32) bits.read(width - 32)
      values[index] = value
    }
  })
  return { values, end }
}

function narrow(value: bigint): number {
  return Number(BigInt.asIntN(32, value))
}

/** Differences that are written alike, and the values they lead to. */
interface Miniblock {
  readonly least: bigint
  readonly width: number
  readonly bits: BitReader
  readonly from: number
  readonly until: number
}

/** Goes through differences; returns where what follows them begins. */
function deltaBlocks(
  bytes: Uint8Array,
  count: number,
  start: (first: bigint) => void,
  take: (block: Miniblock) => void,
): number {
  const place = { at: 0 }
  const [blockValues, miniblocks, total] = [
    readVarint(bytes, place),
    readVarint(bytes, place),
    readVarint(bytes, place),
  ]
  const perMiniblock = blockValues / miniblocks
  if (miniblocks < 1 || perMiniblock % 32 !== 0 || perMiniblock < 32 || perMiniblock > LIMIT_MINIBLOCK) {
    throw damaged('differences come in impossible blocks')
  }
  if (total !== count) throw damaged('a page has not as many values as it says')
  start(readZigzag(bytes, place))
  for (let seen = 1; seen < count;) {
    const least = readZigzag(bytes, place)
    const widths = bytes.subarray(place.at, place.at + miniblocks)
    if (widths.length < miniblocks) throw damaged('a page ends before its values')
    place.at += miniblocks
    for (const width of widths) {
      if (seen >= count) break
      if (width > 64) throw damaged('a difference has too many bits')
      const bits = new BitReader(bytes, place.at)
      place.at += (width * perMiniblock) / 8
      if (place.at > bytes.length) throw damaged('a page ends before its values')
      take({ least, width, bits, from: seen, until: Math.min(seen + perMiniblock, count) })
      seen += perMiniblock
    }
  }
  return place.at
}

const LIMIT_MINIBLOCK = 1024 * 1024

function readZigzag(bytes: Uint8Array, place: { at: number }): bigint {
  let value = 0n
  for (let index = 0n; index < 10n; index += 1n) {
    const byte = bytes[place.at]
    if (byte === undefined) throw damaged('a page ends before its values')
    place.at += 1
    value |= BigInt(byte & 0x7f) << (7n * index)
    if (byte < 0x80) return BigInt.asIntN(64, (value >> 1n) ^ -(value & 1n))
  }
  throw damaged('an integer has too many bytes')
}

/** All lengths first, then all texts. */
function deltaLengthBytes(bytes: Uint8Array, count: number): ByteValues {
  const { values: lengths, end } = deltaNarrow(bytes, count)
  return sideBySide(bytes, end, lengths)
}

function sideBySide(bytes: Uint8Array, from: number, lengths: Int32Array): ByteValues {
  const [starts, ends] = [new Uint32Array(lengths.length), new Uint32Array(lengths.length)]
  let at = from
  for (let index = 0; index < lengths.length; index += 1) {
    const length = lengths[index] ?? 0
    starts[index] = at
    at += length
    if (length < 0 || at > bytes.length) throw damaged('a text is longer than its page')
    ends[index] = at
  }
  return { kind: 'bytes', bytes, starts, ends }
}

/** Texts that share their beginning with the one before. */
function deltaBytes(bytes: Uint8Array, count: number): ByteValues {
  const { values: prefixes, end } = deltaNarrow(bytes, count)
  const suffixes = deltaLengthBytes(bytes.subarray(end), count)
  let size = 0
  for (let index = 0; index < count; index += 1) {
    const prefix = prefixes[index] ?? 0
    size += prefix + (suffixes.ends[index] ?? 0) - (suffixes.starts[index] ?? 0)
    if (prefix < 0) throw damaged('a text begins before its page')
    if (size > LIMIT_JOINED_BYTES) throw new ParquetProblem('its texts are too long')
  }
  const joined = new Uint8Array(size)
  const [starts, ends] = [new Uint32Array(count), new Uint32Array(count)]
  let [at, before] = [0, 0]
  for (let index = 0; index < count; index += 1) {
    const [prefix, from, until] = [prefixes[index] ?? 0, suffixes.starts[index] ?? 0, suffixes.ends[index] ?? 0]
    if (prefix > at - before) throw damaged('a text begins with more than there is')
    const start = at
    // Byte by byte: of millions of short texts the calls would take seconds.
    for (let place = 0; place < prefix; place += 1) joined[at++] = joined[before + place] ?? 0
    for (let place = from; place < until; place += 1) joined[at++] = suffixes.bytes[place] ?? 0
    starts[index] = start
    ends[index] = at
    before = start
  }
  return { kind: 'bytes', bytes: joined, starts, ends }
}
