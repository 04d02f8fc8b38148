/**
 * The git port: what mlv asks of a repository's objects and refs. Two adapters answer it, `system` and `embedded`;
 * one contract suite (test/contract/engine.test.ts) holds both.
 *
 * Reads are pinned by object name and safe beside writers, `git gc` and repacking. Objects are checked when read:
 * a tree that git would refuse is refused with `tree-invalid`.
 */
import type { Instant } from '../../base/clock.ts'
import type { Oid } from '../../domain/oid.ts'
import type { RefName } from '../../domain/ref-name.ts'
import type { TreePath } from '../../domain/tree-path.ts'
import type { BulkSource } from './bulk-reader.ts'

/** What a tree entry is. */
export type EntryKind = 'file' | 'executable' | 'symlink' | 'tree' | 'gitlink'

/** One entry of a tree. */
export interface TreeEntry {
  readonly name: string
  readonly kind: EntryKind
  readonly oid: Oid
}

/** A file below a folder, found recursively; `path` is relative to that folder. */
export interface TreeFile {
  readonly path: string
  readonly kind: Exclude<EntryKind, 'tree'>
  readonly oid: Oid
}

/** Who made a commit; the time zone is kept as git writes it. */
export interface Signature {
  readonly name: string
  readonly email: string
  /** Seconds since the Unix epoch. */
  readonly atSeconds: number
  /** `+0000` form. */
  readonly zone: string
}

/** A commit as read. */
export interface Commit {
  readonly oid: Oid
  readonly tree: Oid
  readonly parents: readonly Oid[]
  readonly author: Signature
  readonly committer: Signature
  /** The whole message, subject first. */
  readonly message: string
}

/** One change of a tree. Later edits win over earlier ones on the same path. */
export type TreeEdit =
  | { readonly kind: 'put'; readonly path: TreePath; readonly bytes: Uint8Array }
  /** Makes `to` the same file or folder object as `from` has after the edits before this one. */
  | { readonly kind: 'copy'; readonly from: TreePath; readonly to: TreePath }
  /** Puts an object that is in the repository already, a file or a whole folder. */
  | { readonly kind: 'link'; readonly path: TreePath; readonly entry: Pick<TreeEntry, 'kind' | 'oid'> }
  | { readonly kind: 'remove'; readonly path: TreePath }

/** A new commit for one ref. */
export interface RefUpdate {
  readonly ref: RefName
  /** What the ref must hold now; `undefined` for a ref that must not exist. */
  readonly expected: Oid | undefined
  /**
   * The first parent and the tree the edits start from, when that is not `expected`: a local branch begun from its
   * remote-tracking ref.
   */
  readonly base?: Oid
  /** Empty edits keep the tree; on a new ref they make the empty tree. */
  readonly edits: readonly TreeEdit[]
  /** Parents after `expected`; only `refs/mlv/code` has any. */
  readonly alsoParents: readonly Oid[]
  /** Whole commit message, ending in a newline. */
  readonly message: string
}

/** Author and committer of the commits mlv makes. */
export interface Signatures {
  readonly author: Signature
  readonly committer: Signature
  /** Whether git is to sign the commits, as `commit.gpgsign` asks; absent for no. */
  readonly sign?: boolean
}

/** Selects commits of a history. */
export interface LogQuery {
  /** Only commits that change this file or something below this folder, compared with their first parent. */
  readonly path?: TreePath
  /** At most this many, newest first. */
  readonly limit?: number
}

/** A repository's objects and refs. */
export interface GitEngine {
  readonly kind: 'system' | 'embedded'

  /** The object a ref names; `undefined` when there is no such ref. @throws `ref-damaged` */
  readonly readRef: (ref: RefName) => Promise<Oid | undefined>
  /** Full names of refs below a prefix such as `refs/mlv/`, sorted. */
  readonly listRefs: (prefix: string) => Promise<readonly { readonly ref: RefName; readonly oid: Oid }[]>
  /** The commit a revision as a person types it (`main`, `HEAD~2`, a short sha) names; `undefined` when none. */
  readonly resolveCommit: (revision: string) => Promise<Oid | undefined>

  /** @throws `object-missing`, `object-damaged` */
  readonly readCommit: (oid: Oid) => Promise<Commit>
  /** Entries of a tree, or of a commit's tree, in git's order. @throws `object-missing`, `tree-invalid` */
  readonly readTree: (oid: Oid) => Promise<readonly TreeEntry[]>
  /** @throws `object-missing`, `object-damaged` */
  readonly readBlob: (oid: Oid) => Promise<Uint8Array>
  /** Reads many blobs, in the order asked, in bounded memory. */
  readonly readBlobs: (oids: readonly Oid[]) => AsyncIterable<Uint8Array>
  /**
   * Reads very many blobs, some at a time, in the order asked and in bounded memory; `readBlobs` for those who count
   * microseconds. No batch is empty.
   */
  readonly readBlobBatches: (oids: readonly Oid[]) => AsyncIterable<readonly Uint8Array[]>
  /** Reads very many trees, as `readBlobBatches` does. @throws `object-missing`, `tree-invalid` */
  readonly readTreeBatches: (oids: readonly Oid[]) => AsyncIterable<readonly (readonly TreeEntry[])[]>
  /** Where another thread can read objects in bulk, as plain data; absent where no git program gives them out. */
  readonly bulk?: BulkSource
  /** The entry at a path below a commit or tree; `undefined` when there is none. */
  readonly entryAt: (root: Oid, path: TreePath) => Promise<TreeEntry | undefined>
  /**
   * The file at a path below a commit or tree, without looking at the folders above it; `undefined` when there is none.
   * What a link holds is its target. Absent where that would be no quicker than `entryAt` and `readBlob`.
   *
   * @throws `object-damaged`
   */
  readonly readAt?: (root: Oid, path: TreePath) => Promise<Uint8Array | undefined>
  /** Every file below a folder of a commit or tree, in git's order; empty when the folder is absent. */
  readonly listFiles: (root: Oid, folder: TreePath) => Promise<readonly TreeFile[]>

  /** First-parent history of a tip, newest first. Ends quietly at a shallow boundary. */
  readonly log: (tip: Oid, query: LogQuery) => Promise<readonly Commit[]>
  /** The newest first-parent ancestor (or the tip) committed at or before an instant; `undefined` when none is. */
  readonly commitAt: (tip: Oid, at: Instant) => Promise<Oid | undefined>
  readonly isAncestor: (ancestor: Oid, descendant: Oid) => Promise<boolean>

  /**
   * Makes one commit a ref and moves all refs, or none. Durable when it returns: objects, refs and reflogs survive
   * power loss. The caller holds the writer's lock. Commits are returned in the order of the updates.
   *
   * @throws `branch-moved` when a ref is not at `expected`, `ref-locked`, `disk-full`, `disk-failed`.
   */
  readonly commitRefs: (updates: readonly RefUpdate[], signatures: Signatures) => Promise<readonly Oid[]>

  /** Ends helper processes. The engine is not used afterwards. */
  readonly close: () => Promise<void>
}
