/**
 * What plots reckon, without a browser: brushes as filters, axes, groups, and pictures that are taken away.
 */
import fc from 'fast-check'
import { expect, test } from 'vitest'
import { parseFilter } from '../../src/domain/query.ts'
import type { WireRunHead } from '../../src/server/wire.ts'
import { axisBelow, labelsUp } from '../../src/ui/plots/axis-marks.ts'
import { brushesOf, conditionOf, withBrush } from '../../src/ui/plots/brushes.ts'
import type { AxisBrush } from '../../src/ui/plots/brushes.ts'
import { fieldRanges, groupPicture, jitterOf, metricGroups } from '../../src/ui/plots/group-marks.ts'
import { svgOf } from '../../src/ui/plots/picture.ts'
import { plotAxis } from '../../src/ui/plots/plot-axis.ts'
import { frontStairs } from '../../src/ui/plots/scatter-marks.ts'
import type { ScatterDot } from '../../src/ui/plots/scatter-marks.ts'
import type { FullRow } from '../../src/ui/runs/row-source.ts'

const LR = 'param.lr'
const AUC = 'metric."val/auc"'
const KIND = 'param."model kind"'
const FIELDS = [LR, AUC, KIND, 'created', 'elapsed']

// No grammar tells -0 from 0.
const end = fc.double({ min: -1e6, max: 1e6, noNaN: true }).map((value) => value + 0)
const range = fc
  .tuple(fc.oneof(end, fc.constant(-Infinity)), fc.oneof(end, fc.constant(Infinity)))
  .filter(([from, to]) => from > -Infinity || to < Infinity)
  .map(([from, to]): AxisBrush => ({ kind: 'range', from, to }))
const operand = fc.oneof(
  fc.constantFrom('true', 'false'),
  fc.string({ maxLength: 8, unit: 'grapheme-ascii' }).map((text) => `"${text.replace(/[\\"]/g, '\\$&')}"`),
)
const values = fc
  .uniqueArray(operand, { minLength: 1, maxLength: 4 })
  .map((operands): AxisBrush => ({ kind: 'values', operands }))
const none = fc.constant<AxisBrush>({ kind: 'none' })
// A metric is no text.
const fieldAndBrush = fc.oneof(
  fc.tuple(fc.constant(AUC), fc.oneof(range, none)),
  fc.tuple(fc.constantFrom(LR, KIND), fc.oneof(range, values, none)),
)
const others = fc.constantFrom(
  '',
  'status = finished',
  'tag:baseline or tag:"and or"',
  '(metric.loss < 0.5 or name ~ "x and y") and not has param.seed',
  'param.note = "a and b" AND experiment = churn',
)

test('law: a brush becomes a condition the filter grammar reads, and is the same brush again', () => {
  fc.assert(
    fc.property(others, fieldAndBrush, (filter, [field, drawn]) => {
      const next = withBrush(filter, FIELDS, field, drawn)
      expect(() => parseFilter(next)).not.toThrow()
      const { rest, brushes } = brushesOf(next, FIELDS)
      expect(brushes).toEqual(new Map([[field, drawn]]))
      // Taken away again, nothing is left of it but brackets around an `or`.
      expect(withBrush(next, FIELDS, field, undefined)).toBe(rest)
      expect(rest.replace(/^\((tag.*)\)$/, '$1')).toBe(filter.replace(' AND ', ' and '))
    }),
  )
})

test('brushes on several axes stand side by side, and one of an axis takes the place of the last', () => {
  const first = withBrush('status = finished', FIELDS, LR, { kind: 'range', from: 0.001, to: 0.1 })
  const second = withBrush(first, FIELDS, KIND, { kind: 'values', operands: ['"big"'] })
  const third = withBrush(second, FIELDS, LR, { kind: 'range', from: 0.01, to: Infinity })
  expect(third).toBe('status = finished and param.lr >= 0.01 and param."model kind" in ("big")')
  expect(withBrush(third, FIELDS, KIND, undefined)).toBe('status = finished and param.lr >= 0.01')
})

test('times and spans are written as the grammar reads them', () => {
  const created = conditionOf('created', { kind: 'range', from: 1_795_000_000_000, to: Infinity })
  expect(created).toBe('created >= 2026-11-18T11:06:40.000Z')
  const elapsed = conditionOf('elapsed', { kind: 'range', from: 1500, to: 90_000 })
  expect(elapsed).toBe('elapsed >= 1500ms and elapsed <= 90000ms')
  for (const condition of [created, elapsed]) {
    expect(() => parseFilter(condition)).not.toThrow()
    expect(brushesOf(condition, FIELDS).rest).toBe('')
  }
})

