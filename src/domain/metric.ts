/**
 * Metrics: named numbers of a run, what counts as better, and by how much a change matters.
 */
import { isSystemMetric } from './key.ts'
import type { MetricKey } from './key.ts'

/** Which direction is better; `none` for a number that is only observed. */
export type Goal = 'min' | 'max' | 'none'

/** How a metric is judged. Declared once for a model and copied into each run as it was then. */
export interface MetricRule {
  readonly goal: Goal
  /** A change of at most this much is no change. Absolute, in the metric's own unit; 0 when never declared. */
  readonly tolerance: number
  /** The unit for display, such as `ms`; absent for a bare number. */
  readonly unit?: string
}

/** What a series or a single value comes down to. For a single value all of last, min, max and best are that value. */
export interface Summary {
  /** The value with the highest step; of equal steps the one logged last. */
  readonly last: number
  /** The least value; NaN only when every value is NaN. */
  readonly min: number
  /** The greatest value; NaN only when every value is NaN. */
  readonly max: number
  /** The value the goal prefers, and its step; absent when the goal is `none`. The earliest step wins a tie. */
  readonly best?: { readonly value: number; readonly step?: number }
  /** How many points were logged; at least 1. */
  readonly count: number
}

/** A metric of a run: its summary and the rule as it was when the run was made. */
export interface Metric extends MetricRule {
  readonly summary: Summary
}

/** The metrics of a run by key. */
export type Metrics = ReadonlyMap<MetricKey, Metric>

/** The metric rules of a model or a configuration by key. */
export type MetricRules = ReadonlyMap<MetricKey, MetricRule>

/** The metrics that say something about a model: without the machine's (`system/...`), but for those given a goal. */
export function ownMetrics(metrics: Metrics): Metrics {
  return new Map([...metrics].filter(([key, { goal }]) => goal !== 'none' || !isSystemMetric(key)))
}

/** The rule of a metric nobody declared. */
export const UNDECLARED_RULE: MetricRule = { goal: 'none', tolerance: 0 }
