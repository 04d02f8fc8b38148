/**
 * Verdicts: whether a metric got better from one run to another, by the rule that was declared for it.
 *
 * Turning base and head around turns `better` into `worse` and changes nothing else but the sign.
 */
import type { MetricRule } from './metric.ts'

/** What became of a metric. */
export interface Verdict {
  /** `changed`: beyond the tolerance, but no direction is better. `incomparable`: a value is not a number. */
  readonly kind: 'better' | 'worse' | 'unchanged' | 'changed' | 'incomparable'
  /** Head minus base, in the metric's unit; NaN when incomparable, infinite when only one side is. */
  readonly change: number
  /** The change as a part of the absolute base: -0.1 is ten percent less. Absent when base is 0 or not finite. */
  readonly relative?: number
}

/** Judges the step from base to head. A change of exactly the tolerance is no change. */
export function judge(rule: MetricRule, base: number, head: number): Verdict {
  if (Number.isNaN(base) || Number.isNaN(head)) return { kind: 'incomparable', change: NaN }
  // Equal infinities have no difference, though subtraction says NaN.
  const change = base === head ? 0 : head - base
  const kind = kindOf(rule, change, Math.max(Math.abs(base), Math.abs(head)))
  const relative = change / Math.abs(base)
  return Number.isFinite(relative) && Number.isFinite(base) ? { kind, change, relative } : { kind, change }
}

function kindOf(rule: MetricRule, change: number, magnitude: number): Verdict['kind'] {
  if (isWithinTolerance(rule.tolerance, change, magnitude)) return 'unchanged'
  if (rule.goal === 'none') return 'changed'
  return change > 0 === (rule.goal === 'max') ? 'better' : 'worse'
}

/**
 * Tells whether a change is at most a tolerance. 0.929 - 0.924 is a little more than 0.005 in binary, so a tolerance
 * allows for the rounding of both values; `magnitude` is the greater of the two.
 */
export function isWithinTolerance(tolerance: number, change: number, magnitude: number): boolean {
  if (tolerance === 0 || !Number.isFinite(change)) return Math.abs(change) <= tolerance
  return Math.abs(change) <= tolerance + 2 * Number.EPSILON * magnitude
}
