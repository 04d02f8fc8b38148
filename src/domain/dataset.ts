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
  /** Columns or fields in file order; absent when the format has none. */
  readonly columns?: readonly Column[]
  /** Where the files came from, as the tool that fetched them noted it: `datasets/org/name@<commit>` of a hub. */
  readonly revision?: string
}

/** One column of a table. */
export interface Column {
  readonly name: string
  /**
   * As the file declares it (`int64`, `list<string>`), or for text formats as its first rows look (`integer`, `float`,
   * `boolean`, `text`); absent when nothing tells.
   */
  readonly type?: string
}

/** What pins a dataset. A folder's digest is over its sorted list of path, digest and size. */
export type DatasetPin =
  | { readonly kind: 'sha256'; readonly sha256: Sha256 }
  | { readonly kind: 'foreign'; readonly scheme: ForeignScheme; readonly id: string }

/** Whose identity a foreign pin is: a `.dvc` file's MD5, a Git LFS object, a commit of a hub, an HTTP entity tag. */
export type ForeignScheme = (typeof FOREIGN_SCHEMES)[number]

/** Every foreign scheme. */
export const FOREIGN_SCHEMES = ['dvc-md5', 'lfs-sha256', 'hf-commit', 'etag'] as const
