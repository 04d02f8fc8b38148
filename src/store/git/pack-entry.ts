/**
 * One object as it lies in a pack (gitformat-pack(5)): a header of kind and size, then its bytes, deflated; or what
 * changes in another one. Pure.
 */
import { inflateSync } from 'node:zlib'
import { assert } from '../../base/assert.ts'
import type { ObjectKind } from './object-name.ts'

/** The start of an entry. */
export interface EntryHeader {
  /** A delta needs another object of the same pack to be read. */
  readonly kind: ObjectKind | 'delta'
  /** Of the object, or of the delta, in bytes. */
  readonly sizeBytes: number
  /** Of this header; what follows a delta's header is not counted. */
  readonly headerBytes: number
}

/** Reading this much from where an entry starts is always enough for its header. */
export const HEADER_LIMIT_BYTES = 16

const KINDS: readonly (EntryHeader['kind'] | undefined)[] = [
  undefined,
  'commit',
  'tree',
  'blob',
  'tag',
  undefined,
  'delta',
  'delta',
]

/** Reads the header of the entry that bytes start with. @throws Error when it is none */
export function readEntryHeader(bytes: Uint8Array): EntryHeader {
  let [at, shift] = [1, 4]
  let byte = bytes[0] ?? 0
  const kind = KINDS[(byte >> 4) & 7]
  let sizeBytes = byte & 0x0f
  while ((byte & 0x80) !== 0 && at < Math.min(bytes.length, HEADER_LIMIT_BYTES)) {
    byte = bytes[at] ?? 0
    // Not by bit operators, which end at 31 bits.
    sizeBytes += (byte & 0x7f) * 2 ** shift
    shift += 7
    at += 1
  }
  if (kind === undefined || (byte & 0x80) !== 0) throw new Error('no object starts here')
  return { kind, sizeBytes, headerBytes: at }
}

/** How long an entry with this header is at most, in bytes; no deflater in use grows its input by more. */
export function entryLimitBytes({ sizeBytes, headerBytes }: EntryHeader): number {
  return headerBytes + NAME_BYTES + sizeBytes + Math.ceil(sizeBytes / 256) + 64
}

/**
 * The bytes of a whole object; what follows the entry is ignored.
 *
 * @throws Error when they are torn or of another size
 */
export function inflateEntry(bytes: Uint8Array, header: EntryHeader): Uint8Array {
  assert(header.kind !== 'delta', 'only whole objects to be inflated by themselves')
  return inflated(bytes.subarray(header.headerBytes), header.sizeBytes)
}

function inflated(bytes: Uint8Array, sizeBytes: number): Uint8Array {
  // A bound of 0 is refused by zlib.
  const made = inflateSync(bytes, { maxOutputLength: Math.max(1, sizeBytes) })
  if (made.length !== sizeBytes) throw new Error('the object is shorter than its header says')
  return made
}

/** Where a delta's base is: so many bytes before it in the same pack, or under a name. */
export type DeltaBase =
  { readonly kind: 'offset'; readonly back: number } | { readonly kind: 'name'; readonly oid: string }

/** A delta as it lies in a pack. */
export interface DeltaEntry {
  readonly base: DeltaBase
  /** What makes the object of its base; see `applyDelta`. */
  readonly instructions: Uint8Array
}

const NAME_BYTES = 20
const BY_OFFSET = 6

/** Reads the delta that bytes start with. @throws Error when it is torn or of another size */
export function readDelta(bytes: Uint8Array, header: EntryHeader): DeltaEntry {
  assert(header.kind === 'delta', 'only a delta to be read as one')
  const start = header.headerBytes
  const { base, end } = (((bytes[0] ?? 0) >> 4) & 7) === BY_OFFSET ? offsetBase(bytes, start) : nameBase(bytes, start)
  return { base, instructions: inflated(bytes.subarray(end), header.sizeBytes) }
}

function nameBase(bytes: Uint8Array, start: number): { readonly base: DeltaBase; readonly end: number } {
  const end = start + NAME_BYTES
  return { base: { kind: 'name', oid: Buffer.from(bytes.subarray(start, end)).toString('hex') }, end }
}

/** Seven bits a byte, most significant first; each continuation counts one more, so that no offset has two forms. */
function offsetBase(bytes: Uint8Array, start: number): { readonly base: DeltaBase; readonly end: number } {
  let at = start
  let byte = bytes[at] ?? 0
  let back = byte & 0x7f
  while ((byte & 0x80) !== 0 && at < bytes.length) {
    at += 1
    byte = bytes[at] ?? 0
    back = (back + 1) * 128 + (byte & 0x7f)
  }
  return { base: { kind: 'offset', back }, end: at + 1 }
}

/**
 * Makes an object of its base: pieces of the base and new bytes, in turn.
 *
 * @throws Error when the delta was not made for this base
 */
export function applyDelta(base: Uint8Array, instructions: Uint8Array): Uint8Array {
  const read = numbersOf(instructions)
  if (read.size() !== base.length) throw new Error('the delta is for another object')
  const made = Buffer.alloc(read.size())
  let filled = 0
  while (!read.isAtEnd()) {
    const command = read.byte()
    const [source, from, length] =
      (command & 0x80) === 0
        ? ([instructions, read.skip(command), command] as const)
        : ([base, read.parts(command, 4), read.parts(command >> 4, 3) || 0x10000] as const)
    if (command === 0 || from + length > source.length) throw new Error('the delta copies what is not there')
    made.set(source.subarray(from, from + length), filled)
    filled += length
  }
  if (filled !== made.length) throw new Error('the delta is cut short')
  return made
}

function numbersOf(bytes: Uint8Array) {
  let at = 0
  const byte = () => bytes[at++] ?? 0
  return {
    isAtEnd: () => at >= bytes.length,
    byte,
    /** Passes over bytes; returns where they start. */
    skip: (count: number) => (at += count) - count,
    /** Seven bits a byte, least significant first. */
    size: () => {
      let [size, shift, last] = [0, 1, 0x80]
      while ((last & 0x80) !== 0 && at < bytes.length) {
        last = byte()
        size += (last & 0x7f) * shift
        shift *= 128
      }
      return size
    },
    /** Only the bytes whose bits are set are there, least significant first. */
    parts: (bits: number, count: number) => {
      let value = 0
      for (let part = 0; part < count; part += 1) if ((bits & (1 << part)) !== 0) value += byte() * 256 ** part
      return value
    },
  }
}
