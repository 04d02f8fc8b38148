/**
 * Leaderboards: which of several values of one metric lead.
 *
 * Laws: a column with two comparable numbers has a leader, and the order of the column changes nothing.
 */
import { judge } from './metric-verdict.ts'
import type { MetricRule } from './metric.ts'

/** One value of a column, and how its model judges it. */
export interface Standing {
  readonly rule: MetricRule
  readonly value: number
}

/**
 * The places of the values that lead, counted from 0. The best leads, and so does what is no worse than it by the
 * tolerance of the best. Only values of the same goal and unit are compared; alone, without a goal, or not a number,
 * none leads.
 */
export function leadersOf(column: readonly (Standing | undefined)[]): ReadonlySet<number> {
  const groups = new Map<string, (Standing & { readonly at: number })[]>()
  for (const [at, standing] of column.entries()) {
    if (standing === undefined || standing.rule.goal === 'none' || Number.isNaN(standing.value)) continue
    const name = JSON.stringify([standing.rule.goal, standing.rule.unit ?? ''])
    groups.set(name, [...(groups.get(name) ?? []), { ...standing, at }])
  }
  return new Set([...groups.values()].filter((group) => group.length > 1).flatMap(leadersIn))
}

/** Compares two standings so that the better comes first; those without a goal or a number come last. */
export function compareStandings(left: Standing | undefined, right: Standing | undefined): number {
  const [leftScore, rightScore] = [scoreOf(left), scoreOf(right)]
  if (leftScore === rightScore) return 0
  return leftScore > rightScore ? -1 : 1
}

function leadersIn(group: readonly (Standing & { readonly at: number })[]): readonly number[] {
  const [best] = [...group].sort((left, right) => {
    // Of equal values the widest tolerance speaks, so that the order of the column does not.
    return compareStandings(left, right) || right.rule.tolerance - left.rule.tolerance
  })
  if (best === undefined) return []
  return group.filter(({ value }) => judge(best.rule, value, best.value).kind !== 'better').map(({ at }) => at)
}

function scoreOf(standing: Standing | undefined): number {
  if (standing === undefined || Number.isNaN(standing.value)) return -Infinity
  const { goal } = standing.rule
  return goal === 'none' ? -Infinity : goal === 'max' ? standing.value : -standing.value
}
