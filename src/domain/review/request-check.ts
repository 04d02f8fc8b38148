/**
 * What is asked of a change of the registry before it is merged, and what came of it.
 */
import type { GateResult, GateStatus } from './gate.ts'
import { isFailed } from './gate.ts'
import type { MetricReview } from './metric-review.ts'

/**
 * What is asked. `files`: nothing but aliases, models, states, notes and views is changed. `records`: no version or run
 * that exists is edited. `version`: what an alias names exists, is the one meant, and is not retired. `previous`: it
 * follows on what the base has, or gives back what the alias was before. `metrics`: its numbers are the version's.
 * `artifacts`: the store has every file of the version.
 */
export type CheckRule = 'files' | 'records' | 'version' | 'previous' | 'metrics' | 'artifacts'

/** One thing that was checked. */
export interface CheckResult {
  readonly rule: CheckRule
  /** A path, or `model@alias`; may be anything that a tree can hold. */
  readonly subject: string
  /** `noted`: it was not judged, and does not fail. */
  readonly status: GateStatus
  /** One phrase. */
  readonly note: string
}

/** The gates of one alias that moves. */
export interface JudgedAlias {
  /** `model@alias`. */
  readonly subject: string
  readonly gates: readonly GateResult[]
  readonly metrics: readonly MetricReview[]
}

/** A checked change of the registry. */
export interface CheckReport {
  /** The two ends as they were named. */
  readonly base: string
  readonly head: string
  readonly results: readonly CheckResult[]
  readonly judged: readonly JudgedAlias[]
}

/** Tells whether nothing failed. */
export function isPassed({ results, judged }: CheckReport): boolean {
  return !results.some(({ status }) => status === 'failed') && !judged.some(({ gates }) => gates.some(isFailed))
}

/** What a path is to a check of the registry. */
export type GuardedPath =
  | { readonly kind: 'alias' }
  /** May be changed by anybody: what a model is, what was said of a version or run, a view. */
  | { readonly kind: 'words' }
  /** Part of the folder of a run or version, which is written once. */
  | { readonly kind: 'record'; readonly folder: string }
  /** Guards and settings of the branch, and what is none of mlv's. */
  | { readonly kind: 'foreign' }

const RUN_FOLDER = /^runs\/[^/]+\/[^/]+\/[^/]+\/[^/]+\/[^/]+(?=\/)/
const VERSION_FOLDER = /^models\/[^/]+\/versions\/[^/]+(?=\/)/
const WORDS = /^(?:models\/[^/]+\/model\.yaml|views\/[^/]+\.yaml|runs\/(?:[^/]+\/){5}notes\.yaml)$|\/state\.yaml$/
const ALIAS = /^models\/[^/]+\/aliases\/[^/]+\.yaml$/

/** Says what a path is. */
export function guardedPath(path: string): GuardedPath {
  if (ALIAS.test(path)) return { kind: 'alias' }
  const folder = RUN_FOLDER.exec(path)?.[0] ?? VERSION_FOLDER.exec(path)?.[0]
  const isOutside = folder !== undefined && path.slice(folder.length + 1).includes('/')
  if (WORDS.test(path) && !isOutside && (folder !== undefined || !path.endsWith('/state.yaml')))
    return { kind: 'words' }
  return folder === undefined ? { kind: 'foreign' } : { kind: 'record', folder }
}
