/**
 * The artifact store of a clone: `mlv/objects/ab/cd/<sha256>`, read-only files named after their content.
 *
 * Law: bytes are never believed by name, mode or age. An object counts as whole when it was digested since it last
 * changed, and whatever is added is durable before its digest is returned.
 */
import { present } from '../../base/assert.ts'
import type { Sha256 } from '../../base/digest.ts'
import type { ArtifactPath } from '../../domain/artifact-path.ts'
import type { StoreKind } from '../../domain/branch.ts'
import type { Files } from '../files/files.ts'
import { addBytes, addPaths } from './add-objects.ts'
import { addPacks } from './add-packs.ts'
import type { PackedObject, PackInput } from './add-packs.ts'
import { addStream } from './add-stream.ts'
import { countObjects } from './count-objects.ts'
import { digestFile } from './digest-file.ts'
import type { HashedBytes } from './hash-while-copying.ts'
import { objectPath } from './object-layout.ts'
import type { PackPlan } from './pack-plan.ts'
import { openStatCache } from './stat-cache.ts'
import type { HashedStat, Moment } from './stat-cache.ts'
import type { AddProgress, ObjectState, StoreContext, StoredObject, StoreOptions } from './store-context.ts'
import { openReceiver, receiveObject } from './receive-object.ts'
import type { OpenFrom, Receiver } from './receive-object.ts'
import { takeCached } from './take-cached.ts'
import { isKnownWhole, verifyObject } from './verify-object.ts'

export type { AddProgress, ObjectState, StoredObject, StoreOptions } from './store-context.ts'

/** The artifact store of a clone. */
export interface ArtifactStore {
  readonly kind: StoreKind
  /** The disk it is on. */
  readonly files: Files
  /** Adds one file, an absolute path. @throws what `addFiles` does */
  readonly addFile: (path: string) => Promise<StoredObject>
  /**
   * Adds files, absolute paths, and answers in their order. All are durable when it returns.
   *
   * @throws `file-not-found`, `path-not-a-file`, `input-changing`, `disk-full`, `disk-failed`, `repository-read-only`,
   * `too-many-open-files`, `permission-denied`
   */
  readonly addFiles: (
    paths: readonly string[],
    onProgress?: (progress: AddProgress) => void,
  ) => Promise<readonly StoredObject[]>
  /** Adds files as packs, which are durable when it returns. @throws `input-changing`, the disk's refusals */
  readonly addPacks: (
    plans: readonly PackPlan<PackInput>[],
    onProgress?: (progress: AddProgress) => void,
  ) => Promise<ReadonlyMap<ArtifactPath, PackedObject>>
  /** Adds bytes. @throws the disk's refusals, as `addFiles` */
  readonly addBytes: (bytes: Uint8Array) => Promise<StoredObject>
  /** Adds bytes as they are made, so that they never stand in memory all at once. @throws as `addBytes` */
  readonly addStream: (chunks: Iterable<Uint8Array> | AsyncIterable<Uint8Array>) => Promise<StoredObject>
  /**
   * Takes an object from elsewhere, going on where an earlier call was cut.
   *
   * @throws `digest-mismatch`, what `open` throws, the disk's refusals
   */
  readonly receive: (object: HashedBytes, open: OpenFrom) => Promise<void>
  /** Takes many objects from elsewhere, as `receive` does each. Finish it, whatever happened. */
  readonly openReceiver: () => Promise<Receiver>
  /**
   * Takes an object from the cache this machine's repositories share; false where there is none or it lacks the object.
   *
   * @throws the disk's refusals, of this store alone
   */
  readonly takeCached: (object: HashedBytes) => Promise<boolean>
  /** Tells whether there is an object of this name, whole or not. */
  readonly has: (sha256: Sha256) => Promise<boolean>
  /** Where the object is, or would be. */
  readonly path: (sha256: Sha256) => string
  /** Checks an object; `rehash` reads its bytes even when the file has not changed since it was last digested. */
  readonly verify: (sha256: Sha256, sizeBytes: number, options?: { readonly rehash?: boolean }) => Promise<ObjectState>
  /** Tells whether an object is whole, when that takes no long reading; false when it would. */
  readonly knows: (sha256: Sha256, sizeBytes: number) => Promise<boolean>
  /** Remembers the digest of a file read since a moment, so that it need not be read again while it rests. */
  readonly remember: (hashed: HashedStat, since: Moment) => Promise<void>
  /** The digest of any file; read only when it changed since it was last digested. @throws `ENOENT` */
  readonly digestFile: (path: string) => Promise<HashedBytes>
  /** How many objects there are and what they hold, by their names alone. */
  readonly totals: () => Promise<{ readonly count: number; readonly sizeBytes: number }>
}

/** Opens the store of a clone, in its common git folder. Nothing is read or made before it is asked. */
export function openArtifactStore(commonDir: string, files: Files, options: StoreOptions): ArtifactStore {
  const context: StoreContext = { ...options, commonDir, files, cache: openStatCache(commonDir, files) }
  const path = (sha256: Sha256) => objectPath(commonDir, sha256)
  return {
    kind: options.kind,
    files,
    addFile: async (file) => present((await addPaths(context, [file]))[0], 'one object for one file'),
    addFiles: (paths, onProgress) => addPaths(context, paths, onProgress),
    addPacks: (plans, onProgress) => addPacks(context, plans, onProgress),
    addBytes: (bytes) => addBytes(context, bytes),
    addStream: (chunks) => addStream(context, chunks),
    takeCached: (object) => takeCached(context, object),
    receive: (object, open) => receiveObject(context, object, open),
    openReceiver: () => openReceiver(context),
    has: async (sha256) => (await files.lstat(path(sha256)))?.kind === 'file',
    path,
    verify: (sha256, sizeBytes, { rehash = false } = {}) => verifyObject(context, { sha256, sizeBytes }, rehash),
    knows: (sha256, sizeBytes) => isKnownWhole(context, { sha256, sizeBytes }),
    remember: (hashed, since) => context.cache.remember([hashed], since),
    digestFile: (file) => digestFile(context, file),
    totals: () => countObjects(files, commonDir),
  }
}
