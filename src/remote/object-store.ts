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
  readonly read: (range: ByteRange) => AsyncIterable<Uint8Array>
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
    objects: readonly (ObjectId & { readonly source: ObjectSource })[],
    events: { readonly onBytes: OnBytes; readonly onStored: (object: ObjectId) => void },
  ) => Promise<void>
  /** Opens one object for reading. @throws `object-missing`, `remote-unreachable`, `remote-refused` */
  readonly get: (object: ObjectId, range: ByteRange) => Promise<AsyncIterable<Uint8Array>>
}
