/**
 * Bytes under keys in a folder or a bucket: the port below layouts that are more than whole objects, and below the care
 * of a store (who uses it, what nobody names any more).
 *
 * Keys are relative to the root of a store, where `mlv-store.json` and `objects/` are. Law: what `read` yields and what
 * `list` names were written by anyone; whoever uses them checks them first.
 */
import { refuse } from '../domain/failure.ts'
import type { ByteRange } from './object-store.ts'
import type { Brand } from '../base/brand.ts'

/** A key: names with `/` between them, none of which starts with a dot or a dash. */
export type PlaceKey = Brand<string, 'PlaceKey'>

/** What is known of bytes without reading them. */
export interface PlacedBytes {
  readonly sizeBytes: number
  /** When they were written or touched, by the clock of the place; milliseconds since the Unix epoch. */
  readonly modifiedMs: number
}

/** One key of a listing. */
export interface PlacedKey extends PlacedBytes {
  readonly key: PlaceKey
}

/** A folder or bucket. Every method may be tried again after a failure. */
export interface KeyedPlace {
  /** What people call it: a URL or folder without secrets. */
  readonly label: string
  /** Looks at one key; `undefined` where nothing is. @throws `remote-unreachable`, `remote-refused` */
  readonly head: (key: PlaceKey) => Promise<PlacedBytes | undefined>
  /**
   * Opens a key for reading, all of it without a range.
   *
   * @throws `object-missing`, `remote-unreachable`, `remote-refused`
   */
  readonly read: (key: PlaceKey, range?: ByteRange) => Promise<AsyncIterable<Uint8Array>>
  /**
   * Writes a key whole; a reader sees all or nothing, and it is durable when this returns. `there` when the key was
   * taken and `how` left it as it is.
   *
   * @throws `limit-exceeded` above `MOST_WRITE_BYTES`, `remote-unreachable`, `remote-refused`, the disk's refusals
   */
  readonly write: (key: PlaceKey, bytes: Uint8Array, how: 'only-if-absent' | 'replace') => Promise<'written' | 'there'>
  /** Every key that starts with this text, in no order. What is no key of ours is left out. */
  readonly list: (prefix: string) => AsyncIterable<PlacedKey>
  /** Removes keys; those that are absent are fine. */
  readonly remove: (keys: readonly PlaceKey[]) => Promise<void>
  /** Makes a key as young as one that is written now. @throws `object-missing` */
  readonly touch: (key: PlaceKey) => Promise<void>
  /**
   * Gives bytes another key, without their coming here, as young as if they were written now; takes the place of what
   * has it. A bucket copies first and removes then, so what was cut may be under both.
   *
   * @throws `object-missing`
   */
  readonly move: (from: PlaceKey, to: PlaceKey) => Promise<void>
}

/** The most that one write takes: it is held in memory. */
export const MOST_WRITE_BYTES = 64 * 1024 * 1024

const LONGEST_KEY = 512
const KEY = /^[A-Za-z0-9_][A-Za-z0-9._-]*(?:\/[A-Za-z0-9_][A-Za-z0-9._-]*)*$/

/** Reads a key; `undefined` for what is none: empty names, dots at the start, anything that could leave the store. */
export function parsePlaceKey(text: string): PlaceKey | undefined {
  return text.length <= LONGEST_KEY && KEY.test(text) ? (text as PlaceKey) : undefined
}

/** Makes a key of parts that the code itself chose. @throws `path-escape` where a part is no name of a key */
export function placeKey(...parts: readonly string[]): PlaceKey {
  const text = parts.join('/')
  const key = parsePlaceKey(text)
  if (key === undefined) throw refuse('path-escape', { path: text })
  return key
}

/** Refuses what is too much for one write. @throws `limit-exceeded` */
export function requireWritable(key: PlaceKey, bytes: Uint8Array): void {
  if (bytes.length <= MOST_WRITE_BYTES) return
  throw refuse('limit-exceeded', { what: `bytes of ${key}`, actual: bytes.length, limit: MOST_WRITE_BYTES })
}

/** Reads a key that is small into memory; `undefined` where nothing is. @throws `limit-exceeded`, as `read` */
export async function readSmall(place: KeyedPlace, key: PlaceKey, limit: number): Promise<Uint8Array | undefined> {
  const there = await place.head(key)
  if (there === undefined) return undefined
  if (there.sizeBytes > limit) {
    throw refuse('limit-exceeded', { what: `bytes of ${key} in ${place.label}`, actual: there.sizeBytes, limit })
  }
  const chunks: Uint8Array[] = []
  for await (const chunk of await place.read(key, { start: 0, end: there.sizeBytes })) chunks.push(chunk)
  return Buffer.concat(chunks)
}
