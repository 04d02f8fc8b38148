/**
 * Summaries: the table of odd series, and the law that a series summarizes the same however it was cut.
 */
import fc from 'fast-check'
import { expect, test } from 'vitest'
import {
  mergeOutlines,
  outlineOf,
  singleValue,
  summarize,
  summarizeWithFinal,
  summaryOf,
} from '../../src/domain/metric-summary.ts'
import type { Goal } from '../../src/domain/metric.ts'
import { seriesOf } from '../../src/domain/series.ts'
import type { Point } from '../../src/domain/series.ts'

/** `1:0.5 2:0.25` is two points of step and value. */
function series(text: string): readonly Point[] {
  return text.split(' ').map((point) => {
    const [step, value] = point.split(':')
    return { step: Number(step), value: Number(value) }
  })
}

test.each<[string, string, Goal, object]>([
  ['one point', '3:0.5', 'min', { last: 0.5, min: 0.5, max: 0.5, best: { value: 0.5, step: 3 }, count: 1 }],
  ['no goal, so no best', '1:1 2:2', 'none', { last: 2, min: 1, max: 2, count: 2 }],
  ['the highest step is last, not the newest point', '2:5 1:9', 'none', { last: 5, min: 5, max: 9, count: 2 }],
  ['of equal steps the newest is last', '1:5 1:9', 'none', { last: 9, min: 5, max: 9, count: 2 }],
  [
    'the earliest step wins a tie',
    '3:7 1:7 2:1',
    'max',
    { last: 7, min: 1, max: 7, best: { value: 7, step: 1 }, count: 3 },
  ],
  [
    'NaN is last but neither least nor best',
    '1:2 2:NaN',
    'min',
    { last: NaN, min: 2, max: 2, best: { value: 2, step: 1 }, count: 2 },
  ],
  ['nothing but NaN', '2:NaN 1:NaN', 'max', { last: NaN, min: NaN, max: NaN, best: { value: NaN, step: 1 }, count: 2 }],
  [
    'infinities count',
    '1:Infinity 2:-Infinity',
    'min',
    { last: -Infinity, min: -Infinity, max: Infinity, best: { value: -Infinity, step: 2 }, count: 2 },
  ],
])('summarize: %s', (_, text, goal, expected) => {
  expect(summarize(seriesOf(series(text)), goal)).toEqual(expected)
})

test('a single value is all of its summary, at no step', () => {
  expect(singleValue(0.5, 'none')).toEqual({ last: 0.5, min: 0.5, max: 0.5, count: 1 })
  expect(singleValue(0.5, 'max')).toEqual({ last: 0.5, min: 0.5, max: 0.5, best: { value: 0.5 }, count: 1 })
})

test('a series without points is a bug of the caller', () => {
  expect(() => summarize(seriesOf([]), 'none')).toThrow('bug in mlv')
})

const values = fc.oneof(fc.constantFrom(0, -0, 1, NaN, Infinity), fc.double())
const points = fc.array(fc.record({ step: fc.integer({ min: 0, max: 5 }), value: values }), { minLength: 1 })
const goals = fc.constantFrom<Goal>('min', 'max', 'none')

test('the summary of a series is the merged summary of its parts', () => {
  fc.assert(
    fc.property(points, points, points, goals, (first, second, third, goal) => {
      const whole = summarize(seriesOf([...first, ...second, ...third]), goal)
      const [a, b, c] = [outlineOf(seriesOf(first)), outlineOf(seriesOf(second)), outlineOf(seriesOf(third))]
      expect(summaryOf(mergeOutlines(mergeOutlines(a, b), c), goal)).toEqual(whole)
      expect(summaryOf(mergeOutlines(a, mergeOutlines(b, c)), goal)).toEqual(whole)
    }),
  )
})

test('no value of a series lies outside its summary', () => {
  fc.assert(
    fc.property(points, (list) => {
      const { min, max, best } = summarize(seriesOf(list), 'max')
      const numbers = list.map(({ value }) => value).filter((value) => !Number.isNaN(value))
      expect(numbers.every((value) => min <= value && value <= max)).toBe(true)
      expect(best?.value).toBe(max)
    }),
  )
})

test('a final value that the series does not end on is one more measurement at its last step', () => {
  expect(summarizeWithFinal(seriesOf(series('0:0.5 7:0.6')), 0.9, 'max')).toEqual({
    last: 0.9,
    min: 0.5,
    max: 0.9,
    best: { value: 0.9, step: 7 },
    count: 3,
  })
})
