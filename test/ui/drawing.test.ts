/**
 * What the pages reckon, without a browser: smoothing, what is in sight, and what a spreadsheet is given.
 */
import fc from 'fast-check'
import { expect, test } from 'vitest'
import { lookSlots, ownHue } from '../../src/ui/base/look-slots.ts'
import { csvText } from '../../src/ui/charts/chart-export.ts'
import { smoothed } from '../../src/ui/charts/smoothing.ts'
import { keptLabels } from '../../src/ui/plots/axis-labels.ts'
import type { LabelSpan } from '../../src/ui/plots/axis-labels.ts'
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

test('law: runs are told apart, and the same runs look the same in any order', () => {
  const ids = fc.uniqueArray(fc.string({ minLength: 1, maxLength: 9 }), { minLength: 1, maxLength: 40 })
  const inTwoOrders = ids.chain((some) => {
    const count = { minLength: some.length, maxLength: some.length }
    return fc.tuple(fc.constant(some), fc.shuffledSubarray(some, count))
  })
  fc.assert(
    fc.property(inTwoOrders, ([some, others]) => {
      const slots = lookSlots(some, 10, 4)
      expect(lookSlots(others, 10, 4)).toEqual(slots)
      expect(new Set([...slots.values()].map(({ hue, dash }) => `${hue} ${dash}`)).size).toBe(some.length)
      if (some.length <= 10) expect([...slots.values()].map(({ dash }) => dash)).toEqual(some.map(() => 0))
      const [first = ''] = some.toSorted()
      expect(slots.get(first)).toEqual({ hue: ownHue(first, 10), dash: 0 })
    }),
  )
})

test('of more runs than hues each keeps its own, and dashes tell apart those that share one', () => {
  const ids = Array.from({ length: 20 }, (_, index) => `run ${index}`)
  const slots = lookSlots(ids, 10, 4)
  expect(ids.map((id) => slots.get(id)?.hue)).toEqual(ids.map((id) => ownHue(id, 10)))
})

test('law: labels of an axis are left out where they would collide alone, and the fewest', () => {
  const span = fc
    .tuple(fc.nat(100), fc.integer({ min: 1, max: 30 }))
    .map(([from, width]): LabelSpan => ({ from, to: from + width }))
  fc.assert(
    fc.property(fc.array(span, { maxLength: 8 }), fc.nat(5), (spans, gap) => {
      const apart = (one: LabelSpan, other: LabelSpan): boolean => one.to + gap <= other.from
      const fits = (some: readonly LabelSpan[]): boolean =>
        some.every((one, at) => some.slice(at + 1).every((other) => apart(one, other) || apart(other, one)))
      const kept = keptLabels(spans, gap)
      expect(fits(spans.filter((_, index) => kept.has(index)))).toBe(true)
      const choices = Array.from({ length: 2 ** spans.length }, (_, choice) =>
        spans.filter((__, index) => Math.floor(choice / 2 ** index) % 2 === 1),
      )
      expect(kept.size).toBe(Math.max(...choices.filter(fits).map(({ length }) => length)))
    }),
  )
})
