/**
 * A file of sections, each with its own checksum, and a table of contents at the end. Written once, moved into place
 * whole, and never changed: a reader sees the old file or the new one. A section that was cut, zeroed or flipped is
 * told when it is read.
 */
import { deserialize, serialize } from 'node:v8'
import { crc32 } from 'node:zlib'
import type { OpenFile } from '../files/files.ts'

/** The index is not what was written: cut, flipped, or of another mlv. It is made anew. */
export class IndexUnreadable extends Error {}

/** Where a section is, and what it must come to. */
export interface Section {
  readonly offset: number
  readonly length: number
  readonly crc32: number
}

/** Appends sections to a file that was just created. */
export interface SectionWriter {
  readonly add: (bytes: Uint8Array) => Promise<Section>
  /** Adds bytes that have their own checksums within; tells where they begin. */
  readonly append: (bytes: Uint8Array) => Promise<number>
  /** Writes the table of contents and ends the file; it is not synced. */
  readonly end: (contents: unknown) => Promise<void>
}

// The number is that of the layout: what another mlv wrote is no index.
const MAGIC = Buffer.from('mlv-runs-index 3')
const TRAILER_BYTES = 16 + MAGIC.length
/** A flipped length must not ask for all memory. */
const LIMIT_CONTENTS_BYTES = 512 * 1024 * 1024

/** Writes sections into a file. */
export function sectionWriter(file: OpenFile): SectionWriter {
  let offset = 0
  const append = async (bytes: Uint8Array): Promise<number> => {
    const start = offset
    await file.write(bytes)
    offset += bytes.length
    return start
  }
  const add = async (bytes: Uint8Array): Promise<Section> => {
    return { offset: await append(bytes), length: bytes.length, crc32: crc32(bytes) }
  }
  return {
    add,
    append,
    end: async (contents) => {
      const section = await add(serialize(contents))
      const trailer = Buffer.alloc(16)
      trailer.writeUIntLE(section.offset, 0, 6)
      trailer.writeUInt32LE(section.length, 6)
      trailer.writeUInt32LE(section.crc32, 10)
      trailer.writeUInt16LE(crc32(trailer.subarray(0, 14)) & 0xffff, 14)
      await file.write(Buffer.concat([trailer, MAGIC]))
    },
  }
}

/** Reads the table of contents. @throws an error when the file is not whole, or another layout */
export async function readContents(file: OpenFile): Promise<unknown> {
  const { sizeBytes } = await file.stat()
  const trailer = await readBytes(file, sizeBytes - TRAILER_BYTES, TRAILER_BYTES)
  demand(trailer.subarray(16).equals(MAGIC), 'an index of this layout')
  demand(trailer.readUInt16LE(14) === (crc32(trailer.subarray(0, 14)) & 0xffff), 'a whole trailer')
  const length = trailer.readUInt32LE(6)
  demand(length <= LIMIT_CONTENTS_BYTES, 'a table of contents of a sane size')
  return deserialized(
    await readSection(file, { offset: trailer.readUIntLE(0, 6), length, crc32: trailer.readUInt32LE(10) }),
  )
}

/** Reads a section. @throws an error when it is not what was written */
export async function readSection(file: OpenFile, section: Section): Promise<Buffer> {
  const bytes = await readBytes(file, section.offset, section.length)
  checkSection(bytes, section)
  return bytes
}

/** Reads bytes that have their own checksums within. @throws an error when the file is not that long */
export async function readStretch(file: OpenFile, offset: number, length: number): Promise<Buffer> {
  return readBytes(file, offset, length)
}

/** @throws an error when these are not the bytes of a section as they were written */
export function checkSection(bytes: Uint8Array, section: Section): void {
  demand(bytes.length === section.length && crc32(bytes) === section.crc32, 'a section as it was written')
}

/** What `serialize` wrote; only ever of bytes whose checksum held. */
export function deserialized(bytes: Uint8Array): unknown {
  return deserialize(bytes)
}

function demand(condition: boolean, claim: string): asserts condition {
  if (!condition) throw new IndexUnreadable(`expected ${claim}`)
}

async function readBytes(file: OpenFile, offset: number, length: number): Promise<Buffer> {
  demand(offset >= 0, 'a file as long as it was written')
  const bytes = Buffer.allocUnsafe(length)
  for (let filled = 0; filled < length;) {
    const count = await file.read(bytes.subarray(filled), offset + filled)
    demand(count > 0, 'a file as long as it was written')
    filled += count
  }
  return bytes
}