test('a condition that is no brush stays what it is', () => {
  for (const filter of ['param.lr > 0.1', 'param.lr = 0.1', 'param.lr2 >= 1', 'param.lr >= 1 or param.lr <= 0']) {
    expect(brushesOf(filter, FIELDS)).toEqual({ rest: filter, brushes: new Map() })
  }
})

/** A run with some cells. */
function row(id: string, cells: Readonly<Record<string, number | string>>): FullRow {
  const cell = (value: number | string) => ({ text: String(value), number: typeof value === 'number' ? value : null })
  return {
    head: { id } as WireRunHead,
    cells: new Map(Object.entries(cells).map(([field, value]) => [field, cell(value)])),
  }
}

test('groups have the best first, and no run without a number', () => {
  const rows = [
    row('a', { auc: 0.9, kind: 'small' }),
    row('b', { auc: 0.8, kind: 'small' }),
    row('c', { auc: 0.95, kind: 'big' }),
    row('d', { kind: 'big' }),
    row('e', { auc: 0.1 }),
  ]
  const found = metricGroups(rows, 'auc', 'kind', 'bar', 'max')
  expect(found.map(({ name, rows: members }) => [name, members.length])).toEqual([
    ['big', 1],
    ['small', 2],
    ['', 1],
  ])
  expect(found[1]?.spread.mean).toBeCloseTo(0.85)
  expect(metricGroups(rows, 'auc', 'kind', 'box', 'min').map(({ name }) => name)).toEqual(['', 'small', 'big'])
  const jitters = rows.map(({ head }) => jitterOf(head.id))
  expect(rows.map(({ head }) => jitterOf(head.id))).toEqual(jitters)
  expect(jitters.every((one) => one >= 0 && one <= 1)).toBe(true)
})

const INK = { text: '#111', strong: '#222', grid: '#333', edge: '#444', ground: '#555', accent: '#666' }
const FRAME = { left: 70, top: 8, width: 600, height: 300 }

test('each of a few values has its label, whichever run comes first', () => {
  const rows = [8, 4, 6, 8].map((depth, index) => row(`r${index}`, { 'param.depth': depth }))
  const marks = axisBelow(plotAxis('param.depth', rows), FRAME, INK)
  expect(marks.flatMap((mark) => (mark.kind === 'text' ? [mark.text] : []))).toEqual(['4', '6', '8', 'depth'])
  expect(marks.filter(({ kind }) => kind === 'path').length).toBe(3)
})

test('a parameter over two decades is laid by its logarithm until another scale is chosen', () => {
  const rows = [0.3, 0.003, 0.1, 0.003, 0.01].map((lr, index) => {
    return row(`r${index}`, { 'param.lr': lr, 'param.half': lr + 0.01, 'param.signed': lr - 0.01 })
  })
  const [lr, half, signed] = ['lr', 'half', 'signed'].map((key) => plotAxis(`param.${key}`, rows))
  expect([lr?.isLog, half?.isLog, signed?.isLog]).toEqual([true, false, false])
  expect(labelsUp({ ticks: lr?.ticks ?? [] }, 300).size).toBe(4)
  const even = plotAxis('param.lr', rows, 'linear')
  expect(even.isLog).toBe(false)
  // 0.003 and 0.01 are six pixels apart then: one of them has no label, and both have a line.
  expect([even.ticks.length, labelsUp(even, 300).size]).toEqual([4, 3])
})

test('a parameter of which each run has its own value is laid as its values lie', () => {
  const drawn = (from: (part: number) => number): readonly FullRow[] =>
    Array.from({ length: 50 }, (_, index) => row(`r${index}`, { 'param.lr': from((index + 0.5) / 50) }))
  expect(
    plotAxis(
      'param.lr',
      drawn((part) => 0.001 + part),
    ).isLog,
  ).toBe(false)
  expect(
    plotAxis(
      'param.lr',
      drawn((part) => 10 ** (-4 * part)),
    ).isLog,
  ).toBe(true)
})

test('ticks of a metric are round, and those of a few values of a parameter are the values', () => {
  const rows = [0.913, 0.948, 0.877].map((value, index) => row(`r${index}`, { 'metric.auc': value, 'param.a': value }))
  expect(plotAxis('metric.auc', rows).ticks.map(({ text }) => text)).toEqual(['0.88', '0.9', '0.92', '0.94'])
  expect(plotAxis('param.a', rows).ticks.map(({ text }) => text)).toEqual(['0.877', '0.913', '0.948'])
})

