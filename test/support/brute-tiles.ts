/**
 * Tiles of points by the slow and obvious way.
 */
import { expect } from 'vitest'
import fc from 'fast-check'
import type { Point } from '../../src/domain/series.ts'
import type { AxisRange, Tiles } from '../../src/domain/series-tiles.ts'

/** A point with its place; NaN for one that lies nowhere. */
export interface PlacedPoint extends Point {
  readonly x: number
}

const value = fc.oneof(fc.double(), fc.constantFrom(NaN, Infinity, -Infinity, 0, -0))

/** Points with steps that repeat and go back, some of them without a time. */
export const anyPoint: fc.Arbitrary<Point> = fc.record(
  { step: fc.integer({ min: -50, max: 600 }), value, atMs: fc.integer({ min: 0, max: 1000 }) },
  { requiredKeys: ['step', 'value'] },
)

/** Points as most programs log them, and as some do: in order, with pauses, far apart. */
export const loggedPoints: fc.Arbitrary<readonly Point[]> = fc.oneof(
  fc.array(anyPoint, { maxLength: 700, size: 'max' }),
  fc.array(fc.tuple(fc.constantFrom(0, 1, 1, 1, 3, 1000, 1e9), value), { maxLength: 900, size: 'max' }).map((gaps) => {
    let step = 0
    return gaps.map(([gap, each]) => {
      step += gap
      return { step, value: each, atMs: 1000 * step }
    })
  }),
)

/** Holds tiles against the points they are of. */
export function expectTiles(tiles: Tiles, points: readonly PlacedPoint[], range: AxisRange, exponent: number): void {
  const width = 2 ** exponent
  const inside = points.map((point, index) => ({ ...point, index })).filter(({ x }) => x >= range.from && x <= range.to)
  const groups = new Map<number, (typeof inside)[number][]>()
  for (const point of inside) {
    const number = Math.floor(point.x / width)
    groups.set(number, [...(groups.get(number) ?? []), point])
  }
  expect(tiles.exponent).toBe(exponent)
  expect([...tiles.numbers]).toEqual([...groups.keys()].sort((left, right) => left - right))
  tiles.numbers.forEach((number, at) => {
    const own = (groups.get(number) ?? []).toSorted((left, right) => left.x - right.x || left.index - right.index)
    const finite = own.map((point) => point.value).filter(Number.isFinite)
    const [first, last] = [own[0], own.at(-1)]
    const count = (test: (value: number) => boolean): number => own.filter((point) => test(point.value)).length
    expect({
      first: tiles.firsts[at],
      x: tiles.xs[at],
      step: tiles.steps[at],
      time: tiles.times[at],
      last: tiles.lasts[at],
      min: unsigned(tiles.mins[at]),
      max: unsigned(tiles.maxs[at]),
      finite: tiles.finites[at],
      nan: tiles.nans[at],
      positive: tiles.positives[at],
      negative: tiles.negatives[at],
    }).toEqual({
      first: first?.x,
      x: last?.x,
      step: last?.step,
      time: last?.atMs ?? NaN,
      last: last?.value,
      min: unsigned(finite.reduce((low, each) => Math.min(low, each), Infinity)),
      max: unsigned(finite.reduce((high, each) => Math.max(high, each), -Infinity)),
      finite: finite.length,
      nan: count(Number.isNaN),
      positive: count((each) => each === Infinity),
      negative: count((each) => each === -Infinity),
    })
    expectSum(tiles.sums[at] ?? NaN, finite)
  })
}

/** Sums differ by the order in which they were added up. */
function expectSum(sum: number, finite: readonly number[]): void {
  const size = finite.reduce((total, each) => total + Math.abs(each), 0)
  if (!Number.isFinite(size)) return
  const exact = finite.reduce((total, each) => total + each, 0)
  expect(Math.abs(sum - exact)).toBeLessThanOrEqual(1e-9 * size)
}

/** Which of two zeros is the lesser one is nothing to hold. */
function unsigned(number: number | undefined): number | undefined {
  return number === 0 ? 0 : number
}
