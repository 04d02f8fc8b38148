/**
 * Where artifact bytes are kept for others: the port every store is behind.
 *
 * Law: what `get` yields is not believed. Whoever takes bytes into a clone digests them first (`receive-objects.ts`).
 */
import type { Sha256 } from '../base/digest.ts'

/** The identity of an artifact. */
export interface ObjectId {
  readonly sha256: Sha256
  readonly sizeBytes: number
}

/** Bytes of an object from `start` up to, not including, `end`. */
export interface ByteRange {
  readonly start: number
  readonly end: number
}

/** The bytes to send; may be read more than once, from any place. */
export interface ObjectSource {
  /** The file that holds just these bytes, where one does: the system copies it faster than a program. */
  readonly path?: string
  readonly read: (range: ByteRange) => AsyncIterable<Uint8Array>
}

/** An object to send. */
export interface PutObject extends ObjectId {
  readonly source: ObjectSource
  /** Objects that this one is likely to resemble, the likeliest first; a store may store it as a difference to one. */
  readonly parents?: readonly ObjectId[] | undefined
}

/** Called with the number of bytes that went over since the last call; negative when some are sent again. */
export type OnBytes = (bytes: number) => void

/** A store of artifacts. Every method may be tried again after a failure. */
export interface ObjectStore {
  /** What people call it: a URL or folder without secrets. */
  readonly label: string
  /** Which of these objects the store has, whole. @throws `remote-unreachable`, `remote-refused` */
  readonly present: (objects: readonly ObjectId[]) => Promise<ReadonlySet<Sha256>>
  /**
   * Sends objects the store lacks; those it has are skipped. An object is there for others when its call to
   * `onStored` has been made.
   *
   * @throws `remote-unreachable`, `remote-refused`, `lfs-response-invalid`
   */
  readonly put: (
    objects: readonly PutObject[],
    events: { readonly onBytes: OnBytes; readonly onStored: (object: ObjectId) => void },
  ) => Promise<void>
  /**
   * Tells which objects `get` will be asked for next, in which order, so that a store can ask its server for many at
   * once. Nothing is fetched by it, and it never fails.
   */
  readonly expect?: (objects: readonly ObjectId[]) => void
  /** Opens one object for reading. @throws `object-missing`, `remote-unreachable`, `remote-refused` */
  readonly get: (object: ObjectId, range: ByteRange) => Promise<AsyncIterable<Uint8Array>>
}
