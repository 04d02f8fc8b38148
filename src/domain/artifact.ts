/**
 * Artifacts: the files of a run, identified by SHA-256 and size.
 */
import type { Sha256 } from '../base/digest.ts'
import type { ArtifactPath } from './artifact-path.ts'

/** Where the bytes of a file are: in the branch itself, or in the artifact store with a pointer on the branch. */
export type Storage = 'inline' | 'pointer'

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

/** Adds up a list of files. */
export function totalsOf(files: readonly ArtifactFile[]): FileTotals {
  return { count: files.length, sizeBytes: files.reduce((sum, file) => sum + file.sizeBytes, 0) }
}
