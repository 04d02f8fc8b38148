/**
 * Cuts bytes where their content says, so that what was inserted or appended moves no other cut.
 *
 * A gear hash (Xia et al., "Ddelta", Performance Evaluation 79, 2014) with the skipped minimum and the two masks of
 * FastCDC (Xia et al., USENIX ATC 2016), and the sizes that Hugging Face found for models and tables: 64 KiB, at
 * least 8 and at most 128. The parameters are part of docs/format.md only for writers; a reader needs none of them.
 */
import { createHash } from 'node:crypto'

/** No chunk but the last is smaller. */
export const LEAST_CHUNK_BYTES = 8 * 1024
/** The mask changes here, so most chunks are about this large. */
export const TARGET_CHUNK_BYTES = 64 * 1024
/** No chunk is larger. */
export const MOST_CHUNK_BYTES = 128 * 1024

/** 18 bits up to the target, 14 behind it: cuts gather around the target (FastCDC's normalised chunking, level 2). */
const MASK_BEFORE = 0xffffc000 | 0
const MASK_BEHIND = 0xfffc0000 | 0

/** One random word a byte: the first four bytes, little endian, of the SHA-256 of `mlv gear N`. */
const GEAR = Int32Array.from({ length: 256 }, (_, byte) =>
  createHash('sha256').update(`mlv gear ${byte}`).digest().readInt32LE(0),
)

/** Where the chunk that starts at `start` ends. The bytes reach to its end or `MOST_CHUNK_BYTES` beyond `start`. */
export function chunkEnd(bytes: Uint8Array, start: number): number {
  const end = Math.min(bytes.length, start + MOST_CHUNK_BYTES)
  const target = Math.min(end, start + TARGET_CHUNK_BYTES)
  let hash = 0
  let at = Math.min(end, start + LEAST_CHUNK_BYTES)
  for (; at < target; at += 1) {
    hash = ((hash << 1) + (GEAR[bytes[at] ?? 0] ?? 0)) | 0
    if ((hash & MASK_BEFORE) === 0) return at + 1
  }
  for (; at < end; at += 1) {
    hash = ((hash << 1) + (GEAR[bytes[at] ?? 0] ?? 0)) | 0
    if ((hash & MASK_BEHIND) === 0) return at + 1
  }
  return end
}

/** Cuts a stream; every chunk is a view of bytes that are not used again. */
export async function* chunksOf(stream: AsyncIterable<Uint8Array>): AsyncIterable<Uint8Array> {
  let pending: Uint8Array = new Uint8Array(0)
  for await (const piece of stream) {
    pending = pending.length === 0 ? piece : Buffer.concat([pending, piece])
    let start = 0
    while (pending.length - start >= MOST_CHUNK_BYTES) {
      const end = chunkEnd(pending, start)
      yield pending.subarray(start, end)
      start = end
    }
    pending = pending.subarray(start)
  }
  for (let start = 0; start < pending.length;) {
    const end = chunkEnd(pending, start)
    yield pending.subarray(start, end)
    start = end
  }
}
