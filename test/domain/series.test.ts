/**
 * Series as columns: what went in comes out, in its order, whatever is absent, and however it was put together.
 */
import fc from 'fast-check'
import { expect, test } from 'vitest'
import { parseMetricKey } from '../../src/domain/key.ts'
import { buildSeries, joinSeriesSets, latestTimeMs, pointsOf, seriesOf } from '../../src/domain/series.ts'
import type { Point } from '../../src/domain/series.ts'

const LOSS = parseMetricKey('loss')

const point: fc.Arbitrary<Point> = fc.oneof(
  fc.record({ step: fc.maxSafeInteger(), value: fc.double() }),
  fc.record({ step: fc.maxSafeInteger(), value: fc.double(), atMs: fc.nat() }),
)
const points = fc.array(point, { maxLength: 50 })

test('law: points read back as they were, times where there were times', () => {
  fc.assert(
    fc.property(points, (list) => {
      expect(pointsOf(seriesOf(list))).toEqual(list)
    }),
  )
})

test('law: joining two series is the series of both', () => {
  fc.assert(
    fc.property(points, points, (first, second) => {
      const joined = joinSeriesSets([new Map([[LOSS, seriesOf(first)]]), new Map([[LOSS, seriesOf(second)]])])
      expect(pointsOf(joined.get(LOSS) ?? seriesOf([]))).toEqual([...first, ...second])
    }),
  )
})

test('a series that is asked for early is not changed by what comes later', () => {
  const builder = buildSeries()
  builder.add(1, 0.5)
  const early = builder.series()
  for (let step = 2; step < 100; step += 1) builder.add(step, step)
  expect(pointsOf(early)).toEqual([{ step: 1, value: 0.5 }])
  expect(builder.count()).toBe(99)
})

test('the latest time of all points; none when no point has one', () => {
  const timed = seriesOf([
    { step: 0, value: 1, atMs: 7 },
    { step: 1, value: 1, atMs: 5 },
    { step: 2, value: 1 },
  ])
  expect(latestTimeMs(new Map([[LOSS, timed]]))).toBe(7)
  expect(latestTimeMs(new Map([[LOSS, seriesOf([{ step: 0, value: 1 }])]]))).toBeUndefined()
})
