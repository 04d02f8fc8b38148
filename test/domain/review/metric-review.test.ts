/**
 * Metrics of two sides that ran more than once: what is chance, what is not, and what a reviewer reads first.
 */
import fc from 'fast-check'
import { expect, test } from 'vitest'
import { parseMetricKey } from '../../../src/domain/key.ts'
import { singleValue } from '../../../src/domain/metric-summary.ts'
import type { Goal, Metrics } from '../../../src/domain/metric.ts'
import { reviewMetrics } from '../../../src/domain/review/metric-review.ts'
import type { ReviewVerdict } from '../../../src/domain/review/metric-review.ts'
import { noiseBand } from '../../../src/domain/review/noise.ts'

const AUC = parseMetricKey('auc')
const RULES = new Map()

function runs(values: readonly number[], goal: Goal = 'max', tolerance = 0): readonly Metrics[] {
  return values.map((value) => new Map([[AUC, { goal, tolerance, summary: singleValue(value, goal) }]]))
}

function verdictOf(base: readonly Metrics[], head: readonly Metrics[]): ReviewVerdict | undefined {
  return reviewMetrics(base, head, RULES)[0]?.verdict
}

test.each<[string, readonly number[], readonly number[], ReviewVerdict]>([
  ['better, once each', [0.9], [0.91], 'better'],
  ['worse, once each', [0.91], [0.9], 'worse'],
  ['the same', [0.9, 0.92], [0.9, 0.92], 'unchanged'],
  ['a fall inside the noise of three runs', [0.92, 0.924, 0.922], [0.918, 0.922, 0.92], 'noise'],
  ['a fall beyond it', [0.92, 0.924, 0.922], [0.9, 0.904, 0.902], 'worse'],
  ['a single run beside five: their spread counts for both', [0.9, 0.91, 0.92, 0.93, 0.94], [0.9], 'noise'],
  ['equal values, however many add up otherwise', Array<number>(2).fill(0.1), Array<number>(10).fill(0.1), 'unchanged'],
  ['the same values in another order', [0.1, 0.2, 0.3], [0.3, 0.2, 0.1], 'unchanged'],
  ['no spread at all: every change counts', [0.9, 0.9], [0.91, 0.91], 'better'],
  ['one run diverged', [0.9, 0.91], [0.9, NaN], 'incomparable'],
  ['it diverged before too', [0.9, NaN], [0.95, NaN], 'better'],
  ['all diverged', [0.9], [NaN], 'incomparable'],
  ['to infinity', [0.9], [Infinity], 'incomparable'],
])('%s', (_, base, head, verdict) => {
  expect(verdictOf(runs(base), runs(head))).toBe(verdict)
})

test('a metric of one side only is added or removed, and a metric without a goal is only changed', () => {
  expect(verdictOf([], runs([1]))).toBe('added')
  expect(verdictOf(runs([1]), [new Map()])).toBe('removed')
  expect(verdictOf(runs([1], 'none'), runs([2], 'none'))).toBe('changed')
})

test("the model's rules of today count before those the runs were made with", () => {
  const rules = new Map([[AUC, { goal: 'min' as const, tolerance: 0.5 }]])
  expect(reviewMetrics(runs([1]), runs([1.2]), rules)[0]?.verdict).toBe('unchanged')
  expect(reviewMetrics(runs([1]), runs([2]), rules)[0]?.verdict).toBe('worse')
})

test('the machine is left out, and what got worse comes first', () => {
  const side = (values: Readonly<Record<string, number>>): Metrics =>
    new Map(
      Object.entries(values).map(([key, value]) => {
        const goal = key.startsWith('system/') ? 'none' : 'max'
        return [parseMetricKey(key), { goal, tolerance: 0, summary: singleValue(value, goal) }] as const
      }),
    )
  const base = side({ a: 1, b: 1, c: 1, d: 1, 'system/cpu': 1 })
  const head = side({ a: 1, b: 2, c: 0, e: 1, 'system/cpu': 2 })
  expect(reviewMetrics([base], [head], RULES).map(({ key, verdict }) => `${key} ${verdict}`)).toEqual([
    'c worse',
    'd removed',
    'b better',
    'e added',
    'a unchanged',
  ])
})

test("the noise band is Welch's: a worked example", () => {
  const spread = (mean: number, deviation: number, count: number) => {
    return { mean, deviation, count, least: mean, greatest: mean }
  }
  // sqrt(0.2^2/5 + 0.3^2/5) = 0.16125; Welch-Satterthwaite gives 6.97 degrees, 6 counts: t = 2.447.
  expect(noiseBand(spread(1, 0.2, 5), spread(2, 0.3, 5))).toBeCloseTo(2.447 * 0.161245, 5)
  expect(noiseBand(spread(1, 0, 1), spread(2, 0.1, 3))).toBeCloseTo(4.303 * 0.1 * Math.sqrt(1 + 1 / 3), 5)
  expect(noiseBand(spread(1, 0, 1), spread(2, 0, 1))).toBeUndefined()
})

const value = fc.double({ min: -1e6, max: 1e6, noNaN: true })
const sample = fc.array(value, { minLength: 1, maxLength: 5 })

test('turning the sides around turns the verdict and the sign, and nothing else', () => {
  const turned: { readonly [V in ReviewVerdict]?: ReviewVerdict } = { better: 'worse', worse: 'better' }
  fc.assert(
    fc.property(sample, sample, (base, head) => {
      const [forth] = reviewMetrics(runs(base), runs(head), RULES)
      const [back] = reviewMetrics(runs(head), runs(base), RULES)
      expect(back?.verdict).toBe(turned[forth?.verdict ?? 'unchanged'] ?? forth?.verdict)
      expect(Math.abs(back?.change ?? 0)).toBe(Math.abs(forth?.change ?? 0))
      expect(back?.band).toBe(forth?.band)
    }),
  )
})

test('a side beside itself is unchanged, whatever its spread', () => {
  fc.assert(
    fc.property(sample, (values) => {
      expect(verdictOf(runs(values), runs(values))).toBe('unchanged')
    }),
  )
})
