/**
 * The points at the edges of a range, of lines of all kinds: those that a search through all points finds.
 */
import fc from 'fast-check'
import { expect, test } from 'vitest'
import { growPyramid } from '../../src/domain/growing-pyramid.ts'
import { lineEnds } from '../../src/server/handlers/line-ends.ts'
import type { LineEnd } from '../../src/server/handlers/line-ends.ts'

// Tiles are no finer than 2^-120.
const GRAIN = 2 ** -50
const place = fc
  .oneof(
    fc.integer({ min: -50, max: 3_000 }),
    fc.double({ min: -1e9, max: 1e9, noNaN: true }),
    fc.double({ min: 0, max: 1, noNaN: true }),
  )
  .map((x) => Math.round(x / GRAIN) * GRAIN + 0)
const value = fc.oneof({ weight: 4, arbitrary: fc.double({ noNaN: true }) }, fc.constantFrom(NaN, Infinity, -Infinity))
const points = fc.uniqueArray(fc.tuple(place, value), { maxLength: 600, selector: ([x]) => x })

test('the nearest finite points are found, however far they are', async () => {
  await fc.assert(
    fc.asyncProperty(points, place, place, fc.integer({ min: -40, max: 12 }), async (all, one, other, exponent) => {
      const pyramid = growPyramid()
      const xs = Float64Array.from(all, ([x]) => x)
      pyramid.take({ steps: xs, values: Float64Array.from(all, ([, each]) => each) }, xs)
      const line = { cut: pyramid.cut, own: pyramid.extent() }
      const range = { from: Math.min(one, other), to: Math.max(one, other) }
      const cut = { ...line, cut: (...asked: Parameters<typeof line.cut>) => Promise.resolve(line.cut(...asked)) }
      const told = await lineEnds(cut, range, exponent)
      const finite = all
        .flatMap(([x, each]): readonly LineEnd[] => (Number.isFinite(each) ? [{ x, value: each }] : []))
        .sort((left, right) => left.x - right.x)
      expect(told).toEqual({
        before: finite.findLast(({ x }) => x < range.from),
        after: finite.find(({ x }) => x > range.to),
      })
    }),
    { numRuns: 200 },
  )
})

test('a long line is looked into a few times, whether its points are near or its end is nothing but gaps', async () => {
  const count = 100_000
  const steps = Float64Array.from({ length: count }, (_, step) => step)
  const values = steps.map((step) => (step > 1_000 && step < 99_000 ? NaN : step))
  const pyramid = growPyramid()
  pyramid.take({ steps, values }, steps)
  const looksAt = async (from: number, to: number): Promise<readonly unknown[]> => {
    let looks = 0
    const cut = (...asked: Parameters<typeof pyramid.cut>): Promise<ReturnType<typeof pyramid.cut>> => {
      looks += 1
      return Promise.resolve(pyramid.cut(...asked))
    }
    const { before, after } = await lineEnds({ cut, own: pyramid.extent() }, { from, to }, 0)
    return [before?.x, after?.x, looks <= 30]
  }
  expect(await looksAt(500.5, 600.5)).toEqual([500, 601, true])
  expect(await looksAt(50_000.5, 50_001.5)).toEqual([1_000, 99_000, true])
  expect(await looksAt(-5, 2e6)).toEqual([undefined, undefined, true])
})
