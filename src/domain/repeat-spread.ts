/**
 * How the metrics of a run vary over its repeats: runs that are alike in all that is recorded but for the seed.
 */
import { spreadOf } from './change-explanation.ts'
import type { Spread } from './change-explanation.ts'
import type { MetricKey } from './key.ts'
import { ownMetrics } from './metric.ts'
import type { Metric } from './metric.ts'

/** A run as far as its metrics go. */
interface Measured {
  readonly metrics: ReadonlyMap<MetricKey, Metric>
}

/** The spread of each metric that the run and at least one repeat measured, by last value; empty without repeats. */
export function spreadOverRepeats(run: Measured, repeats: readonly Measured[]): ReadonlyMap<MetricKey, Spread> {
  if (repeats.length === 0) return new Map()
  const spreads = [...ownMetrics(run.metrics).keys()].flatMap((key) => {
    const values = [run, ...repeats].flatMap(({ metrics }) => metrics.get(key)?.summary.last ?? [])
    const spread = spreadOf(values)
    return spread === undefined || spread.count < 2 ? [] : [[key, spread] as const]
  })
  return new Map(spreads)
}
