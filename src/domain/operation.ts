/**
 * Operations: one change of the branch each, and exactly one commit. Trailers carry the facts; the subject is a
 * sentence.
 */
import type { Brand } from '../base/brand.ts'
import { parseUlid } from '../base/ulid.ts'
import type { Ulid } from '../base/ulid.ts'
import type { VersionReference } from './alias.ts'
import type { ModelName } from './name.ts'
import type { RunId } from './run.ts'

/** The identity of an operation: a ULID that survives replay on another tip. */
export type OperationId = Brand<Ulid, 'OperationId'>

/** What an operation did. `foreign` is a commit without trailers, made by a person with plain git. */
export type OperationKind =
  'init' | 'commit' | 'recover' | 'promote' | 'rollback' | 'revert' | 'retire' | 'note' | 'view' | 'migrate' | 'foreign'

/** One change of the branch. */
export interface Operation {
  readonly id: OperationId
  readonly kind: Exclude<OperationKind, 'foreign'>
  /** One sentence, lower case, no full stop; at most 100 characters of it are shown in lists. */
  readonly subject: string
  /** Free text below the subject, such as the message or reason. */
  readonly body?: string
  readonly model?: ModelName
  readonly runs?: readonly RunId[]
  readonly version?: VersionReference
  /** The operation this one undoes. */
  readonly reverts?: OperationId
}

/** Reads an operation id; `undefined` for anything but a whole lower-case ULID. */
export function parseOperationId(text: string): OperationId | undefined {
  const ulid = parseUlid(text)
  return ulid === undefined ? undefined : operationIdOf(ulid)
}

/** Takes a fresh ULID as the id of an operation. */
export function operationIdOf(ulid: Ulid): OperationId {
  return ulid as OperationId
}
