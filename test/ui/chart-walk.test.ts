/**
 * Charts by keys: from point to point, and from line to line.
 */
import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { chartData, stepAt } from '../../src/ui/charts/chart-data.ts'
import type { ChartData, ChartLine } from '../../src/ui/charts/chart-data.ts'
import { walkedPoint } from '../../src/ui/charts/chart-walk.ts'
import type { WalkedPoint } from '../../src/ui/charts/chart-walk.ts'

/** A run with points where it has values. */
function line(id: string, values: readonly (number | null)[]): ChartLine {
  const xs = values.flatMap((value, step) => (value === null ? [] : [step]))
  const lasts = values.filter((value) => value !== null)
  const columns = { xs, buckets: xs, steps: xs, lasts, mins: lasts, maxs: lasts, means: lasts, counts: xs.map(() => 1) }
  const rule = { goal: 'min', tolerance: 0, unit: null } as const
  return {
    run: { id, title: id, colour: '#000000', dash: [] },
    series: { metric: 'loss', rule, total: xs.length, isComplete: true, width: 1, marks: [], ...columns },
  }
}

function walk(data: ChartData, ...keys: readonly string[]): WalkedPoint | undefined {
  return keys.reduce<WalkedPoint | undefined>((at, key) => {
    const [shift, name] = key.startsWith('Shift+') ? [true, key.slice(6)] : [false, key]
    return walkedPoint(data, at, { key: name, shiftKey: shift })
  }, undefined)
}

describe('a walk along the points of a chart', () => {
  const data = chartData([line('low', [1, null, 3]), line('high', [9, 8, null, 6])], 0, { x: false, y: false })

  test('begins at an end, and keeps to the points of a line', () => {
    expect(walk(data, 'ArrowRight')).toEqual({ run: 'low', index: 0, x: 0, value: 1 })
    expect(walk(data, 'ArrowLeft')).toEqual({ run: 'low', index: 2, x: 2, value: 3 })
    expect(walk(data, 'ArrowRight', 'ArrowRight')).toMatchObject({ run: 'low', x: 2 })
    expect(walk(data, 'ArrowRight', 'ArrowRight', 'ArrowRight')).toMatchObject({ run: 'low', x: 2 })
    expect(walk(data, 'ArrowRight', 'End')).toMatchObject({ x: 2 })
    expect(walk(data, 'End', 'Home')).toMatchObject({ x: 0 })
  })

  test('goes up and down to the lines there are', () => {
    expect(walk(data, 'Home', 'ArrowUp')).toMatchObject({ run: 'high', x: 0, value: 9 })
    expect(walk(data, 'Home', 'ArrowUp', 'ArrowUp')).toMatchObject({ run: 'high' })
    expect(walk(data, 'Home', 'ArrowUp', 'End')).toMatchObject({ run: 'high', x: 3, value: 6 })
    expect(walk(data, 'Home', 'ArrowUp', 'End', 'ArrowDown')).toMatchObject({ run: 'low', x: 2 })
    expect(walk(data, 'Home', 'ArrowDown')).toMatchObject({ run: 'low' })
  })

  test('other keys lead nowhere, and neither does a chart without points', () => {
    expect(walk(data, 'Enter')).toBe(undefined)
    expect(walk(chartData([], 0, { x: false, y: false }), 'ArrowRight')).toBe(undefined)
    expect(walk(chartData([line('none', [null])], 0, { x: false, y: false }), 'End')).toBe(undefined)
  })

  test('whatever is pressed, it is at a point that is drawn', () => {
    const keys = fc.constantFrom('ArrowLeft', 'ArrowRight', 'ArrowUp', 'ArrowDown', 'Home', 'End', 'Shift+ArrowRight')
    const value = fc.option(fc.integer({ min: -5, max: 5 }))
    fc.assert(
      fc.property(fc.array(fc.array(value), { maxLength: 3 }), fc.array(keys), (lines, pressed) => {
        const drawn = chartData(
          lines.map((values, index) => line(`run ${index}`, values)),
          0,
          { x: false, y: false },
        )
        const at = walk(drawn, ...pressed)
        if (at === undefined) return
        expect(lines[Number(at.run.slice(4))]?.[at.x]).toBe(at.value)
      }),
    )
  })
})

test('the step of a point is that of the nearest one along any axis', () => {
  const series = { xs: [0.5, 2.5, 9], steps: [10, 20, 30] }
  expect([0, 1.4, 1.6, 2.5, 100].map((x) => stepAt(series, x))).toEqual([10, 10, 20, 20, 30])
  expect(stepAt({ xs: [], steps: [] }, 1)).toBe(undefined)
})
