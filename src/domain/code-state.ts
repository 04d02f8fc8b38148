/**
 * Code state: which code a run ran.
 */
import type { Oid } from './oid.ts'

/** The code of a run. */
export type CodeState =
  | { readonly kind: 'none'; readonly reason: string }
  | {
      readonly kind: 'commit'
      /** HEAD when the run was recorded. */
      readonly commit: Oid
      /** The tree that ran: of the commit when clean, of the snapshot when dirty. */
      readonly tree: Oid
      /** The branch HEAD was on; absent when detached. */
      readonly branch?: string
      /** The commit that holds the worktree as it was, untracked files too; absent when the worktree was clean. */
      readonly snapshot?: Oid
      /**
       * A commit that says how the files on the disk differed from the blobs of `tree` (line endings, filters, LFS);
       * absent when every file was its blob.
       */
      readonly exact?: Oid
      /** Files and folders that git ignores and nothing recorded; absent when there were none, or nobody looked. */
      readonly ignored?: IgnoredFiles
      /** Files left out of the snapshot, one sentence each; empty when the snapshot is whole. */
      readonly omitted: readonly string[]
    }

/** What git ignores in a worktree, told and not kept. */
export interface IgnoredFiles {
  /** The first of them, sorted; a folder that is ignored as a whole ends in `/`. */
  readonly paths: readonly string[]
  /** All of them. */
  readonly count: number
}

/** Tells whether the worktree differed from its commit. */
export function isDirty(code: CodeState): boolean {
  return code.kind === 'commit' && code.snapshot !== undefined
}
