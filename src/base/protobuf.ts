/**
 * Protocol Buffers on the wire, one message at a time: enough to read a few fields of messages from anywhere.
 *
 * Nothing is copied or kept, so a message takes no memory beyond its bytes, and nothing is nested unless the caller
 * goes into a field. https://protobuf.dev/programming-guides/encoding
 */

/** One field of a message as it is written. Numbers are little-endian; `bytes` is a view. */
export type WireField =
  | {
      readonly number: number
      readonly wire: 'varint'
      /** The two halves of 64 bits, each unsigned. */
      readonly high: number
      readonly low: number
    }
  | { readonly number: number; readonly wire: 'fixed32' | 'fixed64' | 'bytes'; readonly bytes: Uint8Array }

/** A place in a message; reading moves it on. */
interface Cursor {
  readonly bytes: Uint8Array
  at: number
  high: number
  low: number
}

const LARGEST_FIELD_NUMBER = 2 ** 29 - 1
const TWO_TO_32 = 2 ** 32

/**
 * Visits the fields of a message in the order they are written.
 *
 * @returns false when the message is malformed; the fields before that place were visited. Groups count as malformed:
 * no message of this century has them.
 */
export function visitFields(message: Uint8Array, visit: (field: WireField) => void): boolean {
  const cursor: Cursor = { bytes: message, at: 0, high: 0, low: 0 }
  while (cursor.at < message.length) {
    if (!readVarint(cursor) || cursor.high !== 0) return false
    const field = readField(cursor, cursor.low >>> 3, cursor.low & 7)
    if (field === undefined) return false
    visit(field)
  }
  return true
}

/** Visits the numbers of a packed list of varints. @returns false when it is malformed. */
export function visitPacked(bytes: Uint8Array, visit: (field: { high: number; low: number }) => void): boolean {
  const cursor: Cursor = { bytes, at: 0, high: 0, low: 0 }
  while (cursor.at < bytes.length) {
    if (!readVarint(cursor)) return false
    visit(cursor)
  }
  return true
}

/** Reads 64 bits as a signed integer; `undefined` beyond 2^53. */
export function int64Of({ high, low }: { readonly high: number; readonly low: number }): number | undefined {
  const value = (high | 0) * TWO_TO_32 + low
  return Number.isSafeInteger(value) ? value : undefined
}

/** Reads 8 bytes as a double; NaN when there are fewer. */
export function doubleOf(bytes: Uint8Array): number {
  return bytes.length < 8 ? NaN : scratchOf(bytes, 8).getFloat64(0, true)
}

/** Reads 4 bytes as a single-precision number; NaN when there are fewer. */
export function floatOf(bytes: Uint8Array): number {
  return bytes.length < 4 ? NaN : scratchOf(bytes, 4).getFloat32(0, true)
}

/** Reads bytes as UTF-8; `undefined` when they are not. */
export function textOf(bytes: Uint8Array): string | undefined {
  try {
    return UTF8.decode(bytes)
  } catch {
    return undefined
  }
}

const UTF8 = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true })

const SCRATCH = new DataView(new ArrayBuffer(8))

/** Copies a few bytes: a view of its own for each of a million numbers would take longer than all else. */
function scratchOf(bytes: Uint8Array, count: number): DataView {
  for (let at = 0; at < count; at += 1) SCRATCH.setUint8(at, bytes[at] ?? 0)
  return SCRATCH
}

function readField(cursor: Cursor, number: number, wire: number): WireField | undefined {
  if (number === 0 || number > LARGEST_FIELD_NUMBER) return undefined
  if (wire === 0) return readVarint(cursor) ? { number, wire: 'varint', high: cursor.high, low: cursor.low } : undefined
  if (wire === 1) return readBytes(cursor, number, 'fixed64', 8)
  if (wire === 5) return readBytes(cursor, number, 'fixed32', 4)
  if (wire !== 2 || !readVarint(cursor) || cursor.high !== 0) return undefined
  return readBytes(cursor, number, 'bytes', cursor.low)
}

function readBytes(
  cursor: Cursor,
  number: number,
  wire: 'fixed32' | 'fixed64' | 'bytes',
  length: number,
): WireField | undefined {
  const end = cursor.at + length
  if (end > cursor.bytes.length) return undefined
  const bytes = cursor.bytes.subarray(cursor.at, end)
  cursor.at = end
  return { number, wire, bytes }
}

/** Reads at most ten bytes of seven bits, the least first, into `high` and `low`. */
function readVarint(cursor: Cursor): boolean {
  let high = 0
  let low = 0
  for (let shift = 0; shift < 70; shift += 7) {
    const byte = cursor.bytes[cursor.at]
    if (byte === undefined) return false
    cursor.at += 1
    const bits = byte & 0x7f
    if (shift < 32) low |= bits << shift
    if (shift === 28) high |= bits >>> 4
    else if (shift > 28) high |= bits << (shift - 32)
    if (byte > 0x7f) continue
    cursor.high = high >>> 0
    cursor.low = low >>> 0
    return shift < 63 || bits <= 1
  }
  return false
}
