/**
 * Verdicts: the table of goals, tolerances and odd numbers, and the law that turning sides turns the verdict.
 */
import fc from 'fast-check'
import { expect, test } from 'vitest'
import { judge } from '../../src/domain/metric-verdict.ts'
import type { Verdict } from '../../src/domain/metric-verdict.ts'
import type { Goal } from '../../src/domain/metric.ts'

test.each<[string, Goal, number, number, number, Verdict['kind']]>([
  ['more is better', 'max', 0, 0.924, 0.931, 'better'],
  ['less is worse', 'max', 0, 0.931, 0.924, 'worse'],
  ['less is better', 'min', 0, 0.5, 0.4, 'better'],
  ['no direction is better', 'none', 0, 1, 2, 'changed'],
  ['the same', 'max', 0, 1, 1, 'unchanged'],
  ['the smallest difference counts without tolerance', 'max', 0, 1, 1 + Number.EPSILON, 'better'],
  ['a change of exactly the tolerance', 'max', 0.005, 0.924, 0.929, 'unchanged'],
  ['and downwards', 'max', 0.005, 0.929, 0.924, 'unchanged'],
  ['a change of exactly a large tolerance', 'min', 10, 100, 110, 'unchanged'],
  ['just beyond the tolerance', 'max', 0.005, 0.924, 0.92901, 'better'],
  ['within the tolerance and no direction', 'none', 2, 1, 2, 'unchanged'],
  ['from NaN', 'max', 0, NaN, 1, 'incomparable'],
  ['to NaN', 'min', 1, 1, NaN, 'incomparable'],
  ['the same infinity', 'max', 0, Infinity, Infinity, 'unchanged'],
  ['up to infinity', 'max', 5, 1, Infinity, 'better'],
  ['a loss that exploded', 'min', 5, 1, Infinity, 'worse'],
  ['zero and negative zero', 'max', 0, 0, -0, 'unchanged'],
])('%s', (_, goal, tolerance, base, head, kind) => {
  expect(judge({ goal, tolerance }, base, head).kind).toBe(kind)
})

test('a verdict tells the change, and its part of the base', () => {
  expect(judge({ goal: 'max', tolerance: 0 }, -4, -3)).toEqual({ kind: 'better', change: 1, relative: 0.25 })
  expect(judge({ goal: 'max', tolerance: 0 }, 0, 3)).toEqual({ kind: 'better', change: 3 })
  expect(judge({ goal: 'max', tolerance: 0 }, Infinity, 3)).toEqual({ kind: 'worse', change: -Infinity })
})

test('turning base and head around turns better into worse and changes nothing else', () => {
  const turned = {
    better: 'worse',
    worse: 'better',
    unchanged: 'unchanged',
    changed: 'changed',
    incomparable: 'incomparable',
  }
  const tolerances = fc.oneof(fc.constant(0), fc.double({ min: 0, max: 10, noNaN: true }))
  fc.assert(
    fc.property(
      fc.constantFrom<Goal>('min', 'max', 'none'),
      tolerances,
      fc.double(),
      fc.double(),
      (goal, tolerance, base, head) => {
        expect(judge({ goal, tolerance }, head, base).kind).toBe(turned[judge({ goal, tolerance }, base, head).kind])
      },
    ),
  )
})
