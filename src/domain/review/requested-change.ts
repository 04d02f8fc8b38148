/**
 * The pull request a job runs for, as a continuous integration names it.
 */
import type { Oid } from '../oid.ts'

/** Where the discussion of a change is. Gitea and Forgejo speak the same API. */
export type ForgeKind = 'github' | 'gitlab' | 'gitea'

/** A pull request (GitHub, Gitea, Forgejo) or merge request (GitLab). */
export interface RequestedChange {
  readonly forge: ForgeKind
  /** Of the request, from 1. */
  readonly number: number
  /** The tip of the branch it is to be merged into, when the job began. */
  readonly baseCommit: Oid
  readonly headCommit: Oid
  /** The branch it is to be merged into, as people call it: untrusted text. */
  readonly baseName?: string
}
