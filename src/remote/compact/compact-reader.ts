/**
 * Puts an object together from its manifest: any range of it, with one frame of each object of a chain in memory and
 * at most `MOST_FETCH_BYTES` of a pack on their way.
 *
 * Law: nothing here is believed. Chains end after `MOST_DEPTH` parents, lengths are checked before they are allocated,
 * and whoever takes the object into a clone digests it.
 */
import type { Sha256 } from '../../base/digest.ts'
import { Failure, refuse } from '../../domain/failure.ts'
import { readSmall } from '../keyed-place.ts'
import type { KeyedPlace } from '../keyed-place.ts'
import type { ByteRange, ObjectId, ObjectSource } from '../object-store.ts'
import { differenceOf, joinPlanes } from './byte-planes.ts'
import { byteReader } from './byte-reader.ts'
import { manifestKey, packKey, wholeKey } from './compact-keys.ts'
import { decodeCompactManifest, MOST_DEPTH, MOST_FRAME_BYTES, MOST_MANIFEST_BYTES } from './compact-manifest.ts'
import type { CompactManifest, PackSource } from './compact-manifest.ts'
import { contentOf, damaged, indexRange, readPackIndex } from './pack-format.ts'
import type { PackIndex } from './pack-format.ts'
import { planPieces } from './read-plan.ts'
import type { FramePiece } from './read-plan.ts'
import type { Zstd } from './zstd.ts'

/** What reading needs. */
export interface CompactReading {
  readonly place: KeyedPlace
  readonly zstd: () => Promise<Zstd>
  /** A copy that is at hand and known to be whole, such as in the clone; saves fetching a parent. */
  readonly near: (object: ObjectId) => Promise<ObjectSource | undefined>
}

/** Reads manifests and indexes, each once. */
export interface CompactReader {
  /** `undefined` where there is none. @throws `object-damaged` */
  readonly manifest: (sha256: Sha256) => Promise<CompactManifest | undefined>
  readonly index: (pack: PackSource) => Promise<PackIndex>
  /** Reads a range of an object that has a manifest. @throws `object-missing`, `object-damaged` */
  readonly read: (object: ObjectId, range: ByteRange) => Promise<AsyncIterable<Uint8Array>>
}

/** Frames that are near each other are fetched at once, up to this. */
const MOST_FETCH_BYTES = 4 * 1024 * 1024
/** Bytes between two frames that are fetched rather than asked around. */
const MOST_GAP_BYTES = 128 * 1024
/** What is restored for a range, parents and parts of frames included, is no more than this many times the object. */
const MOST_WORK_FACTOR = 64
const LEAST_WORK_BYTES = 1024 * 1024 * 1024

/** Opens a reader, for as long as one object is read or written. */
export function compactReader(reading: CompactReading): CompactReader {
  const { place } = reading
  const manifest = remembered(async (sha256: Sha256) => {
    const bytes = await manifestBytes(place, sha256)
    return bytes === undefined ? undefined : decodeCompactManifest(bytes, { sha256 })
  })
  const indexes = remembered((_: Sha256, pack: PackSource) => fetchIndex(place, pack))
  const index = (pack: PackSource): Promise<PackIndex> => indexes(pack.sha256, pack)
  const near = remembered((_: Sha256, object: ObjectId) => reading.near(object))
  const context = { reading, manifest, index, near: (object: ObjectId) => near(object.sha256, object) }
  return {
    manifest,
    index,
    read: (object, range) => {
      const budget = { leftBytes: MOST_WORK_FACTOR * object.sizeBytes + LEAST_WORK_BYTES }
      return readAt({ ...context, budget }, object, range, 0)
    },
  }
}

interface Reader extends Pick<CompactReader, 'manifest' | 'index'> {
  readonly reading: CompactReading
  readonly near: CompactReading['near']
  readonly budget: { leftBytes: number }
}

async function manifestBytes(place: KeyedPlace, sha256: Sha256): Promise<Uint8Array | undefined> {
  try {
    return await readSmall(place, manifestKey(sha256), MOST_MANIFEST_BYTES)
  } catch (caught) {
    if (!(caught instanceof Failure) || caught.code !== 'limit-exceeded') throw caught
    throw refuse('object-damaged', { what: 'compact artifact', id: sha256, problem: caught.message }, caught)
  }
}

async function fetchIndex(place: KeyedPlace, pack: PackSource): Promise<PackIndex> {
  const range = indexRange(pack)
  const tail = await fetchExactly(place, pack, range)
  return readPackIndex(tail, pack)
}

/** Reads a range of a pack; no byte more, whatever is sent. @throws `object-damaged` when it is too short */
async function fetchExactly(place: KeyedPlace, pack: PackSource, { start, end }: ByteRange): Promise<Buffer> {
  const reader = byteReader(await place.read(packKey(pack.sha256), { start, end }))
  try {
    const bytes = await reader.take(end - start)
    if (bytes.length < end - start) throw damaged(pack.sha256, 'it is too short')
    return Buffer.from(bytes.buffer, bytes.byteOffset, bytes.length)
  } finally {
    await reader.close()
  }
}

