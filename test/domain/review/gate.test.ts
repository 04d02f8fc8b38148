/**
 * Gates: the laws that hold whatever is measured.
 */
import fc from 'fast-check'
import { expect, test } from 'vitest'
import { DEFAULT_POLICY } from '../../../src/domain/gate-policy.ts'
import type { GatePolicy } from '../../../src/domain/gate-policy.ts'
import { parseMetricKey } from '../../../src/domain/key.ts'
import { singleValue } from '../../../src/domain/metric-summary.ts'
import type { Metrics } from '../../../src/domain/metric.ts'
import { isFailed, judgeGates } from '../../../src/domain/review/gate.ts'
import { reviewMetrics } from '../../../src/domain/review/metric-review.ts'

const AUC = parseMetricKey('auc')

function judged(base: readonly number[], head: readonly number[], policy: GatePolicy = DEFAULT_POLICY) {
  const runs = (values: readonly number[]): readonly Metrics[] =>
    values.map((value) => new Map([[AUC, { goal: 'max', tolerance: 0, summary: singleValue(value, 'max') }]]))
  const metrics = reviewMetrics(runs(base), runs(head), new Map())
  return judgeGates(policy, { runs: head.length, hasBase: base.length > 0, metrics })
}

const sample = fc.array(fc.double({ min: -1e6, max: 1e6, noNaN: true }), { minLength: 1, maxLength: 5 })
const mean = (values: readonly number[]): number => values.reduce((sum, value) => sum + value, 0) / values.length

test('what gets no worse always passes', () => {
  fc.assert(
    fc.property(sample, sample, (base, head) => {
      fc.pre(mean(head) >= mean(base))
      expect(judged(base, head).filter(isFailed)).toEqual([])
    }),
  )
})

test('a larger allowance never fails what a smaller one lets pass', () => {
  fc.assert(
    fc.property(sample, sample, fc.double({ min: 0, max: 10, noNaN: true }), (base, head, amount) => {
      const gate = (allowed: number): number => {
        const worsen = { kind: 'absolute' as const, amount: allowed }
        return judged(base, head, { ...DEFAULT_POLICY, metrics: new Map([[AUC, { worsen }]]) }).filter(isFailed).length
      }
      expect(gate(amount * 2)).toBeLessThanOrEqual(gate(amount))
    }),
  )
})

test('a limit is held by the mean, and a single run beyond it is noted', () => {
  const policy = { ...DEFAULT_POLICY, metrics: new Map([[AUC, { min: 0.9 }]]) }
  expect(judged([], [0.89, 0.93], policy)).toContainEqual({
    rule: 'min',
    metric: AUC,
    status: 'noted',
    limit: 0.9,
    actual: 0.91,
    note: 'the mean keeps it, a single run does not',
  })
  expect(judged([], [0.86, 0.93], policy).find(({ rule }) => rule === 'min')?.status).toBe('failed')
})

test('broken rules come first', () => {
  const policy = { ...DEFAULT_POLICY, repeats: 3, metrics: new Map([[AUC, { max: 0 }]]) }
  expect(judged([1], [1], policy).map(({ rule, status }) => `${rule} ${status}`)).toEqual([
    'repeats failed',
    'max failed',
    'worsen passed',
  ])
})
