/**
 * The story of the registry as its history tells it: who did what to which model, when, and with which evidence.
 */
import type { Instant } from '../base/clock.ts'
import type { VersionReference } from './alias.ts'
import type { MetricKey } from './key.ts'
import type { AliasName, ModelName } from './name.ts'
import type { Oid } from './oid.ts'
import type { RunId } from './run.ts'

/** What happened. `removed`: an alias names nothing any more. `restored`: a version is no longer retired. */
export type AuditKind = 'registered' | 'promoted' | 'rolled back' | 'removed' | 'retired' | 'restored'

/**
 * How git judges the signature of a commit. `valid`: good, by a key that this machine does not know to trust.
 * `unchecked`: there is one, and what is needed to judge it is not here.
 */
export type SignatureState = 'good' | 'valid' | 'bad' | 'expired' | 'revoked' | 'unchecked' | 'none'

/** One thing that happened to a model. */
export interface AuditEvent {
  readonly kind: AuditKind
  readonly at: Instant
  /** Author of the commit, `Name <email>`: after a merge who asked, or who merged, as the host has it. */
  readonly by: string
  readonly commit: Oid
  readonly signature: SignatureState
  /** Made by mlv itself, which leaves its trailers; false for what a host or plain git committed. */
  readonly hasTrailers: boolean
  /** The number of the pull or merge request, when the message tells one. */
  readonly request?: number
  readonly model: ModelName
  /** Absent for what happened to a version. */
  readonly alias?: AliasName
  /** Absent when an alias was removed. */
  readonly version?: VersionReference
  /** What the alias named before. */
  readonly from?: VersionReference
  readonly reason?: string
  readonly metrics: readonly AuditMetric[]
  /** Absent when the version is not there to be read. */
  readonly evidence?: AuditEvidence
}

/** A metric with a goal, by key; a side is absent where it was not measured. */
export interface AuditMetric {
  readonly key: MetricKey
  readonly before?: number
  readonly after?: number
}

/** What stands behind a version. */
export interface AuditEvidence {
  readonly run: RunId
  /** The commit the run was made from; absent when it was made without one. */
  readonly code?: Oid
  readonly isDirty: boolean
  /** How often the version was repeated, and how often it came out the same. */
  readonly receipts: number
  readonly reproduced: number
}

/** Something in the history or on the branch that mlv would never have made. */
export interface AuditProblem {
  /** `churn@v3`, `churn@production` or a run id. */
  readonly id: string
  readonly problem: string
  /** Where it happened; absent for how the branch is now. */
  readonly commit?: Oid
  readonly by?: string
}

/** What an audit tells. */
export interface AuditReport {
  /** Oldest first. */
  readonly events: readonly AuditEvent[]
  readonly problems: readonly AuditProblem[]
  readonly checked: { readonly commits: number; readonly versions: number; readonly runs: number }
}

const SIGNATURES: { readonly [letter: string]: SignatureState } = {
  G: 'good',
  U: 'valid',
  B: 'bad',
  X: 'expired',
  Y: 'expired',
  R: 'revoked',
  E: 'unchecked',
  N: 'none',
}

/** Reads the letter of `git log --format=%G?`; one that is not known is taken for one that cannot be judged. */
export function signatureState(letter: string): SignatureState {
  return SIGNATURES[letter] ?? 'unchecked'
}

const SQUASHED = /\(#([1-9][0-9]{0,8})\)$/
const MERGED = /^Merge pull request (?:'[^\n]*' )?\(?#([1-9][0-9]{0,8})\)?(?: |$)/
const GITLAB = /^See merge request \S*!([1-9][0-9]{0,8})$/m

/** The number of the request that a merge says it is of: squashed or merged by GitHub, Gitea, Forgejo or GitLab. */
export function requestNumber(message: string): number | undefined {
  const subject = message.split('\n', 1)[0] ?? ''
  const found = SQUASHED.exec(subject) ?? MERGED.exec(subject) ?? GITLAB.exec(message)
  return found === null ? undefined : Number(found[1])
}