async function readAt(
  reader: Reader,
  object: ObjectId,
  range: ByteRange,
  hops: number,
): Promise<AsyncIterable<Uint8Array>> {
  const manifest = await reader.manifest(object.sha256)
  if (manifest === undefined) {
    const what = `in ${reader.reading.place.label}, artifact`
    throw refuse('object-missing', { what, id: object.sha256 })
  }
  const problem = manifest.sizeBytes !== object.sizeBytes ? 'its manifest is of another size' : chainProblem(hops)
  if (problem !== undefined) throw refuse('object-damaged', { what: 'compact artifact', id: object.sha256, problem })
  return decode(reader, manifest, range, hops)
}

function chainProblem(hops: number): string | undefined {
  return hops > MOST_DEPTH ? `more than ${MOST_DEPTH} objects are differences to one another` : undefined
}

/** Reads a parent in whatever form it has, the nearest first. */
async function readParent(
  reader: Reader,
  parent: ObjectId,
  range: ByteRange,
  hops: number,
): Promise<AsyncIterable<Uint8Array>> {
  const source = await reader.near(parent)
  if (source !== undefined) return source.read(range)
  if ((await reader.manifest(parent.sha256)) !== undefined) return readAt(reader, parent, range, hops + 1)
  return reader.reading.place.read(wholeKey(parent.sha256), range)
}

async function* decode(
  reader: Reader,
  manifest: CompactManifest,
  range: ByteRange,
  hops: number,
): AsyncIterable<Uint8Array> {
  const { place } = reader.reading
  const zstd = await reader.reading.zstd()
  const parent = parentReader(reader, manifest, range, hops)
  try {
    for await (const piece of planPieces(manifest, range, reader.index, FETCHING)) {
      if (piece.kind === 'bytes') {
        yield* await place.read(wholeKey(piece.object), piece.range)
        continue
      }
      const { pack, fetched, frames } = piece
      const stored = await fetchExactly(place, pack, fetched)
      for (const frame of frames) {
        spend(reader, manifest.sha256, frame.contentBytes)
        const from = stored.subarray(frame.stored.start - fetched.start, frame.stored.end - fetched.start)
        const planes = contentOf(zstd, pack.sha256, from, frame.contentBytes)
        const bytes = joinPlanes(planes, frame.width)
        yield (await parent.applied(frame, bytes)).subarray(frame.kept.start, frame.kept.end)
      }
    }
  } finally {
    await parent.close()
  }
}

const FETCHING = { mostBytes: MOST_FETCH_BYTES, mostGapBytes: MOST_GAP_BYTES }

/** Reads the parent along with its child; a stream goes on as long as the child asks for the next bytes. */
function parentReader(reader: Reader, manifest: CompactManifest, range: ByteRange, hops: number) {
  const { parent, sha256 } = manifest
  const extents = parentExtents(manifest, range)
  let stream: ReturnType<typeof byteReader> | undefined
  let at = 0
  const close = async (): Promise<void> => {
    await stream?.close()
    stream = undefined
  }
  const take = async (from: ObjectId, start: number, count: number): Promise<Uint8Array> => {
    if (stream === undefined || start !== at) {
      await close()
      const end = extents.find((extent) => start >= extent.start && start + count <= extent.end)?.end ?? start + count
      stream = byteReader(await readParent(reader, from, { start, end }, hops))
    }
    const bytes = await stream.take(count)
    at = start + count
    if (bytes.length === count) return bytes
    throw refuse('object-damaged', { what: 'compact artifact', id: sha256, problem: 'its parent is too short' })
  }
  return {
    close,
    applied: async ({ parentAt }: FramePiece, bytes: Uint8Array): Promise<Uint8Array> => {
      if (parentAt === undefined || parent === undefined) return bytes
      return differenceOf(bytes, await take(parent, parentAt, bytes.length))
    },
  }
}

/** Parts of the parent that are read without a gap for a range of the child, frames at its ends included. */
function parentExtents({ runs }: CompactManifest, range: ByteRange): readonly ByteRange[] {
  const extents: { start: number; end: number }[] = []
  let start = 0
  for (const { lengthBytes, parentAt } of runs) {
    const from = start
    start += lengthBytes
    if (parentAt === undefined || from >= range.end || start <= range.start) continue
    const end = parentAt + Math.min(lengthBytes, range.end - from + MOST_FRAME_BYTES)
    const last = extents.at(-1)
    if (last?.end === parentAt) last.end = end
    else extents.push({ start: parentAt, end })
  }
  return extents
}

function spend({ budget }: Reader, sha256: Sha256, bytes: number): void {
  budget.leftBytes -= bytes
  if (budget.leftBytes >= 0) return
  const problem = 'putting it together takes more reading than any writer of mlv makes necessary'
  throw refuse('object-damaged', { what: 'compact artifact', id: sha256, problem })
}

/** Asks once for each digest; what failed is asked again. */
function remembered<Arguments extends readonly [Sha256, ...unknown[]], Result>(
  ask: (...args: Arguments) => Promise<Result>,
): (...args: Arguments) => Promise<Result> {
  const known = new Map<Sha256, Promise<Result>>()
  return (...args) => {
    const [sha256] = args
    const asked = known.get(sha256) ?? ask(...args)
    known.set(sha256, asked)
    asked.catch(() => known.delete(sha256))
    return asked
  }
}
