/**
 * The laws of tiles: no zoom loses a point, whether its pyramid was made at once or grew.
 */
import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { growPyramid } from '../../src/domain/growing-pyramid.ts'
import type { GrowingPyramid } from '../../src/domain/growing-pyramid.ts'
import { seriesOf } from '../../src/domain/series.ts'
import type { Point } from '../../src/domain/series.ts'
import { exponentFor } from '../../src/domain/series-tiles.ts'
import { expectTiles, loggedPoints } from '../support/brute-tiles.ts'

describe('a pyramid over any points, at any zoom', () => {
  test('holds every point of the range in one tile, with the least and greatest of its own', () => {
    fc.assert(
      fc.property(
        loggedPoints,
        fc.array(fc.nat(900), { maxLength: 5 }),
        fc.integer({ min: -60, max: 900 }),
        fc.oneof(fc.integer({ min: 0, max: 700 }), fc.integer({ min: 0, max: 2 ** 40 })),
        fc.integer({ min: 1, max: 60 }),
        (points, stops, from, width, count) => {
          const pyramid = grown(points, stops, { from, to: from + width })
          const range = { from, to: from + width }
          const exponent = exponentFor(range, count)
          const placed = points.map((point) => ({ ...point, x: point.step }))
          expectTiles(pyramid.cut(range, exponent), placed, range, exponent)
          expect(pyramid.cut(range, exponent).length).toBeLessThanOrEqual(count + 1)
        },
      ),
      { numRuns: 400 },
    )
  })

  test('gives back all of its points in order, and tells where the first of the newest lies', () => {
    fc.assert(
      fc.property(loggedPoints, fc.array(fc.nat(900), { maxLength: 5 }), fc.nat(900), (points, stops, since) => {
        const pyramid = grown(points, stops, { from: 0, to: 100 })
        const newest = points.slice(since).map(({ step }) => step)
        expect(pyramid.firstSince(Math.min(since, points.length))).toBe(
          newest.length === 0 ? undefined : newest.reduce((least, step) => Math.min(least, step)),
        )
        const sorted = points.toSorted((left, right) => left.step - right.step)
        expect([...pyramid.ordered().values]).toEqual(sorted.map(({ value }) => value))
        expect(pyramid.extent()).toEqual(
          sorted.length === 0 ? undefined : { from: sorted[0]?.step, to: sorted.at(-1)?.step },
        )
      }),
      { numRuns: 200 },
    )
  })
})

test('a spike among a million points is seen at every zoom', () => {
  const size = 1_000_000
  const spikes = [0, 1, 15, 16, 17, 4_095, 4_096, 65_535, 333_333, 999_983, 999_999]
  const values = new Float64Array(size).map((_, index) => Math.sin(index / 1000))
  for (const at of spikes) values[at] = 1e6 + at
  const steps = new Float64Array(size).map((_, index) => index)
  const pyramid = growPyramid()
  pyramid.take({ steps, values }, steps)
  for (const count of [1, 2, 7, 300, 1200, 10_000]) {
    for (const at of spikes) {
      for (const span of [size, 100_000, 4096, 33, 2]) {
        const range = { from: Math.max(0, at - Math.floor(span / 3)), to: Math.min(size - 1, at + span) }
        const { maxs } = pyramid.cut(range, exponentFor(range, count))
        expect(maxs.reduce((most, max) => Math.max(most, max))).toBeGreaterThanOrEqual(1e6 + at)
      }
    }
  }
})

test.each([
  [{ from: 0, to: 1200 }, 1200, 0],
  [{ from: 0, to: 1201 }, 1200, 1],
  [{ from: 0, to: 1 }, 1, 0],
  [{ from: -1, to: 1 }, 4, -1],
  [{ from: 5, to: 5 }, 9, 0],
  [{ from: 0, to: 2 ** 50 }, 1, 50],
])('%o in at most %d stretches is cut at 2 to the %d', (range, count, exponent) => {
  expect(exponentFor(range, count)).toBe(exponent)
})

/** A pyramid that took its points in several helpings, and was looked at between them. */
function grown(
  points: readonly Point[],
  stops: readonly number[],
  looked: { readonly from: number; readonly to: number },
): GrowingPyramid {
  const pyramid = growPyramid()
  const ends = [...stops.filter((stop) => stop < points.length), points.length].sort((left, right) => left - right)
  for (const end of ends) {
    const series = seriesOf(points.slice(0, end))
    pyramid.take(series, series.steps)
    pyramid.cut(looked, 3)
  }
  return pyramid
}
