/**
 * The branch's own settings, kept in `mlv.json`: format, layout, areas and store.
 */
import type { RefName } from './ref-name.ts'
import type { StoreAddress } from './store-address.ts'

/** The format this code writes. Older mlv refuses to write a newer one. */
export const BRANCH_FORMAT = 1

/** `single`: one branch for everything. `split`: models and aliases on one, runs and versions on another. */
export type Layout = 'single' | 'split'

/** The parts of the tree that a layout may put on different refs. */
export type Area = 'registry' | 'records'

/** Where artifact bytes live once shared. */
export type StoreKind = 'lfs' | 's3' | 'dir'

/** The content of `mlv.json`. */
export interface BranchSettings {
  readonly format: number
  readonly layout: Layout
  readonly areas: { readonly [A in Area]: RefName }
  readonly store: StoreKind
  /** Where the store is, when it is no remote's: empty for `lfs`. The first is written to, all are read from. */
  readonly stores: readonly StoreAddress[]
  /** Copies of the store that others fill; read when the store lacks an object or gives other bytes. */
  readonly mirrors: readonly StoreAddress[]
  /** Whether the store keeps files as differences and chunks where that is smaller; for `s3` and `dir`. */
  readonly compact?: true
  /** Whether records of before are on the Git LFS server of the remote, which is only read from. */
  readonly readsLfs?: true
}
