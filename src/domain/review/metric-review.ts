/**
 * How one metric stands between the runs of two sides, chance considered.
 *
 * Laws: turning the sides around turns `better` into `worse` and `added` into `removed`; a side beside itself is
 * `unchanged`; a change inside the noise band is never `better` or `worse`.
 */
import { compareText, sortedEntries } from '../../base/order.ts'
import { spreadOf } from '../change-explanation.ts'
import type { Spread } from '../change-explanation.ts'
import type { MetricKey } from '../key.ts'
import { judge } from '../metric-verdict.ts'
import { ownMetrics, UNDECLARED_RULE } from '../metric.ts'
import type { Metric, MetricRule, MetricRules, Metrics } from '../metric.ts'
import { noiseBand } from './noise.ts'

/**
 * What became of a metric. `noise`: beyond the tolerance, inside the noise band. `changed`: beyond both, without a
 * goal. `incomparable`: a side measured no number. `added` and `removed`: only one side measured it.
 */
export type ReviewVerdict =
  'worse' | 'incomparable' | 'removed' | 'better' | 'changed' | 'added' | 'noise' | 'unchanged'

/** Verdicts in the order a reviewer reads them. */
export const REVIEW_ORDER: readonly ReviewVerdict[] = [
  'worse',
  'incomparable',
  'removed',
  'better',
  'changed',
  'added',
  'noise',
  'unchanged',
]

/** What the runs of one side measured. */
export interface MetricSample {
  /** Of the finite last values; absent when there are none. */
  readonly spread?: Spread
  /** Runs whose last value is NaN or infinite. */
  readonly notNumbers: number
  /** Runs that did not measure it. */
  readonly missing: number
}

/** One metric of a review. */
export interface MetricReview {
  readonly key: MetricKey
  readonly rule: MetricRule
  /** Absent where the side has no run or none that measured it. */
  readonly base?: MetricSample
  readonly head?: MetricSample
  readonly verdict: ReviewVerdict
  /** Head mean minus base mean, in the metric's unit; absent unless both are known. */
  readonly change?: number
  /** As a part of the absolute base mean; absent when that is 0. */
  readonly relative?: number
  /** Half the width of the noise band; absent when no side was repeated. */
  readonly band?: number
}

const ROUNDING = 8 * Number.EPSILON

/** Reviews every metric of the model, in reading order, then by key. `rules` count before those runs were made with. */
export function reviewMetrics(
  base: readonly Metrics[],
  head: readonly Metrics[],
  rules: MetricRules,
): readonly MetricReview[] {
  const [left, right] = [base.map(ownMetrics), head.map(ownMetrics)]
  const keys = new Set([...left, ...right].flatMap((metrics) => [...metrics.keys()]))
  const reviews = [...keys].map((key) => reviewMetric(key, left, right, rules))
  return reviews.sort((one, other) => rankOf(one) - rankOf(other) || compareText(one.key, other.key))
}

/** The rules of the newest run of a side, for what a model does not declare. */
export function rulesOfRun(metrics: Metrics): MetricRules {
  return new Map(sortedEntries(metrics).map(([key, metric]) => [key, ruleOf(metric)]))
}

function rankOf({ verdict }: MetricReview): number {
  return REVIEW_ORDER.indexOf(verdict)
}

function reviewMetric(
  key: MetricKey,
  base: readonly Metrics[],
  head: readonly Metrics[],
  rules: MetricRules,
): MetricReview {
  const [before, after] = [sampleOf(key, base), sampleOf(key, head)]
  const rule = rules.get(key) ?? declaredIn(key, head) ?? declaredIn(key, base) ?? UNDECLARED_RULE
  const sides = { ...(before === undefined ? {} : { base: before }), ...(after === undefined ? {} : { head: after }) }
  const common = { key, rule, ...sides }
  if (before === undefined) return { ...common, verdict: 'added' }
  if (after === undefined) return { ...common, verdict: 'removed' }
  return { ...common, ...verdictOf(rule, before, after) }
}

function verdictOf(
  rule: MetricRule,
  base: MetricSample,
  head: MetricSample,
): Pick<MetricReview, 'verdict' | 'change' | 'relative' | 'band'> {
  if (base.spread === undefined || head.spread === undefined) return { verdict: 'incomparable' }
  const { kind, change, relative } = judge(rule, base.spread.mean, meanBeside(base.spread.mean, head.spread.mean))
  const band = noiseBand(base.spread, head.spread)
  const facts = {
    change,
    ...(relative === undefined ? {} : { relative }),
    ...(band === undefined ? {} : { band }),
  }
  // A run of the head that diverged is no chance of the other runs.
  if (head.notNumbers > base.notNumbers) return { verdict: 'incomparable', ...facts }
  const isNoise = kind !== 'unchanged' && band !== undefined && Math.abs(change) <= band
  return { verdict: isNoise ? 'noise' : kind, ...facts }
}

/** Means of the same values added up in another order differ by what floats leave, and by nothing else. */
function meanBeside(base: number, head: number): number {
  const rounding = ROUNDING * Math.max(Math.abs(base), Math.abs(head))
  return Math.abs(head - base) <= rounding ? base : head
}

function sampleOf(key: MetricKey, runs: readonly Metrics[]): MetricSample | undefined {
  const values = runs.flatMap((metrics) => metrics.get(key)?.summary.last ?? [])
  if (values.length === 0) return undefined
  const finite = values.filter(Number.isFinite)
  const spread = spreadOf(finite)
  const counts = { notNumbers: values.length - finite.length, missing: runs.length - values.length }
  return spread === undefined ? counts : { spread, ...counts }
}

function declaredIn(key: MetricKey, runs: readonly Metrics[]): MetricRule | undefined {
  const metric = runs.map((metrics) => metrics.get(key)).find((found) => found !== undefined && found.goal !== 'none')
  return metric === undefined ? undefined : ruleOf(metric)
}

function ruleOf({ goal, tolerance, unit }: Metric): MetricRule {
  return unit === undefined ? { goal, tolerance } : { goal, tolerance, unit }
}
