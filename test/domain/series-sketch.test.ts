/** Sketches of series: bounded, and true to what was least, greatest and last. */
import fc from 'fast-check'
import { expect, test } from 'vitest'
import { openSketch, sketchOf, sparklineOf, stretches } from '../../src/domain/series-sketch.ts'
import { seriesOf } from '../../src/domain/series.ts'

const value = fc.oneof(
  { weight: 8, arbitrary: fc.double({ noNaN: true, noDefaultInfinity: true }) },
  fc.constantFrom(NaN, Infinity, -Infinity),
)
const values = fc.array(value, { minLength: 1, maxLength: 300 })

function sketched(points: readonly number[], leastBlocks: number) {
  const sketch = openSketch(leastBlocks)
  points.forEach((point, step) => sketch.add(step, point))
  return sketch
}

test('blocks hold every point once, in order, and are bounded: law', () => {
  fc.assert(
    fc.property(values, fc.integer({ min: 1, max: 20 }), (points, least) => {
      const blocks = sketched(points, least).blocks()
      expect(blocks.length).toBeLessThan(2 * least)
      expect(blocks.length).toBeGreaterThanOrEqual(Math.min(least, points.length))
      let start = 0
      for (const block of blocks) {
        const own = points.slice(start, start + block.count)
        const finite = own.filter(Number.isFinite)
        expect([block.firstStep, block.lastStep]).toEqual([start, start + block.count - 1])
        expect([block.last, block.finite]).toEqual([own.at(-1), finite.length])
        expect([block.min, block.max]).toEqual([Math.min(...finite), Math.max(...finite)])
        start += block.count
      }
      expect(start).toBe(points.length)
    }),
  )
})

test('a sparkline has the least and the greatest value, and says how the series ends: law', () => {
  fc.assert(
    fc.property(values, fc.integer({ min: 1, max: 30 }), fc.integer({ min: 2, max: 30 }), (points, least, count) => {
      const { blocks } = sketched(points, least)
      const line = sparklineOf(blocks(), count)
      const whole = stretches(blocks(), count).filter(({ last }) => Number.isFinite(last))
      const [shown, finite] = [line.filter(Number.isFinite), whole.flatMap(({ min, max }) => [min, max])]
      for (const one of shown) expect(points).toContain(one)
      expect(Number.isFinite(line.at(-1))).toBe(Number.isFinite(points.at(-1)))
      expect(line.length).toBeLessThanOrEqual(count)
      if (finite.length === 0) expect(shown).toEqual([])
      // One value a stretch: both extremes can only be seen where they are apart, and one of them always is.
      else
        expect([Math.min(...shown) === Math.min(...finite), Math.max(...shown) === Math.max(...finite)]).toContain(true)
    }),
  )
})

test('a spike is kept, a NaN at the end is a gap, and a single point is one value', () => {
  const points = Array.from({ length: 10_000 }, (_, step) => ({ step, value: step === 7_777 ? 50 : 1 / (1 + step) }))
  const line = sparklineOf(sketchOf(seriesOf(points)).blocks(), 24)
  expect(line).toHaveLength(24)
  expect([Math.max(...line), line.indexOf(50)]).toEqual([50, 18])
  const broken = sparklineOf(sketchOf(seriesOf([...points, { step: 10_000, value: NaN }])).blocks(), 24)
  expect([broken.at(-1), broken.at(-2)]).toEqual([NaN, expect.any(Number) as number])
  expect(sparklineOf(sketchOf(seriesOf([{ step: 3, value: 2 }])).blocks(), 24)).toEqual([2])
})

test('points that were logged out of order are drawn in the order of their steps', () => {
  const series = seriesOf([5, 1, 3, 0, 4, 2].map((step) => ({ step, value: step * 10 })))
  expect(sparklineOf(sketchOf(series).blocks(), 6)).toEqual([0, 10, 20, 30, 40, 50])
})
