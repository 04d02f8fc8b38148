/**
 * Receipts: which metrics of a repetition count as the same, and what a receipt says of those that do not.
 */
import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { causesBetween } from '../../src/domain/cause.ts'
import { parseMetricKey } from '../../src/domain/key.ts'
import { singleValue } from '../../src/domain/metric-summary.ts'
import type { Metrics } from '../../src/domain/metric.ts'
import { compareRepetition, outcomeOf, receiptDifferences, ROUNDING } from '../../src/domain/receipt.ts'
import { explainedRun } from '../support/explained-runs.ts'
import { metricsOf } from '../support/sample.ts'

function within(tolerance: number, value: number): Metrics {
  return new Map([[parseMetricKey('auc'), { goal: 'max', tolerance, summary: singleValue(value, 'max') }]])
}

describe('a metric is the same', () => {
  test.each([
    ['equal', 0.931, 0.931, true],
    ['the same but for its rounding', 0.1 + 0.2, 0.3, true],
    ['another in its last printed digit', 0.931, 0.9311, false],
    ['not a number twice', NaN, NaN, true],
    ['not a number once', NaN, 0.9, false],
    ['infinite twice', Infinity, Infinity, true],
    ['of the other sign', Infinity, -Infinity, false],
    ['zero and next to zero', 0, 1e-300, false],
  ])('without a tolerance when it is %s: %d and %d', (_, before, after, isSame) => {
    expect(compareRepetition(metricsOf({ auc: before }), metricsOf({ auc: after }))).toMatchObject([{ isSame }])
  })

  test('within its tolerance, whose very edge counts', () => {
    expect(compareRepetition(within(0.005, 0.924), within(0.005, 0.929))).toMatchObject([{ isSame: true }])
    expect(compareRepetition(within(0.005, 0.924), within(0.005, 0.9291))).toMatchObject([{ isSame: false }])
  })

  test('and not when only one of the two runs has it', () => {
    expect(compareRepetition(metricsOf({ auc: 1 }), metricsOf({ f1: 1 }))).toEqual([
      { key: 'auc', recorded: 1, isSame: false },
      { key: 'f1', repeated: 1, isSame: false },
    ])
  })

  test('samples of the machine are not compared', () => {
    expect(compareRepetition(metricsOf({ 'system/cpu.percent': 3 }), metricsOf({}))).toEqual([])
  })

  test('as itself, always, and alike from either side', () => {
    fc.assert(
      fc.property(fc.double(), fc.double(), (before, after) => {
        expect(compareRepetition(metricsOf({ x: before }), metricsOf({ x: before }))).toMatchObject([{ isSame: true }])
        const there = compareRepetition(metricsOf({ x: before }), metricsOf({ x: after }))
        const back = compareRepetition(metricsOf({ x: after }), metricsOf({ x: before }))
        expect(there[0]?.isSame).toBe(back[0]?.isSame)
      }),
    )
  })

  test('when it moved by less than the rounding, at every size', () => {
    fc.assert(
      fc.property(fc.double({ min: 1e-200, max: 1e200, noNaN: true }), (value) => {
        const [near, far] = [value * (1 + ROUNDING / 4), value * (1 + ROUNDING * 4)]
        expect(compareRepetition(metricsOf({ x: value }), metricsOf({ x: near }))).toMatchObject([{ isSame: true }])
        expect(compareRepetition(metricsOf({ x: value }), metricsOf({ x: far }))).toMatchObject([{ isSame: false }])
      }),
    )
  })
})

describe('an outcome', () => {
  test('is reproduced when every metric is, whatever else was not the same', () => {
    const compared = compareRepetition(metricsOf({ auc: 1 }), metricsOf({ auc: 1 }))
    expect(outcomeOf(compared, [{ cause: 'hardware', evidence: ['cpu'] }])).toEqual({ kind: 'reproduced' })
  })

  test('names the metrics that differed and every cause that was not the same', () => {
    const compared = compareRepetition(metricsOf({ auc: 1, f1: 1 }), metricsOf({ auc: 2, f1: 1 }))
    expect(outcomeOf(compared, [{ cause: 'data', evidence: ['data/train.csv'] }])).toEqual({
      kind: 'differed',
      metrics: ['auc'],
      causes: ['data'],
    })
  })

  test('counts a seed among the parameters, and keeps what was seen of both', () => {
    const causes = causesBetween(explainedRun(1), explainedRun(2, { seed: 7, parameters: 1, hardware: 1 }))
    expect(receiptDifferences(causes)).toEqual([
      { cause: 'parameters', evidence: ['lr: 0.1 -> 1.1', 'seed: 0 -> 7'] },
      { cause: 'hardware', evidence: ['cpu: 8 x Model 0 -> 8 x Model 1'] },
    ])
  })
})
