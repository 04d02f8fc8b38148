/**
 * Packs as bytes: version 2 packs of whole objects, and their version 2 index (gitformat-pack(5)). Pure.
 */
import { createHash } from 'node:crypto'
import { crc32, deflateSync } from 'node:zlib'
import { assert } from '../../base/assert.ts'
import { compareText } from '../../base/order.ts'
import type { Oid } from '../../domain/oid.ts'
import type { GitObject, ObjectKind } from './object-name.ts'

/** A pack and its index, ready to be stored as `pack-<name>.pack` and `pack-<name>.idx`. */
export interface EncodedPack {
  /** SHA-1 of the pack in hex: equal objects in equal order have equal names. */
  readonly name: string
  readonly pack: Uint8Array
  readonly index: Uint8Array
}

/** An object as it lies in a pack: its header, then its bytes, deflated. */
export interface PackEntry {
  readonly bytes: Uint8Array
  readonly crc: number
}

interface Packed {
  readonly oid: Oid
  readonly offset: number
  readonly crc: number
}

const KIND_BITS: { readonly [Kind in ObjectKind]: number } = { commit: 1, tree: 2, blob: 3, tag: 4 }

/** Offsets from here on would need the index's 64-bit table. One operation never writes that much. */
const OFFSET_LIMIT = 0x80000000

/** Packs objects, in the order of the map, without deltas. */
export function encodePack(objects: ReadonlyMap<Oid, GitObject>): EncodedPack {
  const entries = new Map<Oid, PackEntry>()
  for (const [oid, object] of objects) {
    const bytes = Buffer.concat([entryHeader(object), deflateSync(object.bytes)])
    entries.set(oid, { bytes, crc: crc32(bytes) })
  }
  return joinEntries(entries)
}

/** Makes a pack of whole objects that are deflated already, in the order of the map. */
export function joinEntries(entries: ReadonlyMap<Oid, PackEntry>): EncodedPack {
  const header = Buffer.alloc(12)
  header.write('PACK', 'latin1')
  header.writeUInt32BE(2, 4)
  header.writeUInt32BE(entries.size, 8)
  const pieces: Uint8Array[] = [header]
  const packed: Packed[] = []
  let offset = header.length
  for (const [oid, { bytes, crc }] of entries) {
    packed.push({ oid, offset, crc })
    pieces.push(bytes)
    offset += bytes.length
  }
  assert(offset < OFFSET_LIMIT, 'one operation to write less than 2 GiB of git objects')
  const pack = withTrailer(pieces)
  const trailer = pack.subarray(-20)
  return { name: Buffer.from(trailer).toString('hex'), pack, index: encodeIndex(packed, trailer) }
}

/** Kind and size: four size bits beside the kind, then seven a byte, least significant first. */
function entryHeader(object: GitObject): Uint8Array {
  const bytes: number[] = []
  let size = object.bytes.length
  let byte = (KIND_BITS[object.kind] << 4) | (size & 0x0f)
  size >>>= 4
  while (size > 0) {
    bytes.push(byte | 0x80)
    byte = size & 0x7f
    size >>>= 7
  }
  return Uint8Array.from([...bytes, byte])
}

function encodeIndex(packed: readonly Packed[], packTrailer: Uint8Array): Uint8Array {
  const sorted = [...packed].sort((left, right) => compareText(left.oid, right.oid))
  const names = sorted.map((object) => Buffer.from(object.oid, 'hex'))
  return withTrailer([
    Uint8Array.from([0xff, 0x74, 0x4f, 0x63, 0, 0, 0, 2]),
    uint32s(fanout(names)),
    ...names,
    uint32s(sorted.map((object) => object.crc)),
    uint32s(sorted.map((object) => object.offset)),
    packTrailer,
  ])
}

/** For every first byte, how many names start with it or a smaller one. */
function fanout(sortedNames: readonly Uint8Array[]): readonly number[] {
  const counts = new Array<number>(256).fill(0)
  for (const name of sortedNames) counts[name[0] ?? 0] = (counts[name[0] ?? 0] ?? 0) + 1
  let total = 0
  return counts.map((count) => (total += count))
}

function uint32s(values: readonly number[]): Uint8Array {
  const bytes = Buffer.alloc(values.length * 4)
  values.forEach((value, index) => bytes.writeUInt32BE(value, index * 4))
  return bytes
}

function withTrailer(pieces: readonly Uint8Array[]): Uint8Array {
  const content = Buffer.concat(pieces)
  return Buffer.concat([content, createHash('sha1').update(content).digest()])
}
