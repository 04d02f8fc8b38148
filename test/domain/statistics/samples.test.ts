/**
 * Samples, ranks and fronts: what is drawn and told of them, against values known from elsewhere.
 */
import fc from 'fast-check'
import { expect, test } from 'vitest'
import { paretoFront } from '../../../src/domain/statistics/pareto.ts'
import type { Direction } from '../../../src/domain/statistics/pareto.ts'
import { seededRandom, shuffledIndices } from '../../../src/domain/statistics/random.ts'
import { rankCorrelation, ranksOf } from '../../../src/domain/statistics/rank.ts'
import { quantileOf, spreadOfSample } from '../../../src/domain/statistics/spread.ts'
import { studentPoint } from '../../../src/domain/statistics/student.ts'

const number = fc.double({ min: -1e6, max: 1e6, noNaN: true })
const direction = fc.constantFrom<Direction>('min', 'max')

test('a sample has the mean, interval and box that others give it', () => {
  // SciPy 1.17's ttest_1samp; the quarters are those of numpy.
  const spread = spreadOfSample([2.1, 2.5, 1.9, 2.2, 2.4, 9])
  expect(spread).toMatchObject({ count: 6, median: 2.3, min: 1.9, max: 9, whiskers: { low: 1.9, high: 2.5 } })
  expect(spread?.mean).toBeCloseTo(3.35, 12)
  expect(spread?.interval?.low).toBeCloseTo(0.4366, 2)
  expect(spread?.interval?.high).toBeCloseTo(6.2634, 2)
  expect(spread?.quarter).toBeCloseTo(2.125, 12)
  expect(spreadOfSample([3])).toMatchObject({ mean: 3, interval: undefined, deviation: 0, median: 3 })
  expect(spreadOfSample([])).toBeUndefined()
  expect([1, 5, 30, 31].map(studentPoint)).toEqual([12.706, 2.571, 2.042, 1.96])
})

test('law: quarters, median and whiskers are in order and within the sample, in whatever order it comes', () => {
  fc.assert(
    fc.property(fc.array(number, { minLength: 1, maxLength: 60 }), fc.integer(), (values, seed) => {
      const spread = spreadOfSample(values)
      if (spread === undefined) throw new Error('a sample of one value at least has a spread')
      const { min, max, quarter, median, threeQuarters, whiskers } = spread
      for (const [low, high] of [
        [min, whiskers.low],
        [min, quarter],
        [quarter, median],
        [median, threeQuarters],
        [threeQuarters, max],
        [whiskers.high, max],
      ] as const) {
        expect(low).toBeLessThanOrEqual(high)
      }
      const order = shuffledIndices(values.length, seededRandom(seed))
      expect(spreadOfSample([...order].map((index) => values[index] ?? 0))).toEqual(spread)
    }),
  )
  expect(quantileOf([1, 2, 3, 4], 0.25)).toBe(1.75)
})

test('ranks are shared by equal values, and their correlation is that of SciPy', () => {
  expect([...ranksOf([10, 20, 20, 5])]).toEqual([2, 3.5, 3.5, 1])
  // scipy.stats.spearmanr
  const found = rankCorrelation([1, 2, 3, 4, 5, 6, 7, 7], [2, 1, 4, 3, 7, 8, 6, 9])
  expect(found?.value).toBeCloseTo(0.850315, 5)
  expect(found).toMatchObject({ count: 8 })
  expect(found?.low).toBeGreaterThan(0.2)
  expect(found?.high).toBeLessThan(1)
  expect(rankCorrelation([1, 2, 3, 4, 5], [1, 4, 9, 16, 25])).toEqual({ value: 1, low: 1, high: 1, count: 5 })
  expect(rankCorrelation([1, 1, 1, 1, 1], [1, 2, 3, 4, 5])).toBeUndefined()
  expect(rankCorrelation([1, 2, 3], [1, 2, 3])).toBeUndefined()
})

test('law: nothing beats a run of the front, and something beats every other', () => {
  const point = fc.record({ x: fc.integer({ min: 0, max: 12 }), y: fc.integer({ min: 0, max: 12 }) })
  fc.assert(
    fc.property(fc.array(point, { maxLength: 40 }), direction, direction, (points, x, y) => {
      const isAtLeast = (way: Direction, left: number, right: number) => (way === 'min' ? left <= right : left >= right)
      const beats = (left: (typeof points)[number], right: (typeof points)[number]): boolean =>
        isAtLeast(x, left.x, right.x) && isAtLeast(y, left.y, right.y) && (left.x !== right.x || left.y !== right.y)
      const front = new Set(paretoFront(points, { x, y }))
      points.forEach((one, index) => {
        expect(front.has(index)).toBe(!points.some((other) => beats(other, one)))
      })
    }),
  )
  expect(
    paretoFront(
      [
        { x: 3, y: 0.9 },
        { x: 1, y: 0.7 },
        { x: 2, y: 0.6 },
        { x: 2, y: 0.8 },
      ],
      { x: 'min', y: 'max' },
    ),
  ).toEqual([1, 3, 0])
})