test('law: a field with very many numbers is cut into ranges that hold every run once', () => {
  const number = fc.double({ min: -1e6, max: 1e6, noNaN: true })
  fc.assert(
    fc.property(fc.array(number, { minLength: 21, maxLength: 300 }), (numbers) => {
      const rows = numbers.map((value, index) => row(`r${index}`, { 'metric.auc': 1, 'param.a': value }))
      const ranges = fieldRanges(rows, 'param.a')
      if (new Set(numbers).size <= 20) {
        expect(ranges).toBe(undefined)
        return
      }
      const found = metricGroups(rows, 'metric.auc', 'param.a', 'box', undefined)
      expect(found.reduce((sum, { rows: members }) => sum + members.length, 0)).toBe(rows.length)
      expect(found.length).toBeLessThanOrEqual(8)
      for (const [index, { low, high }] of (ranges ?? []).entries()) {
        expect(low).toBeLessThanOrEqual(high)
        expect(ranges?.[index - 1]?.high ?? -Infinity).toBeLessThan(low)
      }
    }),
  )
  const few = Array.from({ length: 100 }, (_, index) => row(`r${index}`, { 'metric.auc': 1, 'param.a': index % 20 }))
  expect(metricGroups(few, 'metric.auc', 'param.a', 'box', undefined).length).toBe(20)
})

test('the runs of a box stand within its height', () => {
  const rows = Array.from({ length: 50 }, (_, index) => row(`run ${index}`, { auc: index % 7, kind: 'a' }))
  const groups = metricGroups(rows, 'auc', 'kind', 'box', 'max')
  const { marks } = groupPicture(groups, { axis: plotAxis('auc', rows), look: 'box', by: 'kind', width: 800, ink: INK })
  const [box] = marks.flatMap((mark) => (mark.kind === 'box' ? [mark] : []))
  const dots = marks.flatMap((mark) => (mark.kind === 'dot' ? [mark] : []))
  expect(dots.length).toBe(50)
  for (const { y, radius } of dots) {
    expect(y - radius).toBeGreaterThan(box?.y ?? NaN)
    expect(y + radius).toBeLessThan((box?.y ?? NaN) + (box?.height ?? NaN))
  }
})

test('a front is a staircase with its runs on the corners, and open towards the worse', () => {
  const frame = { left: 0, top: 0, width: 100, height: 100 }
  const dot = (x: number, y: number): ScatterDot => ({ row: row('a', {}), x, y, radius: 3 })
  // Less is better along x, more along y, so up on the screen.
  expect(frontStairs([dot(10, 80), dot(40, 20)], frame, { x: 'min', y: 'max' })).toEqual([
    10, 100, 10, 80, 40, 80, 40, 20, 100, 20,
  ])
})

test('a picture as SVG holds what it shows as text alone', () => {
  const marks = [
    { kind: 'path', points: [0, 0, 10, 5.123456, NaN, NaN, 20, 20, 30, 30], stroke: '#123456', width: 1, alpha: 0.5 },
    { kind: 'text', x: 1, y: 2, text: '<script>"&\u0000', fill: 'red"onload="x', size: 11, anchor: 'end' },
    { kind: 'dot', x: 1, y: 2, radius: 3, fill: '#fff', alpha: 1 },
    { kind: 'box', x: 1, y: 2, width: 3, height: 4, stroke: '#000', alpha: 1 },
  ] as const
  expect(svgOf({ width: 40, height: 30, marks }, '#fff')).toMatchInlineSnapshot(`
    "<svg xmlns="http://www.w3.org/2000/svg" width="40" height="30" viewBox="0 0 40 30" font-family="system-ui, sans-serif">
    <rect width="40" height="30" fill="#fff"/>
    <path d="M0 0L10 5.12M20 20L30 30" fill="none" stroke="#123456" stroke-width="1" opacity="0.5"/>
    <text x="1" y="2" text-anchor="end" dominant-baseline="central" font-size="11" fill="red&quot;onload=&quot;x">&lt;script&gt;"&amp;</text>
    <circle cx="1" cy="2" r="3" fill="#fff" opacity="1"/>
    <rect x="1" y="2" width="3" height="4" fill="none" opacity="1" stroke="#000"/>
    </svg>
    "
  `)
})
