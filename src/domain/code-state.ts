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
      /** Files left out of the snapshot, one sentence each; empty when the snapshot is whole. */
      readonly omitted: readonly string[]
    }

/** Tells whether the worktree differed from its commit. */
export function isDirty(code: CodeState): boolean {
  return code.kind === 'commit' && code.snapshot !== undefined
}
