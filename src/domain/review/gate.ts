/**
 * Gates judged: one result a rule, in the order of the policy.
 *
 * Law: what gets no worse and keeps its limits passes, whatever the noise; chance alone never fails a comparison.
 */
import { sortedEntries } from '../../base/order.ts'
import type { Allowance, GatePolicy, MetricGate } from '../gate-policy.ts'
import type { MetricKey } from '../key.ts'
import { isWithinTolerance } from '../metric-verdict.ts'
import type { MetricReview } from './metric-review.ts'

/** Which rule of a policy was judged. */
export type GateRule = 'repeats' | 'required' | 'min' | 'max' | 'worsen' | 'size'

/**
 * What became of a rule. `noted`: it could not be judged or was only just kept, and does not fail, such as a comparison
 * without a base.
 */
export type GateStatus = 'failed' | 'noted' | 'passed'

/** One judged rule. Numbers are in the metric's unit, bytes for `size`, runs for `repeats`. */
export interface GateResult {
  readonly rule: GateRule
  /** Absent for `repeats` and `size`. */
  readonly metric?: MetricKey
  readonly status: GateStatus
  /** What was asked: the limit, or by how much it may get worse. */
  readonly limit?: number
  /** What was found; absent when nothing was measured. */
  readonly actual?: number
  /** Why it is as it is, one phrase: `inside ±0.006`, `no base to compare with`. */
  readonly note?: string
}

/** What gates are judged on. */
export interface GateSubject {
  /** How many finished runs the head has. */
  readonly runs: number
  readonly hasBase: boolean
  readonly metrics: readonly MetricReview[]
  /** The most bytes that the files of one run of the head come to; absent without a run. */
  readonly sizeBytes?: number
}

/** Judges every rule of a policy; failed ones first, otherwise in the order repeats, required, metrics by key, size. */
export function judgeGates(policy: GatePolicy, subject: GateSubject): readonly GateResult[] {
  // Where nothing ran, every other rule would only repeat that.
  if (subject.runs === 0) return [repeatsResult(policy, subject)]
  const results = [
    repeatsResult(policy, subject),
    ...policy.required.map((key) => requiredResult(key, subject)),
    ...metricResults(policy, subject),
    ...sizeResult(policy, subject),
  ]
  return [...results.filter(isFailed), ...results.filter((result) => !isFailed(result))]
}

/** Tells whether a rule was broken. */
export function isFailed({ status }: GateResult): boolean {
  return status === 'failed'
}

function repeatsResult({ repeats }: GatePolicy, { runs }: GateSubject): GateResult {
  const facts = { rule: 'repeats', limit: repeats, actual: runs } as const
  if (runs >= repeats) return { ...facts, status: 'passed' }
  return { ...facts, status: 'failed', note: runs === 0 ? 'no finished run of this change was found' : 'too few runs' }
}

function requiredResult(key: MetricKey, { metrics, runs }: GateSubject): GateResult {
  const facts = { rule: 'required', metric: key } as const
  const head = metrics.find((review) => review.key === key)?.head
  if (head === undefined) return { ...facts, status: 'failed', note: 'not measured' }
  if (head.missing > 0) return { ...facts, status: 'failed', note: `not measured by ${head.missing} of ${runs} runs` }
  if (head.notNumbers > 0)
    return { ...facts, status: 'failed', note: `not a number in ${head.notNumbers} of ${runs} runs` }
  return { ...facts, status: 'passed', ...(head.spread === undefined ? {} : { actual: head.spread.mean }) }
}

/** Metrics with a gate of their own, and all others that have a goal. */
function metricResults(policy: GatePolicy, subject: GateSubject): readonly GateResult[] {
  const gates = new Map<MetricKey, MetricGate>(policy.metrics)
  for (const { key, rule } of subject.metrics) if (rule.goal !== 'none' && !gates.has(key)) gates.set(key, {})
  return sortedEntries(gates).flatMap(([key, gate]) => {
    const review = subject.metrics.find((each) => each.key === key)
    if (review?.head === undefined) return policy.required.includes(key) ? [] : missingResults(key, gate, review)
    return [...limitResults(key, gate, review), ...worsenResult(key, gate, review, subject.hasBase)]
  })
}

