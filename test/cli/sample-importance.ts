/**
 * Importance of parameters, as the command line reports it.
 */
import { parseMetricKey } from '../../src/domain/key.ts'
import type { RunImportance } from '../../src/domain/run-importance.ts'
import type { MeasuredImportance } from '../../src/domain/statistics/importance.ts'

const INTERVAL = { value: 0.5, low: 0.3, high: 0.7 }

/** A number, a category, two that go together, and one that is left out. */
export const MEASURED_IMPORTANCE: MeasuredImportance = {
  kind: 'measured',
  runs: 42,
  skill: { value: 0.61, low: 0.4, high: 0.82 },
  isUseful: true,
  parameters: [
    {
      key: 'lr',
      kind: 'number',
      importance: INTERVAL,
      correlation: { value: -0.42, low: -0.64, high: -0.13, count: 42 },
      distinct: 12,
      missing: 0,
    },
    {
      key: 'optimizer',
      kind: 'category',
      importance: { value: 0.01, low: -0.02, high: 0.04 },
      correlation: undefined,
      distinct: 2,
      missing: 3,
    },
  ],
  tied: [{ keys: ['lr', 'warmup'], association: 0.9, importance: { value: 0.6, low: 0.4, high: 0.8 } }],
  leftOut: [{ key: 'seed', why: 'constant' }],
}

/** The same with what was asked. */
export const IMPORTANCE: RunImportance = {
  wish: { metric: parseMetricKey('auc'), part: 'last', parameters: [] },
  goal: 'max',
  skipped: { running: 1, withoutMetric: 0, notFinite: 2 },
  asked: 42,
  importance: MEASURED_IMPORTANCE,
}
