/**
 * SHA-256 of a file while it is copied: each byte is read once, and the disk reads and writes while the processor
 * hashes. The digest is of the bytes that were written, whatever happens to the source meanwhile.
 */
import { sha256Stream } from '../../base/digest.ts'
import type { Sha256 } from '../../base/digest.ts'
import type { OpenFile } from '../files/files.ts'

/** What a stream of bytes came to. */
export interface HashedBytes {
  readonly sha256: Sha256
  readonly sizeBytes: number
}

/** What else is done with the bytes on their way. */
export interface HashOptions {
  /** How long the source is said to be; only buffers are sized by it. */
  readonly expectedBytes: number
  /** Where the bytes are written as well. */
  readonly target?: Pick<OpenFile, 'write'>
  /** Sees every chunk in order; must not keep it. */
  readonly observe?: (chunk: Uint8Array) => void
}

/** Measured on a 2 GB file: from 1 MiB on the time no longer depends on it. */
const CHUNK_BYTES = 2 * 1024 * 1024

/** Reads a file from its start to its end. */
export async function hashWhileCopying(source: OpenFile, options: HashOptions): Promise<HashedBytes> {
  const { target, observe } = options
  // One byte more than expected, so that the end of a small file is seen by the same read.
  let length = Math.min(CHUNK_BYTES, options.expectedBytes + 1)
  const hash = sha256Stream()
  let buffer: Uint8Array = new Uint8Array(length)
  let spare: Uint8Array | undefined
  let sizeBytes = 0
  let count = await source.read(buffer, 0)
  while (count > 0) {
    const chunk = buffer.subarray(0, count)
    sizeBytes += count
    // A file that is longer than it was said to be is not read in steps of what it was said to be.
    if (sizeBytes > options.expectedBytes) length = CHUNK_BYTES
    if (spare?.length !== length) spare = new Uint8Array(length)
    const pending = Promise.all([source.read(spare, sizeBytes), target?.write(chunk)])
    hash.update(chunk)
    observe?.(chunk)
    const [next] = await pending
    ;[buffer, spare, count] = [spare, buffer, next]
  }
  return { sha256: hash.digest(), sizeBytes }
}
