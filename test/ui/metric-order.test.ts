/**
 * Which metric the page of a model begins with.
 */
import { expect, test } from 'vitest'
import type { WireGateResult, WireModel } from '../../src/server/wire.ts'
import { mostTellingFirst } from '../../src/ui/models/metric-order.ts'

type Goal = 'max' | 'min' | 'none'

/** The order of metrics, each with its goal and how many points it has, held against gates. */
function order(
  metrics: Readonly<Record<string, readonly [Goal, number]>>,
  results: readonly Partial<WireGateResult>[],
) {
  const told = Object.entries(metrics).map(([key, [, count]]) => ({ key, summary: { last: 1, count } }))
  const gates = { source: 'mlv.yaml', base: null, versions: [{ number: 1, results }] }
  const model = { versions: [{ number: 1, metrics: told }], gates: results.length === 0 ? null : gates }
  return mostTellingFirst(model as unknown as Pick<WireModel, 'gates' | 'versions'>, Object.keys(metrics), (key) => {
    const goal = metrics[key]?.[0] ?? 'none'
    return { goal, tolerance: 0, unit: null }
  })
}

const WORSEN = { rule: 'worsen', limit: null } as const

test('what a gate names comes before what is only learned, and before every other goal', () => {
  const metrics = { epoch: ['none', 9], loss: ['min', 9], size: ['min', 1], auc: ['max', 1] } as const
  expect(order(metrics, [])).toEqual(['auc', 'loss', 'size', 'epoch'])
  expect(order(metrics, [{ rule: 'max', metric: 'size', limit: 5 }])[0]).toBe('size')
  expect(order(metrics, [{ rule: 'required', metric: 'epoch', limit: null }])[0]).toBe('epoch')
  expect(order(metrics, [{ rule: 'worsen', metric: 'loss', limit: 0.1 }])[0]).toBe('loss')
  // Each goal is guarded so, whether or not a gate names it; and a rule may be of no metric at all.
  const common = ['auc', 'loss', 'size'].map((metric) => ({ ...WORSEN, metric }))
  expect(order(metrics, [...common, { rule: 'size', metric: null, limit: 9 }])[0]).toBe('auc')
  expect(order({ b: ['max', 2], a: ['max', 2] }, [])).toEqual(['b', 'a'])
})
