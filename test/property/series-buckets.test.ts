/**
 * The laws of buckets of any width: none loses a point, and no spike is averaged away.
 */
import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { bucketsOf, placeSeries } from '../../src/domain/series-buckets.ts'
import type { PlacedSeries, SeriesAxis } from '../../src/domain/series-buckets.ts'
import type { AxisRange } from '../../src/domain/series-tiles.ts'
import { seriesOf } from '../../src/domain/series.ts'
import type { Point } from '../../src/domain/series.ts'

const STEP: SeriesAxis = { kind: 'step' }

const value = fc.oneof(fc.double(), fc.constantFrom(NaN, Infinity, -Infinity, 0, -0))
const point: fc.Arbitrary<Point> = fc.record(
  { step: fc.integer({ min: -50, max: 600 }), value, atMs: fc.integer({ min: 0, max: 1000 }) },
  { requiredKeys: ['step', 'value'] },
)
const axis = fc.constantFrom<SeriesAxis>(STEP, { kind: 'time' }, { kind: 'elapsed', sinceMs: 100 })

describe('buckets of any points, at any zoom', () => {
  test('holds every point of the range in one bucket, with the least and greatest of its own', () => {
    fc.assert(
      fc.property(
        fc.array(point, { maxLength: 700, size: 'max' }),
        axis,
        fc.integer({ min: -60, max: 900 }),
        fc.integer({ min: 0, max: 700 }),
        fc.integer({ min: 1, max: 60 }),
        (points, along, from, width, count) => {
          const range = { from, to: from + width }
          expectTrue(points, along, range, count)
        },
      ),
      { numRuns: 300 },
    )
  })
})

test('a spike among a million points is seen at every zoom', () => {
  const size = 1_000_000
  const spikes = [0, 1, 15, 16, 17, 4_095, 4_096, 65_535, 333_333, 999_983, 999_999]
  const values = new Float64Array(size).map((_, index) => Math.sin(index / 1000))
  for (const at of spikes) values[at] = 1e6 + at
  const steps = new Float64Array(size).map((_, index) => index)
  const placed = placeSeries({ steps, values }, STEP)
  for (const count of [1, 2, 7, 300, 1200, 10_000]) {
    for (const at of spikes) {
      for (const span of [size, 100_000, 4096, 33, 2]) {
        const range = { from: Math.max(0, at - Math.floor(span / 3)), to: Math.min(size - 1, at + span) }
        expect(Math.max(...maxsOf(placed, range, count))).toBeGreaterThanOrEqual(1e6 + at)
      }
    }
  }
})

test('a value that is not a number is marked in the bucket it is in, and hides no other', () => {
  const points = Array.from({ length: 100 }, (_, step) => ({ step, value: step === 42 ? NaN : step }))
  const found = bucketsOf(placeSeries(seriesOf(points), STEP), { from: 0, to: 99 }, 10)
  expect(found.marks).toEqual([{ at: 4, nan: 1, positive: 0, negative: 0 }])
  expect(found.maxs).toEqual([9, 19, 29, 39, 49, 59, 69, 79, 89, 99])
})

test('of points of one step the one logged last is the last', () => {
  const series = seriesOf([
    { step: 2, value: 20 },
    { step: 1, value: 10 },
    { step: 2, value: 21 },
  ])
  const found = bucketsOf(placeSeries(series, STEP), { from: 1, to: 2 }, 2)
  expect([found.xs, found.lasts, found.counts]).toEqual([
    [1, 2],
    [10, 21],
    [1, 2],
  ])
})

function maxsOf(placed: PlacedSeries, range: AxisRange, count: number): readonly number[] {
  return bucketsOf(placed, range, count).maxs.flatMap((max) => max ?? [])
}

/** Holds the buckets against the points by the slow and obvious way. */
function expectTrue(points: readonly Point[], along: SeriesAxis, range: AxisRange, count: number): void {
  const placed = placeSeries(seriesOf(points), along)
  const found = bucketsOf(placed, range, count)
  const inside = points
    .map((each, index) => ({ ...each, index, x: placeOf(each, along) }))
    .filter(({ x }) => x !== undefined && x >= range.from && x <= range.to)
  expect(found.counts.reduce((sum, each) => sum + each, 0)).toBe(inside.length)
  const groups = new Map<number, (typeof inside)[number][]>()
  for (const each of inside) {
    const bucket = bucketOf(each.x ?? NaN, range, count)
    groups.set(bucket, [...(groups.get(bucket) ?? []), each])
  }
  expect([...found.buckets]).toEqual([...groups.keys()].sort((left, right) => left - right))
  found.buckets.forEach((bucket, at) => {
    const own = groups.get(bucket) ?? []
    const finite = own.map((each) => each.value).filter(Number.isFinite)
    const last = own.toSorted((left, right) => (left.x ?? 0) - (right.x ?? 0) || left.index - right.index).at(-1)
    expect(unsigned(found.mins[at])).toBe(finite.length === 0 ? undefined : unsigned(Math.min(...finite)))
    expect(unsigned(found.maxs[at])).toBe(finite.length === 0 ? undefined : unsigned(Math.max(...finite)))
    expect(found.lasts[at]).toBe(last?.value)
    expect(found.steps[at]).toBe(last?.step)
    const mark = found.marks.find((each) => each.at === at)
    expect((mark?.nan ?? 0) + (mark?.positive ?? 0) + (mark?.negative ?? 0)).toBe(own.length - finite.length)
  })
}

/** Which of two zeros is the lesser one is nothing to hold. */
function unsigned(number: number | undefined): number | undefined {
  return number === 0 ? 0 : number
}

function placeOf({ step, atMs }: Point, along: SeriesAxis): number | undefined {
  if (along.kind === 'step') return step
  if (atMs === undefined) return undefined
  return along.kind === 'time' ? atMs : atMs - along.sinceMs
}

function bucketOf(x: number, { from, to }: AxisRange, count: number): number {
  return to === from ? 0 : Math.min(count - 1, Math.floor(((x - from) / (to - from)) * count))
}
