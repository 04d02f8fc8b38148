/**
 * What the parts of the artifact store share, and what they answer with.
 */
import type { Entropy } from '../../base/clock.ts'
import type { StoreKind } from '../../domain/branch.ts'
import type { Files } from '../files/files.ts'
import type { ObjectCache } from './object-cache.ts'
import type { HashedBytes } from './hash-while-copying.ts'
import type { TensorReading } from './safetensors.ts'
import type { StatCache } from './stat-cache.ts'

/** How to open the store. */
export interface StoreOptions {
  /** With `lfs`, objects are also linked where git-lfs looks for them. */
  readonly kind: StoreKind
  /** Names temporary files. */
  readonly entropy: Entropy
  /** The cache this machine's repositories share; asked when it is first needed. Absent for none. */
  readonly shared?: () => Promise<ObjectCache | undefined>
}

/** An object of the store. */
export interface StoredObject extends HashedBytes {
  /** Of a file called `.safetensors`; absent for any other. */
  readonly tensors?: TensorReading
}

/** How far an addition is. */
export interface AddProgress {
  readonly files: number
  readonly bytes: number
  readonly totalBytes: number
}

/** What is known of an object. */
export type ObjectState = 'ok' | 'missing' | 'damaged'

/** A store that is open. */
export interface StoreContext extends StoreOptions {
  readonly commonDir: string
  readonly files: Files
  readonly cache: StatCache
}
