/**
 * Artifacts: the files of a run, identified by SHA-256 and size.
 */
import type { Sha256 } from '../base/digest.ts'
import { compareText } from '../base/order.ts'
import type { ArtifactPath } from './artifact-path.ts'

/** Bytes that are kept in the artifact store under their digest. */
export interface StoredBytes {
  readonly sha256: Sha256
  readonly sizeBytes: number
}

/** Where the bytes of a file are. */
export type Storage =
  /** On the branch itself. */
  | { readonly kind: 'inline' }
  /** In the artifact store under the file's own digest, with a pointer on the branch in its place. */
  | { readonly kind: 'pointer' }
  /** In the artifact store as part of a pack: `offset` is the file's first byte in it. The pointer is the pack's. */
  | { readonly kind: 'packed'; readonly pack: StoredBytes; readonly offset: number }

/** No packed file is longer, so that readers may take one into memory. */
export const LIMIT_PACKED_BYTES = 1024 * 1024

/** One file of a run or version. */
export interface ArtifactFile {
  /** Relative to the worktree (run) or to the model's folder (version); forward slashes. */
  readonly path: ArtifactPath
  readonly sha256: Sha256
  readonly sizeBytes: number
  readonly storage: Storage
  /** The tensors of a weights file in file order; absent when the format has none or its header cannot be read. */
  readonly tensors?: readonly Tensor[]
}

/** One tensor of a weights file. */
export interface Tensor {
  readonly name: string
  /** The format's own name of the element type, such as `F32` or `BF16`. */
  readonly dtype: string
  /** Dimensions, outermost first; empty for a scalar. */
  readonly shape: readonly number[]
  /** Digest of the raw little-endian data bytes, dtype and shape not included. */
  readonly sha256: Sha256
}

/** How many files, and how many bytes in all. */
export interface FileTotals {
  readonly count: number
  readonly sizeBytes: number
}

/**
 * What the artifact store must hold for these files to be had, each object once, in the order they are first needed.
 * Whoever asks which objects a record needs asks here.
 */
export function objectsOf(files: readonly ArtifactFile[]): readonly StoredBytes[] {
  const objects = new Map<Sha256, StoredBytes>()
  for (const file of files) {
    const object = objectOf(file)
    if (object !== undefined && !objects.has(object.sha256)) objects.set(object.sha256, object)
  }
  return [...objects.values()]
}

/** The object that holds the bytes of a file; `undefined` for one that stands on the branch itself. */
export function objectOf({ sha256, sizeBytes, storage }: ArtifactFile): StoredBytes | undefined {
  switch (storage.kind) {
    case 'inline':
      return undefined
    case 'pointer':
      return { sha256, sizeBytes }
    case 'packed':
      return storage.pack
  }
}

/** The packs that these files are in, each once, by their digests. */
export function packsOf(files: readonly ArtifactFile[]): readonly StoredBytes[] {
  const packs = new Map<Sha256, StoredBytes>()
  for (const { storage } of files) {
    if (storage.kind === 'packed') packs.set(storage.pack.sha256, storage.pack)
  }
  return [...packs.values()].sort((left, right) => compareText(left.sha256, right.sha256))
}

/** Adds up a list of files. */
export function totalsOf(files: readonly ArtifactFile[]): FileTotals {
  return { count: files.length, sizeBytes: files.reduce((sum, file) => sum + file.sizeBytes, 0) }
}
