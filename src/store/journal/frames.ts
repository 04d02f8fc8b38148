/**
 * Frames: how a journal tells whole records from a torn end.
 *
 * A frame is a 4-byte little-endian length, a 4-byte CRC-32 of the payload, and the payload. Appending is one write; a
 * kill or power cut in the middle of it leaves a torn tail, which is cut, and everything before it, which is kept.
 */
import { crc32 } from 'node:zlib'

/** What a journal's bytes hold. */
export interface Frames {
  /** Whole payloads in the order they were written. */
  readonly payloads: readonly Uint8Array[]
  /** Bytes after the last whole frame. */
  readonly tornBytes: number
  /** True when whole frames follow a broken one: not a torn write but damage. */
  readonly isDamaged: boolean
}

const HEAD_BYTES = 8
const BRACE = '{'.charCodeAt(0)
const QUOTE = '"'.charCodeAt(0)

/** Writes payloads as frames, one after the other. */
export function encodeFrames(payloads: readonly Uint8Array[]): Uint8Array {
  return Buffer.concat(payloads.flatMap((payload) => [headOf(payload), payload]))
}

/** Reads frames up to the first that is not whole. */
export function decodeFrames(bytes: Uint8Array): Frames {
  const payloads: Uint8Array[] = []
  let position = 0
  for (;;) {
    const payload = payloadAt(bytes, position)
    if (payload === undefined) break
    payloads.push(payload)
    position += HEAD_BYTES + payload.length
  }
  const tornBytes = bytes.length - position
  return { payloads, tornBytes, isDamaged: tornBytes > 0 && isFollowed(bytes, position) }
}

function headOf(payload: Uint8Array): Uint8Array {
  const head = Buffer.alloc(HEAD_BYTES)
  head.writeUInt32LE(payload.length, 0)
  head.writeUInt32LE(crc32(payload), 4)
  return head
}

function payloadAt(bytes: Uint8Array, position: number): Uint8Array | undefined {
  if (position + HEAD_BYTES > bytes.length) return undefined
  const view = new DataView(bytes.buffer, bytes.byteOffset + position, HEAD_BYTES)
  const length = view.getUint32(0, true)
  const start = position + HEAD_BYTES
  // An empty payload is never written; a run of zeros, as a lost page leaves, must not read as frames.
  if (length === 0 || length > bytes.length - start) return undefined
  const payload = bytes.subarray(start, start + length)
  return crc32(payload) === view.getUint32(4, true) ? payload : undefined
}

/** A torn write is the last one, so a whole frame behind a broken one means that the broken one was whole once. */
function isFollowed(bytes: Uint8Array, position: number): boolean {
  if (position + HEAD_BYTES > bytes.length) return false
  const length = new DataView(bytes.buffer, bytes.byteOffset + position, 4).getUint32(0, true)
  if (length > 0 && payloadAt(bytes, position + HEAD_BYTES + length) !== undefined) return true
  // It may be the length that is damaged: then the next frame is found by how its payload, a JSON object, begins.
  for (let at = bytes.indexOf(BRACE, position + HEAD_BYTES + 1); at !== -1; at = bytes.indexOf(BRACE, at + 1)) {
    if (bytes[at + 1] === QUOTE && payloadAt(bytes, at - HEAD_BYTES) !== undefined) return true
  }
  return false
}
