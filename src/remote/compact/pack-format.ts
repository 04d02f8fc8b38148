/**
 * Packs: frames back to back, then an index with their lengths and digests, then a trailer. Named by the SHA-256 of
 * all of it.
 *
 *     frame 0 | frame 1 | … | an entry a frame | trailer
 *     entry: stored length u32, content length u32, SHA-256 of the content; trailer: frames u32, 0 u32, magic
 *
 * Integers are little endian. A frame whose stored length is that of its content is that content; any other is one
 * Zstandard frame.
 */
import { createHash } from 'node:crypto'
import { sha256Of } from '../../base/digest.ts'
import type { Sha256 } from '../../base/digest.ts'
import { refuse } from '../../domain/failure.ts'
import type { Failure } from '../../domain/failure.ts'
import { MOST_FRAME_BYTES, MOST_PACK_BYTES } from './compact-manifest.ts'
import type { PackSource } from './compact-manifest.ts'
import type { Zstd } from './zstd.ts'

const ENTRY_BYTES = 40
const TRAILER_BYTES = 16
const MAGIC = 'MLVPACK1'

/** Where the frames of a pack are. */
export interface PackIndex {
  /** Where each frame starts, and at the end where the last one ends. */
  readonly starts: Float64Array
  /** What each frame comes to, in bytes. */
  readonly contentBytes: Uint32Array
  /** The digest of a frame's content, in lower-case hex. */
  readonly digest: (frame: number) => string
}

/** A pack that is done. */
export interface FinishedPack {
  readonly source: PackSource
  readonly bytes: Uint8Array
}

/** A pack being filled. */
export interface PackBuilder {
  /** Bytes it would have if it were finished now. */
  readonly sizeBytes: () => number
  readonly frames: () => number
  /** Tells whether a frame of this stored length still fits. */
  readonly fits: (storedBytes: number) => boolean
  readonly add: (stored: Uint8Array, content: Uint8Array) => void
  readonly finish: () => FinishedPack
}

/** Starts a pack. It keeps the frames it is given. */
export function packBuilder(): PackBuilder {
  const frames: Uint8Array[] = []
  const entries: Buffer[] = []
  let storedBytes = 0
  const sizeBytes = (): number => storedBytes + entries.length * ENTRY_BYTES + TRAILER_BYTES
  return {
    sizeBytes,
    frames: () => frames.length,
    fits: (length) => sizeBytes() + length + ENTRY_BYTES <= MOST_PACK_BYTES,
    add: (stored, content) => {
      const entry = Buffer.alloc(ENTRY_BYTES)
      entry.writeUInt32LE(stored.length, 0)
      entry.writeUInt32LE(content.length, 4)
      createHash('sha256').update(content).digest().copy(entry, 8)
      entries.push(entry)
      frames.push(stored)
      storedBytes += stored.length
    },
    finish: () => {
      const trailer = Buffer.alloc(TRAILER_BYTES)
      trailer.writeUInt32LE(frames.length, 0)
      trailer.write(MAGIC, 8, 'latin1')
      const bytes = Buffer.concat([...frames, ...entries, trailer])
      const source = { kind: 'pack' as const, sha256: sha256Of(bytes), sizeBytes: bytes.length, frames: frames.length }
      return { source, bytes }
    },
  }
}

/** The form in which a frame is stored: compressed where that makes it smaller. */
export function storedForm(zstd: Zstd, content: Uint8Array): Uint8Array {
  const compressed = zstd.compress(content)
  return compressed.length < content.length ? compressed : content
}

/** Restores a frame. @throws `object-damaged` */
export function contentOf(zstd: Zstd, pack: Sha256, stored: Uint8Array, contentBytes: number): Uint8Array {
  if (stored.length === contentBytes) return stored
  const content = zstd.decompress(stored, contentBytes)
  if (content === undefined) throw damaged(pack, 'a frame cannot be restored')
  return content
}

/** Where in a pack its index and trailer are. @throws `object-damaged` */
export function indexRange({ sha256, sizeBytes, frames }: PackSource): {
  readonly start: number
  readonly end: number
} {
  const start = sizeBytes - TRAILER_BYTES - frames * ENTRY_BYTES
  if (start < 0) throw damaged(sha256, 'it is too short for its frames')
  return { start, end: sizeBytes }
}

/** Reads the index and trailer of a pack. @throws `object-damaged` */
export function readPackIndex(tail: Buffer, source: PackSource): PackIndex {
  const { sha256, frames } = source
  const framesEnd = indexRange(source).start
  const trailer = frames * ENTRY_BYTES
  if (tail.length !== trailer + TRAILER_BYTES || tail.toString('latin1', trailer + 8) !== MAGIC) {
    throw damaged(sha256, 'its end is no index')
  }
  if (tail.readUInt32LE(trailer) !== frames) throw damaged(sha256, 'it has another number of frames')
  const starts = new Float64Array(frames + 1)
  const contentBytes = new Uint32Array(frames)
  for (let frame = 0, at = 0; frame < frames; frame += 1) {
    const stored = tail.readUInt32LE(frame * ENTRY_BYTES)
    const content = tail.readUInt32LE(frame * ENTRY_BYTES + 4)
    if (content === 0 || content > MOST_FRAME_BYTES || stored === 0 || stored > content) {
      throw damaged(sha256, `the lengths of frame ${frame} cannot be`)
    }
    at += stored
    starts[frame + 1] = at
    contentBytes[frame] = content
  }
  if (starts[frames] !== framesEnd) throw damaged(sha256, 'its frames do not reach to its index')
  const digest = (frame: number): string => tail.toString('hex', frame * ENTRY_BYTES + 8, (frame + 1) * ENTRY_BYTES)
  return { starts, contentBytes, digest }
}

/** The refusal of a pack that cannot be read. */
export function damaged(pack: Sha256, problem: string): Failure {
  return refuse('object-damaged', { what: 'pack', id: pack, problem })
}
