/**
 * Boards and blame: what leads a column, what last moved a metric, and which names a pattern means.
 */
import fc from 'fast-check'
import { expect, test } from 'vitest'
import { leadersOf } from '../../src/domain/leaderboard.ts'
import type { Standing } from '../../src/domain/leaderboard.ts'
import { blameMetric } from '../../src/domain/metric-blame.ts'
import { judge } from '../../src/domain/metric-verdict.ts'
import type { Goal, MetricRule } from '../../src/domain/metric.ts'
import { matchesGlob } from '../../src/domain/name-glob.ts'

const AUC: MetricRule = { goal: 'max', tolerance: 0.001 }
const LOSS: MetricRule = { goal: 'min', tolerance: 0 }

function column(rule: MetricRule, ...values: readonly (number | undefined)[]): readonly (Standing | undefined)[] {
  return values.map((value) => (value === undefined ? undefined : { rule, value }))
}

test.each<[string, readonly (Standing | undefined)[], readonly number[]]>([
  ['the greatest', column(AUC, 0.9, 0.93, 0.92), [1]],
  ['the least', column(LOSS, 0.9, undefined, 0.5), [2]],
  ['what is within its tolerance as well', column(AUC, 0.93, 0.9295, 0.92), [0, 1]],
  ['nothing where there is one', column(AUC, 0.93, undefined), []],
  ['nothing without a goal', column({ goal: 'none', tolerance: 0 }, 1, 2), []],
  ['no NaN', column(AUC, NaN, 0.9, 0.8), [1]],
  ['each of its unit', [...column({ ...LOSS, unit: 's' }, 1, 2), ...column({ ...LOSS, unit: 'ms' }, 9, 8)], [0, 3]],
])('what leads: %s', (_, standings, leaders) => {
  expect([...leadersOf(standings)].sort()).toEqual(leaders)
})

const anyRule = fc.record({
  goal: fc.constantFrom<Goal>('min', 'max'),
  tolerance: fc.oneof(fc.constant(0), fc.double({ min: 0, max: 1, noNaN: true })),
})

test('law: two numbers or more have a leader, nothing beats it, and the order changes nothing', () => {
  fc.assert(
    fc.property(anyRule, fc.array(fc.double({ noNaN: true }), { minLength: 2, maxLength: 6 }), (rule, values) => {
      const leaders = leadersOf(column(rule, ...values))
      expect(leaders.size).toBeGreaterThan(0)
      const turned = leadersOf(column(rule, ...values.toReversed()))
      expect(new Set([...turned].map((at) => values.length - 1 - at))).toEqual(leaders)
      for (const [at, value] of values.entries()) {
        const isBeaten = values.some((other) => judge(rule, value, other).kind === 'better')
        expect(leaders.has(at)).toBe(!isBeaten)
      }
    }),
  )
})

test('blame is the last step of each kind, between neighbours that measured', () => {
  const values = [0.9, undefined, 0.93, 0.92, 0.9205, undefined, 0.921, undefined]
  expect(blameMetric(AUC, values)).toMatchObject({
    improved: { from: 0, to: 2, base: 0.9, head: 0.93 },
    worsened: { from: 2, to: 3, base: 0.93, head: 0.92 },
  })
  expect(blameMetric(AUC, [undefined, 0.9, 0.9005])).toEqual({})
  expect(blameMetric({ goal: 'none', tolerance: 0 }, [1, 2, 3]).changed).toMatchObject({ from: 1, to: 2 })
})

test('law: after the blamed steps no step of their kind follows', () => {
  const anyValues = fc.array(fc.option(fc.double({ min: -9, max: 9, noNaN: true }), { nil: undefined }), {
    maxLength: 12,
  })
  fc.assert(
    fc.property(anyRule, anyValues, (rule, values) => {
      const blame = blameMetric(rule, values)
      const steps = values.flatMap((head, to) => {
        const from = values.findLastIndex((value, at) => at < to && value !== undefined)
        const base = values[from]
        return head === undefined || base === undefined ? [] : [{ to, kind: judge(rule, base, head).kind }]
      })
      expect(blame.improved?.to).toBe(steps.findLast(({ kind }) => kind === 'better')?.to)
      expect(blame.worsened?.to).toBe(steps.findLast(({ kind }) => kind === 'worse')?.to)
    }),
  )
})

test.each<[string, string, boolean]>([
  ['churn*', 'churn-eu', true],
  ['*-eu', 'churn-eu', true],
  ['c?urn', 'churn', true],
  ['c?urn', 'curn', false],
  ['*', '', true],
  ['', 'a', false],
  ['a.b', 'aXb', false],
  ['*a*b*c', 'xaybzc', true],
  ['*a*b*c', 'xaybz', false],
])('the pattern %s and the name %s', (glob, name, isMatch) => {
  expect(matchesGlob(glob, name)).toBe(isMatch)
})

test('law: a name matches itself, and with any part of it behind a star', () => {
  const anyName = fc.string({ unit: fc.constantFrom('a', 'b', '-', '.') })
  fc.assert(
    fc.property(anyName, anyName, anyName, (start, middle, end) => {
      expect(matchesGlob(start + middle + end, start + middle + end)).toBe(true)
      expect(matchesGlob(`${start}*${end}`, start + middle + end)).toBe(true)
    }),
  )
})
