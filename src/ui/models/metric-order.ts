/**
 * Which metric of a model says most of its versions.
 */
import type { WireMetric, WireModel } from '../../server/wire.ts'

type Judged = Pick<WireModel, 'gates' | 'versions'>

/**
 * Metrics in the order that they are worth a look: those that a gate names, then those with a goal, and of these first
 * what grows as it gets better; what is learned over steps says more of a version than its size. Ties stay as given.
 */
export function mostTellingFirst(
  model: Judged,
  keys: readonly string[],
  ruleOf: (key: string) => WireMetric['rule'] | undefined,
): readonly string[] {
  const gated = gatedMetrics(model)
  const weight = (key: string): number => {
    const goal = ruleOf(key)?.goal ?? 'none'
    const goalWeight = goal === 'none' ? 4 : goal === 'max' ? 0 : 2
    return (gated.has(key) ? 0 : 8) + goalWeight + (isLearned(model, key) ? 0 : 1)
  }
  return keys.toSorted((left, right) => weight(left) - weight(right))
}

/** Those with a rule of their own. Every metric with a goal may not get worse, which therefore tells none apart. */
function gatedMetrics({ gates }: Judged): ReadonlySet<string> {
  const results = (gates?.versions ?? []).flatMap((version) => version.results)
  const own = results.filter(({ rule, limit }) => rule !== 'worsen' || (limit !== null && limit !== 0))
  return new Set(own.flatMap(({ metric }) => metric ?? []))
}

function isLearned({ versions }: Judged, metric: string): boolean {
  return versions.some(({ metrics }) => metrics.some(({ key, summary }) => key === metric && summary.count > 1))
}
