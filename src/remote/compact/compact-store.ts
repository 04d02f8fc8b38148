/**
 * A store around a store: what was put as planes, delta or chunks is read like anything else, and what is put is kept
 * in the form that is smallest, where one is worth it.
 *
 * Law: an object is there when its manifest is, and everything the manifest leads to was there before and is young. A
 * kill at any write leaves packs that nobody names, and no more.
 */
import { sha256Stream } from '../../base/digest.ts'
import type { Sha256 } from '../../base/digest.ts'
import { isFailure, refuse } from '../../domain/failure.ts'
import { forEachAtOnce } from '../../store/artifacts/at-once.ts'
import type { KeyedPlace } from '../keyed-place.ts'
import type { ByteRange, ObjectId, ObjectStore, PutObject } from '../object-store.ts'
import { COMPACT_LEAST_BYTES } from './compact-bounds.ts'
import { compactReader } from './compact-reader.ts'
import type { CompactReader, CompactReading } from './compact-reader.ts'
import { writeCompact } from './compact-writer.ts'
import { inOrderOfParents } from './parent-order.ts'
import { openZstd } from './zstd.ts'

/** What a compact store is opened with. */
export interface CompactOptions {
  /** The keys of the same store. */
  readonly place: KeyedPlace
  /** Whether what is put is made smaller; what is there is read in any case. */
  readonly isCompact: boolean
  /** A copy in the clone that is known to be whole. */
  readonly near: CompactReading['near']
}

type PutEvents = Parameters<ObjectStore['put']>[1]

const QUESTIONS_AT_ONCE = 8

/** Opens the store. */
export function openCompactStore(plain: ObjectStore, options: CompactOptions): ObjectStore {
  const { place, isCompact, near } = options
  const openReader = (): CompactReader => compactReader({ place, near, zstd: openZstd })
  return {
    label: plain.label,
    present: async (objects) => {
      const found = new Set(await plain.present(objects))
      const others = objects.filter(({ sha256 }) => !found.has(sha256))
      await forEachAtOnce(others, QUESTIONS_AT_ONCE, async (object) => {
        if (await isThere(openReader(), object)) found.add(object.sha256)
      })
      return found
    },
    put: (objects, events) =>
      isCompact ? putAll(plain, options, openReader, objects, events) : plain.put(objects, events),
    get: (object, range) =>
      isCompact ? compactFirst(plain, openReader(), object, range) : wholeFirst(plain, openReader(), object, range),
  }
}

/** A manifest that cannot be read is none: the object may be put again. */
async function isThere(reader: CompactReader, { sha256, sizeBytes }: ObjectId): Promise<boolean> {
  try {
    return (await reader.manifest(sha256))?.sizeBytes === sizeBytes
  } catch (caught) {
    if (isFailure(caught, 'object-damaged')) return false
    throw caught
  }
}

async function wholeFirst(
  plain: ObjectStore,
  reader: CompactReader,
  object: ObjectId,
  range: ByteRange,
): Promise<AsyncIterable<Uint8Array>> {
  try {
    return await plain.get(object, range)
  } catch (caught) {
    if (!isFailure(caught, 'object-missing') || (await reader.manifest(object.sha256)) === undefined) throw caught
    return reader.read(object, range)
  }
}

async function compactFirst(
  plain: ObjectStore,
  reader: CompactReader,
  object: ObjectId,
  range: ByteRange,
): Promise<AsyncIterable<Uint8Array>> {
  if (object.sizeBytes < COMPACT_LEAST_BYTES) return wholeFirst(plain, reader, object, range)
  try {
    const manifest = await reader.manifest(object.sha256)
    return await (manifest === undefined ? plain.get(object, range) : reader.read(object, range))
  } catch (caught) {
    if (!isFailure(caught, 'object-damaged') || !(await plain.present([object])).has(object.sha256)) throw caught
    return plain.get(object, range)
  }
}

async function putAll(
  plain: ObjectStore,
  options: CompactOptions,
  openReader: () => CompactReader,
  objects: readonly PutObject[],
  events: PutEvents,
): Promise<void> {
  const small = objects.filter(({ sizeBytes }) => sizeBytes < COMPACT_LEAST_BYTES)
  const large = objects.filter(({ sizeBytes }) => sizeBytes >= COMPACT_LEAST_BYTES)
  await plain.put(small, events)
  const parents = new Set<Sha256>(large.flatMap((object) => object.parents?.map(({ sha256 }) => sha256) ?? []))
  const whole: PutObject[] = []
  // One after the other: a parent comes before its child, and compressing fills a processor.
  for (const object of inOrderOfParents(large)) {
    if (await putCompact(plain, options, openReader(), object, events)) continue
    if (parents.has(object.sha256)) await plain.put([object], events)
    else whole.push(object)
  }
  await plain.put(whole, events)
}

/** Puts one object if it can be made smaller or is there; false when it is to be put whole. */
async function putCompact(
  plain: ObjectStore,
  { place, near }: CompactOptions,
  reader: CompactReader,
  object: PutObject,
  { onBytes, onStored }: PutEvents,
): Promise<boolean> {
  if (!(await isThere(reader, object)) && !(await plain.present([object])).has(object.sha256)) {
    let sentBytes = 0
    const advance = (bytes: number): void => {
      sentBytes += bytes
      onBytes(bytes)
    }
    const source = { read: (range: ByteRange) => digested(object, range, advance) }
    const isWritten = await writeCompact({ ...object, digested: source }, { plain, place, near, reader, openZstd })
    if (!isWritten) {
      advance(-sentBytes)
      return false
    }
  } else onBytes(object.sizeBytes)
  onStored({ sha256: object.sha256, sizeBytes: object.sizeBytes })
  return true
}

/** The bytes of an object, refused at their end when they are not the object. */
async function* digested(
  { source, sha256, sizeBytes }: PutObject,
  range: ByteRange,
  onBytes: (bytes: number) => void,
): AsyncIterable<Uint8Array> {
  const hash = sha256Stream()
  let bytes = 0
  for await (const chunk of source.read(range)) {
    hash.update(chunk)
    bytes += chunk.length
    onBytes(chunk.length)
    yield chunk
  }
  const actual = hash.digest()
  if (actual !== sha256 || bytes !== sizeBytes)
    throw refuse('digest-mismatch', { path: sha256, expected: sha256, actual })
}
