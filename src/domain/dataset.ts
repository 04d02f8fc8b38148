/**
 * Datasets: the inputs of a run, pinned by digest where that is possible. What could not be pinned is listed, not
 * hidden.
 */
import type { Sha256 } from '../base/digest.ts'

/** One input of a run. */
export interface Dataset {
  /** A path relative to the worktree, or a URI. */
  readonly uri: string
  /**
   * What pins the bytes: a digest of ours, or an identity someone else computed (`md5:…` of a .dvc file).
   * Absent when nothing could pin it.
   */
  readonly pin?: DatasetPin
  /** Sum over all files; absent when unknown. */
  readonly sizeBytes?: number
  /** Number of files of a folder; absent for a single file. */
  readonly fileCount?: number
  /** Number of records, header lines not counted; absent when the format has none. */
  readonly rows?: number
  /** Column or field names in file order; absent when the format has none. */
  readonly columns?: readonly string[]
}

/** What pins a dataset. A folder's digest is over its sorted list of path, digest and size. */
export type DatasetPin =
  | { readonly kind: 'sha256'; readonly sha256: Sha256 }
  | { readonly kind: 'foreign'; readonly scheme: 'dvc-md5' | 'lfs-sha256'; readonly id: string }
