/**
 * Receipts: the recorded outcome of running a version again.
 */
import type { Instant } from '../base/clock.ts'
import { compareText } from '../base/order.ts'
import type { Ulid } from '../base/ulid.ts'
import { CAUSES } from './cause.ts'
import type { Cause, CauseDifference } from './cause.ts'
import type { MetricKey } from './key.ts'
import type { VersionReference } from './alias.ts'
import { isWithinTolerance } from './metric-verdict.ts'
import type { Metrics } from './metric.ts'
import type { RunId } from './run.ts'

/** What may differ between a run and its repetition; a seed is one of the parameters here. */
export type ReceiptCause = Exclude<Cause, 'seed'>

/** One metric of a run beside that of its repetition. */
export interface RepeatedMetric {
  readonly key: MetricKey
  /** The last value as it was recorded; absent when only the repetition measured it. */
  readonly recorded?: number
  /** The last value of the repetition; absent when it did not measure it. */
  readonly repeated?: number
  /** The declared tolerance; absent when none is, and the values must be equal but for their rounding. */
  readonly tolerance?: number
  readonly isSame: boolean
}

/** A cause that was not the same, with short lines of what was seen. */
export interface ReceiptDifference {
  readonly cause: ReceiptCause
  readonly evidence: readonly string[]
}

/** The outcome of one repetition of a version. */
export interface Receipt {
  readonly id: Ulid
  readonly version: VersionReference
  /** The run that repeated it. */
  readonly run: RunId
  readonly at: Instant
  readonly by: string
  readonly outcome: ReceiptOutcome
  /** Every metric that was compared, sorted by key; absent in receipts written before it was kept. */
  readonly compared?: readonly RepeatedMetric[]
  /** What was not the same, also where the metrics were; absent in receipts written before it was kept. */
  readonly differences?: readonly ReceiptDifference[]
}

/** What came of it. */
export type ReceiptOutcome =
  | { readonly kind: 'reproduced' }
  | { readonly kind: 'differed'; readonly metrics: readonly MetricKey[]; readonly causes: readonly ReceiptCause[] }

/**
 * How far two values may be apart, as a part of the greater one, where no tolerance is declared: sums in another order
 * differ in their last bits, and nothing else may.
 */
export const ROUNDING = 1e-9

/** Metrics that mlv samples of the machine are not the run's own, and never repeat. */
const SAMPLED = /^system\//

/**
 * Compares every metric of a run with that of its repetition, sorted by key. Samples of the machine (`system/...`) are
 * left out. A metric that only one of the two has is not the same. NaN is the same as NaN.
 */
export function compareRepetition(recorded: Metrics, repeated: Metrics): readonly RepeatedMetric[] {
  const keys = [...new Set([...recorded.keys(), ...repeated.keys()])].filter((key) => !SAMPLED.test(key))
  return keys.sort(compareText).map((key) => {
    const [before, after] = [recorded.get(key), repeated.get(key)]
    const tolerance = (before ?? after)?.tolerance ?? 0
    const values = { recorded: before?.summary.last, repeated: after?.summary.last }
    return {
      key,
      ...(values.recorded === undefined ? {} : { recorded: values.recorded }),
      ...(values.repeated === undefined ? {} : { repeated: values.repeated }),
      ...(tolerance === 0 ? {} : { tolerance }),
      isSame: isRepeated(values.recorded, values.repeated, tolerance),
    }
  })
}

/**
 * Judges a repetition: reproduced when every metric is the same, whatever else was not. One that broke off where the
 * recorded run did not is no repetition.
 */
export function outcomeOf(
  compared: readonly RepeatedMetric[],
  differences: readonly ReceiptDifference[],
  hasBrokenOff = false,
): ReceiptOutcome {
  const metrics = compared.filter(({ isSame }) => !isSame).map(({ key }) => key)
  if (metrics.length === 0 && !hasBrokenOff) return { kind: 'reproduced' }
  return { kind: 'differed', metrics, causes: differences.map(({ cause }) => cause) }
}

/** The same causes with seeds among the parameters, in the order of `CAUSES`. */
export function receiptDifferences(causes: readonly CauseDifference[]): readonly ReceiptDifference[] {
  const evidence = new Map<ReceiptCause, readonly string[]>()
  for (const { cause, evidence: lines } of causes) {
    const kept = cause === 'seed' ? 'parameters' : cause
    evidence.set(kept, [...(evidence.get(kept) ?? []), ...lines])
  }
  return CAUSES.flatMap((cause) => {
    if (cause === 'seed') return []
    const lines = evidence.get(cause)
    return lines === undefined ? [] : [{ cause, evidence: lines }]
  })
}

function isRepeated(recorded: number | undefined, repeated: number | undefined, tolerance: number): boolean {
  if (recorded === undefined || repeated === undefined) return false
  // An infinite difference must not hide behind an infinite rounding.
  if (Object.is(recorded, repeated) || recorded === repeated) return true
  if (!Number.isFinite(recorded) || !Number.isFinite(repeated)) return false
  const magnitude = Math.max(Math.abs(recorded), Math.abs(repeated))
  const change = repeated - recorded
  return tolerance > 0 ? isWithinTolerance(tolerance, change, magnitude) : Math.abs(change) <= ROUNDING * magnitude
}
