/**
 * Blame for a metric: which of a line of values last made it better, and which last made it worse.
 *
 * Law: a step is between neighbours that both measured it and beyond the tolerance; no later one is of its kind.
 */
import { judge } from './metric-verdict.ts'
import type { Verdict } from './metric-verdict.ts'
import type { MetricRule } from './metric.ts'

/** A step from one value to the next, by their places in the line. */
export interface BlamedStep {
  readonly from: number
  readonly to: number
  readonly base: number
  readonly head: number
  readonly verdict: Verdict
}

/** The last steps of each kind; absent when there was none. */
export interface Blame {
  readonly improved?: BlamedStep
  readonly worsened?: BlamedStep
  /** For a metric without a goal, and for values that are not numbers: the last step that no direction judges. */
  readonly changed?: BlamedStep
}

const KINDS = { better: 'improved', worse: 'worsened', changed: 'changed', incomparable: 'changed' } as const

/** Blames a line of values, oldest first; `undefined` where it was not measured. Within the tolerance is no step. */
export function blameMetric(rule: MetricRule, values: readonly (number | undefined)[]): Blame {
  let found: Blame = {}
  let from: number | undefined
  for (const [to, head] of values.entries()) {
    if (head === undefined) continue
    const base = from === undefined ? undefined : values[from]
    if (from !== undefined && base !== undefined) {
      const verdict = judge(rule, base, head)
      if (verdict.kind !== 'unchanged') found = { ...found, [KINDS[verdict.kind]]: { from, to, base, head, verdict } }
    }
    from = to
  }
  return found
}
