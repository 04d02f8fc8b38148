/**
 * Parts of a file of pyramids: bytes with a checksum each, and at the end where they are. A file is written once, moved
 * into place whole and never changed. A part that was cut, zeroed, flipped or is of another file is told when it is
 * read.
 */
import { crc32 } from 'node:zlib'
import type { Sha256 } from '../../base/digest.ts'
import type { OpenFile } from '../files/files.ts'

/** The file is not what was written: cut, flipped, or of another source. It is made anew. */
export class PyramidUnreadable extends Error {}

/** Sums up bytes to 32 bits. */
export type Checksum = (bytes: Uint8Array) => number

/** The checksum of every part, unless a test has another. */
export const PART_CHECKSUM: Checksum = (bytes) => crc32(bytes)

/** Where a part is, and what it must come to: offset, length, checksum. */
export type Part = readonly [offset: number, lengthBytes: number, checksum: number]

/** What a file was made from. Another source is another file. */
export interface PyramidSource {
  /** Of the artifact with every point. */
  readonly sha256: Sha256
  /** When the run began, in milliseconds since the Unix epoch: the edges of tiles along time are counted from it. */
  readonly sinceMs: number
}

/** Appends parts to a file that was just created. */
export interface PartWriter {
  readonly add: (bytes: Uint8Array) => Promise<Part>
  /** Writes the directory and ends the file; it is not synced. */
  readonly end: (source: PyramidSource, directory: unknown) => Promise<void>
}

// The number is that of the layout: what another mlv wrote is not read.
const MAGIC = Buffer.from('mlv-pyramids 1\n\0')
const SOURCE_AT = 16
const SINCE_AT = 48
const DIRECTORY_AT = 56
const ORDER_AT = 74
const CHECKSUM_AT = 76
const TRAILER_BYTES = 80
/** A flipped length must not ask for all memory. */
const LIMIT_PART_BYTES = 1024 * 1024 * 1024
/** Columns are kept as this machine has its numbers; on another one they would read as others. */
const BYTE_ORDER = Buffer.from(Uint16Array.of(0x0102).buffer)

/** Writes parts into a file. */
export function partWriter(file: OpenFile, checksum: Checksum): PartWriter {
  let offset = 0
  const add = async (bytes: Uint8Array): Promise<Part> => {
    const part: Part = [offset, bytes.length, checksum(bytes)]
    await file.write(bytes)
    offset += bytes.length
    return part
  }
  return {
    add,
    end: async (source, directory) => {
      const [at, length, sum] = await add(jsonBytes(directory))
      const trailer = Buffer.alloc(TRAILER_BYTES)
      MAGIC.copy(trailer)
      trailer.write(source.sha256, SOURCE_AT, 'hex')
      trailer.writeDoubleLE(source.sinceMs, SINCE_AT)
      trailer.writeDoubleLE(at, DIRECTORY_AT)
      trailer.writeUInt32LE(length, DIRECTORY_AT + 8)
      trailer.writeUInt32LE(sum, DIRECTORY_AT + 12)
      BYTE_ORDER.copy(trailer, ORDER_AT)
      trailer.writeUInt32LE(checksum(trailer.subarray(0, CHECKSUM_AT)), CHECKSUM_AT)
      await file.write(trailer)
    },
  }
}

/** Reads the directory of a file that must be of a source. @throws `PyramidUnreadable` */
export async function readDirectory(file: OpenFile, source: PyramidSource, checksum: Checksum): Promise<unknown> {
  const { sizeBytes } = await file.stat()
  const trailer = await readBytes(file, sizeBytes - TRAILER_BYTES, TRAILER_BYTES)
  demand(trailer.subarray(0, SOURCE_AT).equals(MAGIC), 'a file of this layout')
  demand(trailer.readUInt32LE(CHECKSUM_AT) === checksum(trailer.subarray(0, CHECKSUM_AT)), 'a whole trailer')
  demand(trailer.subarray(ORDER_AT, ORDER_AT + 2).equals(BYTE_ORDER), 'numbers as this machine has them')
  demand(trailer.toString('hex', SOURCE_AT, SINCE_AT) === source.sha256, 'the source that was asked for')
  demand(trailer.readDoubleLE(SINCE_AT) === source.sinceMs, 'the start that was asked for')
  const [at, length] = [trailer.readDoubleLE(DIRECTORY_AT), trailer.readUInt32LE(DIRECTORY_AT + 8)]
  return readJson(file, [at, length, trailer.readUInt32LE(DIRECTORY_AT + 12)], checksum)
}

/** Reads a part that is JSON. @throws `PyramidUnreadable` */
export async function readJson(file: OpenFile, [at, length, sum]: Part, checksum: Checksum): Promise<unknown> {
  const bytes = await readBytes(file, at, length)
  demand(checksum(bytes) === sum, 'a part as it was written')
  try {
    return JSON.parse(bytes.toString('utf8')) as unknown
  } catch {
    throw new PyramidUnreadable('expected JSON')
  }
}

/** Reads parts of one length but for the last, which lie one behind the other, at once. @throws `PyramidUnreadable` */
export async function readRow(
  file: OpenFile,
  row: { readonly offset: number; readonly stride: number; readonly lengthBytes: number },
  sums: readonly number[],
  checksum: Checksum,
): Promise<Buffer> {
  const bytes = await readBytes(file, row.offset, row.lengthBytes)
  sums.forEach((sum, index) => {
    const part = bytes.subarray(index * row.stride, (index + 1) * row.stride)
    demand(checksum(part) === sum, 'a part as it was written')
  })
  return bytes
}

/** A value as the bytes of JSON. */
export function jsonBytes(value: unknown): Buffer {
  return Buffer.from(JSON.stringify(value), 'utf8')
}

function demand(condition: boolean, claim: string): asserts condition {
  if (!condition) throw new PyramidUnreadable(`expected ${claim}`)
}

async function readBytes(file: OpenFile, offset: number, length: number): Promise<Buffer> {
  const isSane = Number.isSafeInteger(offset) && offset >= 0 && length >= 0 && length <= LIMIT_PART_BYTES
  demand(isSane, 'a file as long as it was written')
  // Of its own, so that columns begin where numbers may begin.
  const bytes = Buffer.from(new ArrayBuffer(length))
  for (let filled = 0; filled < length;) {
    const count = await file.read(bytes.subarray(filled), offset + filled)
    demand(count > 0, 'a file as long as it was written')
    filled += count
  }
  return bytes
}
