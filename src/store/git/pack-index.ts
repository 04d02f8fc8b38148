/**
 * Version 2 pack indexes (gitformat-pack(5)), looked up where they lie: a name is found by its first byte and a binary
 * search, and nothing is parsed that nobody asks for. Pure.
 */
import { parseOid } from '../../domain/oid.ts'
import type { Oid } from '../../domain/oid.ts'

/** Where a pack's objects are. Positions count objects in the order of their names, from 0. */
export interface PackIndex {
  readonly count: number
  /** SHA-1 of the pack in hex, as the pack itself ends with. */
  readonly packTrailer: string
  readonly nameAt: (position: number) => string
  /** Offset in the pack, in bytes. */
  readonly offsetAt: (position: number) => number
  /** CRC-32 of the entry as it lies in the pack. */
  readonly crcAt: (position: number) => number
  /** Offset of an object in the pack, in bytes; `undefined` when it is not in there. */
  readonly offsetOf: (oid: Oid) => number | undefined
  /** Objects whose names start with these hex digits, sorted. */
  readonly startingWith: (prefix: string) => readonly Oid[]
}

const MAGIC = Buffer.from([0xff, 0x74, 0x4f, 0x63, 0, 0, 0, 2])
const NAMES_AT = 8 + 256 * 4
const NAME_BYTES = 20
/** The trailers of the pack and of the index itself. */
const TRAILER_BYTES = 40
/** Set in an offset that is a position in the table of 64-bit offsets. */
const LARGE = 0x80000000

/** Opens an index; `undefined` for bytes that are no whole index of version 2 with SHA-1 names. */
export function openPackIndex(content: Uint8Array): PackIndex | undefined {
  const bytes = Buffer.from(content.buffer, content.byteOffset, content.byteLength)
  if (bytes.length < NAMES_AT + TRAILER_BYTES || !bytes.subarray(0, 8).equals(MAGIC)) return undefined
  const count = bytes.readUInt32BE(NAMES_AT - 4)
  const [crcsAt, offsetsAt] = [NAMES_AT + NAME_BYTES * count, NAMES_AT + (NAME_BYTES + 4) * count]
  const largeAt = offsetsAt + 4 * count
  if (bytes.length < largeAt + TRAILER_BYTES) return undefined
  const offsetAt = (position: number) => {
    const offset = bytes.readUInt32BE(offsetsAt + 4 * position)
    return offset < LARGE ? offset : Number(bytes.readBigUInt64BE(largeAt + 8 * (offset - LARGE)))
  }
  const nameAt = (position: number) => bytes.toString('hex', NAMES_AT + NAME_BYTES * position, nameEnd(position))
  const firstFrom = (name: Uint8Array) => firstNotBefore(bytes, name)
  return {
    count,
    packTrailer: bytes.toString('hex', bytes.length - TRAILER_BYTES, bytes.length - NAME_BYTES),
    nameAt,
    offsetAt,
    crcAt: (position) => bytes.readUInt32BE(crcsAt + 4 * position),
    offsetOf: (oid) => {
      const name = Buffer.from(oid, 'hex')
      const position = firstFrom(name)
      if (position >= count || name.compare(bytes, nameEnd(position) - NAME_BYTES, nameEnd(position)) !== 0) return
      return offsetAt(position)
    },
    startingWith: (prefix) => {
      const found: Oid[] = []
      for (let at = firstFrom(Buffer.from(prefix.padEnd(40, '0'), 'hex')); at < count; at += 1) {
        const oid = parseOid(nameAt(at))
        if (oid?.startsWith(prefix) !== true) break
        found.push(oid)
      }
      return found
    },
  }
}

function nameEnd(position: number): number {
  return NAMES_AT + NAME_BYTES * (position + 1)
}

/** The first position whose name is not before the one asked for; the count when all are. */
function firstNotBefore(bytes: Buffer, name: Uint8Array): number {
  const first = name[0] ?? 0
  let low = first === 0 ? 0 : bytes.readUInt32BE(8 + 4 * (first - 1))
  let high = bytes.readUInt32BE(8 + 4 * first)
  while (low < high) {
    const middle = (low + high) >>> 1
    if (bytes.compare(name, 0, NAME_BYTES, nameEnd(middle) - NAME_BYTES, nameEnd(middle)) < 0) low = middle + 1
    else high = middle
  }
  return low
}
