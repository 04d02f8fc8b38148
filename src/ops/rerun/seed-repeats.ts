/**
 * Repetitions with other seeds: how much of a metric is chance.
 */
import { sortedEntries } from '../../base/order.ts'
import { isSeed } from '../../domain/cause.ts'
import { spreadOf } from '../../domain/change-explanation.ts'
import { refuse } from '../../domain/failure.ts'
import { parseParameterKey } from '../../domain/key.ts'
import type { MetricKey, ParameterKey } from '../../domain/key.ts'
import type { SealedRun } from '../../domain/run.ts'
import type { Repetition } from './repeat-run.ts'
import type { SeedRepeats } from './rerun-options.ts'

/** Which parameter is the seed, and the values it gets. */
export interface SeedPlan {
  readonly key: ParameterKey
  readonly texts: readonly string[]
}

/** Counts up from the recorded seed. @throws `usage-invalid` when no parameter is a whole number named like a seed */
export function planSeeds({ parameters }: Pick<SealedRun, 'parameters'>, count: number): SeedPlan {
  const [found] = sortedEntries(parameters).flatMap(([key, value]) => {
    return isSeed(key) && typeof value === 'bigint' ? [{ key, value }] : []
  })
  if (found === undefined) {
    throw refuse('usage-invalid', {
      problem: 'the run has no parameter named like a seed, such as seed or random_state',
    })
  }
  const { key, value } = found
  return { key, texts: Array.from({ length: count }, (_, index) => String(value + BigInt(index + 1))) }
}

/** The spread of every metric over the repeats that finished. */
export function spreadOfSeeds(key: string, repetitions: readonly Repetition[]): SeedRepeats {
  const finished = repetitions.map(({ record }) => record.run).filter(({ status }) => status === 'finished')
  const values = new Map<MetricKey, readonly number[]>()
  for (const { metrics } of finished) {
    for (const [metric, { summary }] of metrics) values.set(metric, [...(values.get(metric) ?? []), summary.last])
  }
  const spreads = sortedEntries(values).flatMap(([metric, list]) => {
    const spread = metric.startsWith('system/') ? undefined : spreadOf(list)
    return spread === undefined ? [] : [[metric, spread] as const]
  })
  return {
    key: parseParameterKey(key),
    runs: repetitions.map(({ record }) => record.run.id),
    metrics: new Map(spreads),
  }
}
