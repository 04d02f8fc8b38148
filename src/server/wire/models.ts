/**
 * The registry, and what is asked of it.
 */
import type {
  WireCode,
  WireDataset,
  WireMetric,
  WireNamedParameter,
  WireNumber,
  WireReceipt,
  WireRule,
} from './content.ts'

/** Where an alias points. */
export interface WireAlias {
  readonly name: string
  readonly version: number
  readonly previous: number | null
  readonly by: string
  readonly at: string
  readonly reason: string | null
}

/** `GET /api/models`. */
export interface WireModels {
  readonly models: readonly WireModelHead[]
}

/** A model in a list. */
export interface WireModelHead {
  readonly name: string
  readonly description: string | null
  readonly owners: readonly string[]
  readonly versions: number
  readonly latest: WireVersion | null
  readonly aliases: readonly WireAlias[]
}

/** One version. */
export interface WireVersion {
  readonly model: string
  readonly number: number
  readonly uid: string
  readonly run: string
  readonly createdAt: string
  readonly message: string | null
  readonly contentDigest: string
  readonly fileCount: number
  readonly sizeBytes: number
  readonly metrics: readonly WireMetric[]
  readonly parameters: readonly WireNamedParameter[]
  readonly datasets: readonly WireDataset[]
  readonly code: WireCode
}

/** `GET /api/model/:name`. */
export interface WireModel {
  readonly name: string
  readonly description: string | null
  readonly owners: readonly string[]
  readonly rules: readonly { readonly key: string; readonly rule: WireRule }[]
  readonly aliases: readonly WireAlias[]
  /** Newest first. */
  readonly versions: readonly WireModelVersion[]
  /** What was done with the model, newest first, at most 200. */
  readonly history: readonly WireOperation[]
  /** What a version must keep to be promoted, held against each; `null` where nothing is declared. */
  readonly gates: WireGates | null
  /** Promotions that wait for a review, as far as this clone has fetched. */
  readonly requests: readonly {
    readonly branch: string
    readonly alias: string
    readonly version: number
    readonly by: string
    /** The alias was moved since. */
    readonly isOutdated: boolean
  }[]
  /** Who must approve a move of `production` on the host; `null` where nobody is asked. */
  readonly approvers: readonly string[] | null
}

/** The gates of a model. */
export interface WireGates {
  readonly source: 'model.yaml' | 'mlv.yaml'
  /** The version in production, which the others are held against; `null` without one. */
  readonly base: number | null
  readonly versions: readonly { readonly number: number; readonly results: readonly WireGateResult[] }[]
}

/** What became of one rule; failed ones come first. */
export interface WireGateResult {
  readonly rule: 'repeats' | 'required' | 'min' | 'max' | 'worsen' | 'size'
  readonly metric: string | null
  readonly status: 'failed' | 'noted' | 'passed'
  readonly limit: WireNumber | null
  readonly actual: WireNumber | null
  readonly note: string | null
}

/** One version with what may change about it. */
export interface WireModelVersion extends WireVersion {
  /** Aliases that name it now. */
  readonly aliases: readonly string[]
  readonly retired: { readonly reason: string; readonly at: string; readonly by: string } | null
  /** Further runs that made the same content. */
  readonly runs: readonly string[]
  readonly tags: readonly string[]
  readonly note: string | null
  readonly receipts: readonly WireReceipt[]
}

/** One operation of the branch. */
export interface WireOperation {
  readonly commit: string
  readonly at: string
  readonly by: string
  readonly subject: string
  /** `promote`, `rollback`, …; `null` for a commit that somebody made with plain git. */
  readonly kind: string | null
  /** Why, as whoever did it wrote; `null` where nobody did. */
  readonly reason: string | null
}

/** `POST /api/promote`. */
export interface WirePromotion {
  /** `churn@v3`, or another revision that is a version. */
  readonly revision: string
  readonly alias: string
  readonly reason: string
}

/** `POST /api/rollback`. */
export interface WireRollback {
  readonly model: string
  readonly alias: string
  /** `v11`; the version before the present one when `null`. */
  readonly to: string | null
  readonly reason: string
}

/** What promote and rollback answer. */
export interface WireAliasReport {
  readonly alias: WireAlias
  readonly from: number | null
  /** False when it named that version already. */
  readonly isChanged: boolean
  readonly commit: string | null
}
