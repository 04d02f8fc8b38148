/**
 * TFRecord files: a length, its checksum, the data, its checksum, again and again.
 *
 * Read as a stream: memory is bounded by the largest record that is looked into. Nothing is believed before its
 * checksum was right. https://www.tensorflow.org/tutorials/load_data/tfrecord
 */
import { crc32c } from '../../base/crc32c.ts'
import { refuse } from '../../domain/failure.ts'
import { withDiskFailures } from '../files/disk-failure.ts'
import type { Files, OpenFile } from '../files/files.ts'

/** What was wrong with a file; every whole record before and between was handed over. */
export interface RecordDamage {
  /** Records whose data does not fit its checksum, and where the first one starts; they were passed over. */
  readonly damaged: number
  readonly firstDamagedAt?: number
  /** Where a length does not fit its checksum: nothing after it can be found. */
  readonly lostAt?: number
  /** Bytes of a last record that is not all there, as while its writer is at work; 0 for a file that ends well. */
  readonly tornBytes: number
  /** Records too large to look into; their checksums are right. */
  readonly tooLarge: number
}

/** A record up to this size is handed over; a larger one holds pictures or a graph, and only its checksum is read. */
export const RECORD_LIMIT_BYTES = 16 * 1024 * 1024

const CHUNK_BYTES = 1024 * 1024
const HEAD_BYTES = 12
const FOOT_BYTES = 4
const MASK_DELTA = 0xa282ead8

/**
 * Hands over the data of every whole record, in file order. The bytes are a view that the next record overwrites.
 *
 * @throws `file-not-found`, what the disk refuses
 */
export async function readTfRecords(
  files: Files,
  path: string,
  take: (data: Uint8Array) => void,
): Promise<RecordDamage> {
  if ((await files.stat(path))?.kind !== 'file') throw refuse('file-not-found', { file: path, wanted: 'event file' })
  const file = await withDiskFailures(path, 'reading', () => files.open(path, 'read'))
  try {
    return await readAll(fileWindow(file, path), take)
  } finally {
    await file.close()
  }
}

async function readAll(read: WindowReader, take: (data: Uint8Array) => void): Promise<RecordDamage> {
  let [offset, damaged, tooLarge] = [0, 0, 0]
  let first = {}
  for (;;) {
    const head = await read(offset, HEAD_BYTES)
    if (head.length < HEAD_BYTES) return { damaged, ...first, tornBytes: head.length, tooLarge }
    const length = lengthOf(head)
    if (length === undefined) return { damaged, ...first, lostAt: offset, tornBytes: 0, tooLarge }
    const dataAt = offset + HEAD_BYTES
    const found =
      length > RECORD_LIMIT_BYTES ? await checkLong(read, dataAt, length) : await readData(read, dataAt, length)
    if (found.kind === 'torn') return { damaged, ...first, tornBytes: HEAD_BYTES + found.bytes, tooLarge }
    if (found.kind === 'whole') take(found.data)
    else if (found.kind === 'large') tooLarge += 1
    else {
      if (damaged === 0) first = { firstDamagedAt: offset }
      damaged += 1
    }
    offset = dataAt + length + FOOT_BYTES
  }
}

/** `undefined` when the checksum is wrong, or the length is beyond what a file can have. */
function lengthOf(head: Uint8Array): number | undefined {
  if (masked(crc32c(head.subarray(0, 8))) !== uint32At(head, 8)) return undefined
  const length = uint32At(head, 4) * 2 ** 32 + uint32At(head, 0)
  return Number.isSafeInteger(length) ? length : undefined
}

type Found =
  | { readonly kind: 'whole'; readonly data: Uint8Array }
  | { readonly kind: 'large' | 'damaged' }
  | { readonly kind: 'torn'; readonly bytes: number }

async function readData(read: WindowReader, at: number, length: number): Promise<Found> {
  const bytes = await read(at, length + FOOT_BYTES)
  if (bytes.length < length + FOOT_BYTES) return { kind: 'torn', bytes: bytes.length }
  const data = bytes.subarray(0, length)
  return isFooting(crc32c(data), bytes.subarray(length)) ? { kind: 'whole', data } : { kind: 'damaged' }
}

async function checkLong(read: WindowReader, at: number, length: number): Promise<Found> {
  let sum = 0
  for (let done = 0; done < length;) {
    const piece = await read(at + done, Math.min(CHUNK_BYTES, length - done))
    if (piece.length === 0) return { kind: 'torn', bytes: done }
    sum = crc32c(piece, sum)
    done += piece.length
  }
  const foot = await read(at + length, FOOT_BYTES)
  if (foot.length < FOOT_BYTES) return { kind: 'torn', bytes: length + foot.length }
  return { kind: isFooting(sum, foot) ? 'large' : 'damaged' }
}

function isFooting(sum: number, foot: Uint8Array): boolean {
  return uint32At(foot, 0) === masked(sum)
}

function uint32At(bytes: Uint8Array, at: number): number {
  const [first = 0, second = 0, third = 0, last = 0] = [bytes[at], bytes[at + 1], bytes[at + 2], bytes[at + 3]]
  return (first | (second << 8) | (third << 16) | (last << 24)) >>> 0
}

/** TensorFlow masks a checksum so that one of data that holds checksums is still a good one. */
function masked(sum: number): number {
  return (((sum >>> 15) | (sum << 17)) + MASK_DELTA) >>> 0
}

/** Reads bytes at a place of a file; fewer only at its end. The bytes are a view that the next call overwrites. */
type WindowReader = (offset: number, length: number) => Promise<Uint8Array>

function fileWindow(file: OpenFile, path: string): WindowReader {
  let buffer = new Uint8Array(CHUNK_BYTES)
  let start = 0
  let end = 0

  async function fill(offset: number, length: number): Promise<void> {
    const rest = offset >= start && offset < end ? buffer.subarray(offset - start, end - start) : new Uint8Array(0)
    if (length > buffer.length) buffer = new Uint8Array(length + CHUNK_BYTES)
    buffer.set(rest)
    start = offset
    end = offset + rest.length
    while (end - start < length) {
      const count = await withDiskFailures(path, 'reading', () => file.read(buffer.subarray(end - start), end))
      if (count === 0) return
      end += count
    }
  }

  return async (offset, length) => {
    if (offset < start || offset + length > end) await fill(offset, length)
    return buffer.subarray(offset - start, Math.min(offset - start + length, end - start))
  }
}
