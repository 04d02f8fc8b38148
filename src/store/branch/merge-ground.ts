/**
 * What a merge works on: the published side as it will be, and what was decided so far.
 */
import type { MergeNotice } from '../../domain/merge-notice.ts'
import type { Published } from '../../domain/merge-values.ts'
import type { VersionNumber, VersionUid } from '../../domain/model-version.ts'
import type { Operation } from '../../domain/operation.ts'
import type { ObjectReader, TreeDraft } from './tree-draft.ts'

/** Where changes of one side are put onto the other. */
export interface MergeGround {
  readonly reader: ObjectReader
  /** The ref that is written. */
  readonly own: TreeDraft
  /** Where aliases are; the same draft as `own` when one ref holds all. */
  readonly registry: TreeDraft
  /** Where runs and versions are. */
  readonly records: TreeDraft
  /** Numbers that versions have now, where they are not those they came with. */
  readonly moved: Map<VersionUid, VersionNumber>
  readonly published: Published
  /** The operation being merged; absent for a commit of plain git and for whole trees. */
  readonly operation: Operation | undefined
  readonly tell: (notice: MergeNotice) => void
}
