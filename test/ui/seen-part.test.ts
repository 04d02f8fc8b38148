/**
 * What of a line is within the frame of a chart, and what its data has beyond.
 */
import { expect, test } from 'vitest'
import { chartData, nearestIndex } from '../../src/ui/charts/chart-data.ts'
import type { ChartLine } from '../../src/ui/charts/chart-data.ts'
import { groupedLines } from '../../src/ui/charts/group-bands.ts'
import { seenPart } from '../../src/ui/charts/seen-part.ts'
import type { LineEnd } from '../../src/ui/charts/series-loader.ts'

const LOOK = { colour: '#000000', dash: [] }
const LINEAR = { x: false, y: false }

function line(id: string, points: readonly (readonly [number, number])[], ends: readonly LineEnd[], group?: string) {
  const [xs, lasts] = [points.map(([x]) => x), points.map(([, value]) => value)]
  const columns = { xs, buckets: xs, steps: xs, lasts, mins: lasts, maxs: lasts, means: lasts, counts: xs.map(() => 1) }
  const rule = { goal: 'min', tolerance: 0, unit: null } as const
  const run = {
    id,
    title: id,
    ...LOOK,
    ...(group === undefined ? {} : { group: { name: group, condition: '', ...LOOK } }),
  }
  const [before = null, after = null] = ends
  const series = { metric: 'loss', rule, total: 9, isComplete: true, width: 1, marks: [], ...columns, before, after }
  return { run, series } satisfies ChartLine
}

test('a line is cut where it crosses the edges', () => {
  const [xs, column] = [
    [0, 1, 2, 10],
    [0, 10, null, 100],
  ]
  expect(seenPart(xs, column, [0.5, 4])).toEqual([
    { x: 0.5, value: 5 },
    { x: 1, value: 10 },
    { x: 4, value: 40 },
  ])
  expect(seenPart(xs, column, [4, 5.5])).toEqual([
    { x: 4, value: 40 },
    { x: 5.5, value: 55 },
  ])
  expect(seenPart(xs, column, [1, 10]).map(({ x }) => x)).toEqual([1, 10])
  expect(seenPart(xs, column, [11, 12])).toEqual([])
  expect(seenPart(xs, column, [-Infinity, Infinity]).map(({ value }) => value)).toEqual([0, 10, 100])
})

test('the ends of lines are drawn, smoothed as the line is, and never pointed at', () => {
  const ends = [
    { x: 3, value: 1 },
    { x: 9, value: 5 },
  ]
  const dense = line(
    'dense',
    [
      [4, 2],
      [8, 4],
    ],
    ends,
  )
  const sparse = line(
    'sparse',
    [],
    [
      { x: 0, value: 7 },
      { x: 50, value: 9 },
    ],
  )
  const data = chartData([dense, sparse], 0, LINEAR)
  expect(data.columns).toEqual([
    [0, 3, 4, 8, 9, 50],
    [null, 1, 2, 4, 5, null],
    [7, null, null, null, null, 9],
  ])
  expect(data.seen).toEqual([2, 4])
  expect([0, 3, 5].map((at) => nearestIndex(data.columns[1] ?? [], at, data.seen))).toEqual([2, 3, 3])
  expect(nearestIndex(data.columns[2] ?? [], 0, data.seen)).toBeUndefined()
  const smooth = chartData([dense], 0.5, LINEAR)
  // From the end before it on: (1 + 2·2) / 3.
  expect(smooth.columns[2]?.[1]).toBeCloseTo(5 / 3, 9)
  expect(smooth.columns[2]?.map((value) => value === null)).toEqual([false, false, false, false])
  expect(chartData([sparse], 0, { x: true, y: false }).columns).toEqual([[50], [9]])
  expect(chartData([sparse], 0, LINEAR).seen).toEqual([0, 0])
})

test('a group goes on to the mean of what its runs do', () => {
  const lines = [
    line(
      'a',
      [[4, 2]],
      [
        { x: 2, value: 1 },
        { x: 6, value: 3 },
      ],
      'x',
    ),
    line('b', [[4, 4]], [{ x: 3, value: 5 }], 'x'),
  ]
  const series = groupedLines(lines)[0]?.series
  expect(series?.before).toMatchObject({ x: 2.5, value: 3, low: 3 - Math.sqrt(8), high: 3 + Math.sqrt(8) })
  expect(series?.after).toMatchObject({ x: 6, value: 3 })
})
