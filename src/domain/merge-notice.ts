/**
 * What a merge decided that its user should know: numbers that changed, and what the published side kept out.
 */
import type { VersionReference } from './alias.ts'
import type { VersionNumber, VersionUid } from './model-version.ts'
import type { AliasName, ModelName } from './name.ts'
import type { OperationId } from './operation.ts'
import type { RunId } from './run.ts'

/** Something to tell. Nothing here is an error: every merge ends. */
export type MergeNotice =
  /** A version that was not published yet took another number. */
  | {
      readonly kind: 'renumbered'
      readonly model: ModelName
      readonly uid: VersionUid
      readonly from: VersionNumber
      readonly to: VersionNumber
    }
  /** A move of an alias did not happen. */
  | {
      readonly kind: 'alias-lost'
      readonly model: ModelName
      readonly alias: AliasName
      /** Where the alias is; absent when it was removed. */
      readonly kept: VersionReference | undefined
      /** Where it was to go; absent when it was to be removed. */
      readonly lost: VersionReference | undefined
      readonly because: 'moved' | 'retired'
      readonly operation: OperationId | undefined
    }
  /** A version was not retired, because an alias came to name it. */
  | {
      readonly kind: 'retirement-lost'
      readonly model: ModelName
      readonly version: VersionReference
      readonly alias: AliasName
    }
  /** Both sides changed one member of a document. Values as they are written; absent ones are absent. */
  | {
      readonly kind: 'member-lost'
      readonly path: string
      readonly key: string
      readonly kept: string | undefined
      readonly lost: string | undefined
    }
  /** Both sides changed a file that has no members; `savedAs` is where the other one is kept, if it is. */
  | { readonly kind: 'file-lost'; readonly path: string; readonly savedAs: string | undefined }
  /** Two records of one run: the other one is kept beside the first. */
  | { readonly kind: 'run-apart'; readonly run: RunId; readonly savedAs: string }
  /** Somebody moved the store: artifacts are written there from now on. Addresses, or `lfs`. */
  | { readonly kind: 'store-moved'; readonly from: string; readonly to: string }
  /** A commit would have removed a record. */
  | { readonly kind: 'record-kept'; readonly path: string }

/** The same notices, where several operations on one alias or member failed only the last: it says what was wanted. */
export function settledNotices(notices: readonly MergeNotice[]): readonly MergeNotice[] {
  const last = new Map<string, MergeNotice>()
  for (const [index, notice] of notices.entries()) {
    const subject = subjectOf(notice) ?? String(index)
    // Deleted first, so that it takes the place of its last telling.
    last.delete(subject)
    last.set(subject, notice)
  }
  return [...last.values()]
}

function subjectOf(notice: MergeNotice): string | undefined {
  if (notice.kind === 'alias-lost') return `${notice.kind} ${notice.model} ${notice.alias}`
  if (notice.kind === 'member-lost') return `${notice.kind} ${notice.path} ${notice.key}`
  return undefined
}
