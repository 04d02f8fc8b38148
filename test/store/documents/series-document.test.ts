/**
 * Series on the branch: every point while they are few, the outline of the curve when they are many.
 */
import fc from 'fast-check'
import { expect, test } from 'vitest'
import { parseMetricKey } from '../../../src/domain/key.ts'
import { Failure } from '../../../src/domain/failure.ts'
import { pointsOf, seriesOf } from '../../../src/domain/series.ts'
import type { Point, SeriesSet } from '../../../src/domain/series.ts'
import { encodeFullSeries } from '../../../src/store/documents/full-series.ts'
import { decodeSeries, encodeSeries, SERIES_LIMIT_BYTES } from '../../../src/store/documents/series-document.ts'
import { anySeries } from '../../support/document-arbitraries.ts'
import { exampleSeries } from '../../support/example-records.ts'

const LOSS = parseMetricKey('loss')

/** A curve that falls and jitters, without chance. */
function curve(length: number): readonly Point[] {
  return Array.from({ length }, (_, step) => ({
    step,
    atMs: 1_795_167_000_000 + step * 730,
    value: 1 / (1 + step / 100) + ((step * 7919) % 101) / 1000,
  }))
}

test('metrics that were logged together share their steps and times, a column a line', () => {
  expect(textOf(encodeSeries(exampleSeries).bytes)).toMatchInlineSnapshot(`
    "{"format":1,
    "kind":"series",
    "complete":true,
    "axes":[
    {"steps":[0,5,0,-2]},
    {"steps":[0,1,1],
    "times":[1795167000000,1500,1500]}
    ],
    "metrics":{
    "grad/norm":{"axis":0,
    "values":[1e-7,"NaN","Infinity",-0.0]},
    "train/loss":{"axis":1,
    "values":[1,0.5,0.3333333333333333]},
    "val/auc":{"axis":1,
    "values":[0.9,0.91,0.92]}
    }}
    "
  `)
})

test('law: a complete document reads back as it was, in the order it was logged', () => {
  fc.assert(
    fc.property(anySeries, (series) => {
      const { bytes, complete } = encodeSeries(series, 1e6)
      expect(complete).toBe(true)
      expect(decodeSeries(bytes, 'series.json')).toStrictEqual(series)
    }),
  )
})

test('law: a document keeps within its limit, and holds only points that were logged, in their order', () => {
  fc.assert(
    fc.property(anySeries, fc.integer({ min: 200, max: 1000 }), (series, limit) => {
      const { bytes } = encodeSeries(series, limit)
      expect(bytes.length).toBeLessThanOrEqual(limit)
      for (const [key, points] of decodeSeries(bytes, 'series.json'))
        expect(isWithin(pointsOf(points), pointsOf(series.get(key) ?? seriesOf([])))).toBe(true)
    }),
  )
})

test('a long series keeps its extremes and its last point within 16 KiB', () => {
  const points = curve(100_000).map((point) => (point.step === 31_337 ? { ...point, value: -9 } : point))
  const { bytes, complete } = encodeSeries(new Map([[LOSS, seriesOf(points)]]))
  const kept = keptOf(bytes)

  expect(complete).toBe(false)
  expect(bytes.length).toBeLessThanOrEqual(SERIES_LIMIT_BYTES)
  expect(bytes.length).toBeGreaterThan(SERIES_LIMIT_BYTES * 0.9)
  expect(kept.at(-1)).toEqual(points.at(-1))
  expect(Math.max(...kept.map(({ value }) => value))).toBe(points.reduce((most, { value }) => Math.max(most, value), 0))
  expect(kept).toContainEqual({ step: 31_337, atMs: 1_795_167_000_000 + 31_337 * 730, value: -9 })
})

test('a series that ends in NaN still shows it when cut down', () => {
  const points = curve(50_000).map((point) => (point.step > 49_000 ? { ...point, value: NaN } : point))
  const kept = keptOf(encodeSeries(new Map([[LOSS, seriesOf(points)]])).bytes)

  expect(kept.at(-1)?.value).toBeNaN()
  expect(kept.filter(({ value }) => !Number.isNaN(value)).length).toBeGreaterThan(100)
})

test('more metrics than fit keep the first by name', () => {
  const series: SeriesSet = new Map(
    Array.from({ length: 2000 }, (_, n) => [
      parseMetricKey(`layer/${String(n).padStart(4, '0')}`),
      seriesOf(curve(10)),
    ]),
  )
  const { bytes, complete } = encodeSeries(series)
  const kept = decodeSeries(bytes, 'series.json')

  expect(complete).toBe(false)
  expect(bytes.length).toBeLessThanOrEqual(SERIES_LIMIT_BYTES)
  expect([...kept.keys()]).toEqual([...series.keys()].slice(0, kept.size))
  expect(kept.size).toBeGreaterThan(50)
})

test('no series at all is a complete document', () => {
  const { bytes, complete } = encodeSeries(new Map())

  expect(complete).toBe(true)
  expect(decodeSeries(bytes, 'series.json').size).toBe(0)
})

test('the full series is JSON Lines, a point a line', () => {
  expect(textOf(Buffer.concat([...encodeFullSeries(exampleSeries)]))).toMatchInlineSnapshot(`
    "{"metric":"grad/norm","step":0,"value":1e-7}
    {"metric":"grad/norm","step":5,"value":"NaN"}
    {"metric":"grad/norm","step":5,"value":"Infinity"}
    {"metric":"grad/norm","step":3,"value":-0.0}
    {"metric":"train/loss","step":0,"value":1,"time":1795167000000}
    {"metric":"train/loss","step":1,"value":0.5,"time":1795167001500}
    {"metric":"train/loss","step":2,"value":0.3333333333333333,"time":1795167003000}
    {"metric":"val/auc","step":0,"value":0.9,"time":1795167000000}
    {"metric":"val/auc","step":1,"value":0.91,"time":1795167001500}
    {"metric":"val/auc","step":2,"value":0.92,"time":1795167003000}
    "
  `)
})

test.each([
  ['a value too few', '"values":[1,0.5', '"values":[0.5'],
  ['a time too few', '"times":[', '"times":[1,'],
  ['an axis that is not there', '"axis":1', '"axis":7'],
  ['a step that is null', '"steps":[0,1,1]', '"steps":[0,null,1]'],
  ['a step out of range', '"steps":[0,1,1]', '"steps":[0,9007199254740992,1]'],
  ['a word for a value', '"NaN"', '"nan"'],
  ['another kind', '"kind":"series"', '"kind":"run"'],
  ['a newer format', '"format":1', '"format":2'],
])('a series with %s is refused', (_, from, to) => {
  const text = textOf(encodeSeries(exampleSeries).bytes)

  expect(text).toContain(from)
  expect(() => decodeSeries(new TextEncoder().encode(text.replace(from, to)), 'series.json')).toThrow(Failure)
})

/** The points of the loss in a document. */
function keptOf(bytes: Uint8Array): readonly Point[] {
  return pointsOf(decodeSeries(bytes, 'series.json').get(LOSS) ?? seriesOf([]))
}

/** Tells whether all of `part` is found in `whole`, in order. */
function isWithin(part: readonly Point[], whole: readonly Point[]): boolean {
  let found = 0
  for (const point of whole) {
    const wanted = part[found]
    if (wanted === undefined) break
    if (point.step === wanted.step && point.atMs === wanted.atMs && Object.is(point.value, wanted.value)) found += 1
  }
  return found === part.length
}

function textOf(bytes: Uint8Array): string {
  return new TextDecoder().decode(bytes)
}