/** A limit on what was not measured is broken; so is a metric with a goal that the base had. */
function missingResults(key: MetricKey, gate: MetricGate, review: MetricReview | undefined): readonly GateResult[] {
  const note = 'not measured'
  const limits = limitsOf(gate).map(([rule, limit]): GateResult => ({
    rule,
    metric: key,
    status: 'failed',
    limit,
    note,
  }))
  if (limits.length > 0) return limits
  const isLost = review !== undefined || gate.worsen !== undefined
  return isLost ? [{ rule: 'worsen', metric: key, status: 'failed', note }] : []
}

function limitsOf({ min, max }: MetricGate): readonly (readonly ['min' | 'max', number])[] {
  return [...(min === undefined ? [] : [['min', min] as const]), ...(max === undefined ? [] : [['max', max] as const])]
}

function limitResults(key: MetricKey, gate: MetricGate, { head }: MetricReview): readonly GateResult[] {
  return limitsOf(gate).map(([rule, limit]): GateResult => {
    const facts = { rule, metric: key, limit }
    if (head?.spread === undefined || head.notNumbers > 0) return { ...facts, status: 'failed', note: 'not a number' }
    const actual = head.spread.mean
    const isKept = rule === 'min' ? actual >= limit : actual <= limit
    const [least, greatest] = [head.spread.least, head.spread.greatest]
    const isClose = isKept && (rule === 'min' ? least < limit : greatest > limit)
    if (isClose) return { ...facts, actual, status: 'noted', note: 'the mean keeps it, a single run does not' }
    return { ...facts, actual, status: isKept ? 'passed' : 'failed' }
  })
}

function worsenResult(key: MetricKey, gate: MetricGate, review: MetricReview, hasBase: boolean): readonly GateResult[] {
  const { rule, base, change, band, verdict } = review
  const facts = { rule: 'worsen', metric: key } as const
  if (rule.goal === 'none') {
    return gate.worsen === undefined ? [] : [{ ...facts, status: 'noted', note: 'no goal says what worse is' }]
  }
  if (!hasBase || base === undefined) return [{ ...facts, status: 'noted', note: 'no base to compare with' }]
  if (verdict === 'incomparable' || base.spread === undefined || change === undefined) {
    const isBroken = review.head?.notNumbers !== 0
    return [
      { ...facts, status: isBroken ? 'failed' : 'noted', note: isBroken ? 'not a number' : 'the base is no number' },
    ]
  }
  const limit = allowed(gate.worsen, base.spread.mean, rule.tolerance)
  const actual = Math.max(0, rule.goal === 'max' ? -change : change)
  const magnitude = Math.max(Math.abs(base.spread.mean), Math.abs(base.spread.mean + change))
  const measured = { ...facts, limit, actual }
  if (isWithinTolerance(limit, actual, magnitude)) return [{ ...measured, status: 'passed' }]
  if (band === undefined) return [{ ...measured, status: 'failed', note: 'no repeats tell how much is chance' }]
  if (actual <= band) return [{ ...measured, status: 'noted', note: 'inside the noise' }]
  return [{ ...measured, status: 'failed' }]
}

function allowed(allowance: Allowance | undefined, base: number, tolerance: number): number {
  if (allowance === undefined) return tolerance
  return allowance.kind === 'absolute' ? allowance.amount : allowance.part * Math.abs(base)
}

function sizeResult({ sizeBytes: limit }: GatePolicy, { sizeBytes }: GateSubject): readonly GateResult[] {
  if (limit === undefined) return []
  const facts = { rule: 'size', limit } as const
  if (sizeBytes === undefined) return [{ ...facts, status: 'noted', note: 'no files to weigh' }]
  return [{ ...facts, actual: sizeBytes, status: sizeBytes <= limit ? 'passed' : 'failed' }]
}
