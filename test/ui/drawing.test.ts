/**
 * What the pages reckon, without a browser: smoothing, what is in sight, and what a spreadsheet is given.
 */
import fc from 'fast-check'
import { expect, test } from 'vitest'
import { csvText } from '../../src/ui/charts/chart-export.ts'
import { smoothed } from '../../src/ui/charts/smoothing.ts'
import { columnStarts, visibleColumns, visibleRows } from '../../src/ui/table/visible-range.ts'

test('smoothing starts at the first value, owes nothing to zero, and leaves gaps', () => {
  expect(smoothed([5, 5, null, 5], [1, 1, 1, 1], 0.9)).toEqual([5, expect.closeTo(5), null, expect.closeTo(5)])
  // The second of two: (0.5 * 0.5 * 0 + 0.5 * 6) / 0.75.
  expect(smoothed([0, 6], [1, 1], 0.5)).toEqual([0, 4])
})

test('a bucket of many points is smoothed as if each of them had come with its mean', () => {
  const points = smoothed([1, 3, 3, 3, 3], [1, 1, 1, 1, 1], 0.8).at(-1)
  expect(smoothed([1, 3], [1, 4], 0.8).at(-1)).toBeCloseTo(points ?? 0)
})

test('every row and column that a window touches is in sight', () => {
  fc.assert(
    fc.property(
      fc.array(fc.integer({ min: 40, max: 400 }), { minLength: 1, maxLength: 200 }),
      fc.nat(30_000),
      fc.integer({ min: 1, max: 3000 }),
      (widths, left, width) => {
        const starts = columnStarts(widths)
        const { from, until } = visibleColumns(left, width, starts)
        widths.forEach((size, index) => {
          const start = starts[index] ?? 0
          if (start < left + width && start + size > left) expect(index >= from && index < until).toBe(true)
        })
      },
    ),
  )
  expect(visibleRows(3000, 600, 30, 10_000, 0)).toEqual({ from: 100, until: 120 })
  expect(visibleRows(0, 600, 30, 3)).toEqual({ from: 0, until: 3 })
})

test('a text that a spreadsheet would reckon with is given as text', () => {
  expect(['=1+1', '@x', '-2', '+3', 'a"b', 'plain'].map(csvText)).toEqual([
    `"'=1+1"`,
    `"'@x"`,
    `"'-2"`,
    `"'+3"`,
    '"a""b"',
    '"plain"',
  ])
})
