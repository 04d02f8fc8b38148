/**
 * Reviews: what a change of code did to a model, as data. The same data is a comment, a page, a test report or a check;
 * who renders it treats every text in it as untrusted.
 */
import type { VersionReference } from '../alias.ts'
import type { Comparison } from '../comparison.ts'
import type { ExperimentName, MetricKey } from '../key.ts'
import type { ModelName } from '../name.ts'
import type { Oid } from '../oid.ts'
import type { RunId } from '../run.ts'
import type { SampleFlips } from '../sample-flips.ts'
import type { GateResult } from './gate.ts'
import type { MetricReview } from './metric-review.ts'

/** What is reviewed: the runs of a model, or of an experiment that makes none. */
export type ReviewSubject =
  | { readonly kind: 'model'; readonly model: ModelName }
  | { readonly kind: 'experiment'; readonly experiment: ExperimentName }

/** What a subject is called: a name, with nothing that tells a model from an experiment. */
export function subjectName(subject: ReviewSubject): string {
  return subject.kind === 'model' ? subject.model : subject.experiment
}

/**
 * How the runs of a side were found. `commit`: the newest made from code on that side. `production`: the version in
 * production, because no run was made from the base's code. `named`: a revision that was given.
 */
export type SideSource = 'commit' | 'production' | 'latest' | 'named'

/** One side of a review: runs that are alike but for seeds, newest first. */
export interface ReviewSide {
  readonly source: SideSource
  /** As a reviewer would name it: `main@9f2c1e0`, `churn@production (v12)`. */
  readonly label: string
  /** The code commit of the runs; absent without code. */
  readonly commit?: Oid
  /** At least one. */
  readonly runs: readonly RunId[]
  /** How many of them ran with uncommitted changes. */
  readonly dirtyRuns: number
  /** The version the newest of them led to; absent when none was registered. */
  readonly version?: VersionReference
}

/** Points of one metric on both sides, thinned for a small chart; steps ascend. */
export interface ReviewCurve {
  readonly key: MetricKey
  readonly base: readonly CurvePoint[]
  readonly head: readonly CurvePoint[]
}

/** A point of a curve. */
export interface CurvePoint {
  readonly step: number
  readonly value: number
}

/** A review of one model or experiment. */
export interface Review {
  readonly subject: ReviewSubject
  /** Absent when there is nothing to compare with: the first run. */
  readonly base?: ReviewSide
  /** Absent when no finished run was made from the change. */
  readonly head?: ReviewSide
  /** In reading order. */
  readonly metrics: readonly MetricReview[]
  /** Between the newest run of each side; absent unless both are there. */
  readonly comparison?: Comparison
  /** Failed ones first. */
  readonly gates: readonly GateResult[]
  /** Where the gates were read: `mlv.yaml at main`, `model.yaml`; absent when none were declared. */
  readonly policy?: string
  /** Samples that pass on one side only; absent unless both sides recorded an evaluation table. */
  readonly flips?: SampleFlips
  /** At most three, of metrics that moved. */
  readonly curves: readonly ReviewCurve[]
  /** What a reader should know, one sentence each: a shallow clone, a rewritten base, a deleted version. */
  readonly notices: readonly string[]
}

/** The reviews of one change. */
export interface ReviewReport {
  /** What the sides are called: `main` and `4b7d0aa`. */
  readonly base: string
  readonly head: string
  /** By name of model, then experiment. */
  readonly reviews: readonly Review[]
}
