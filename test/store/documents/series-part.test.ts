/** A few curves out of a document: the same as the careful reader has, or its refusal. */
import fc from 'fast-check'
import { expect, test } from 'vitest'
import { parseMetricKey } from '../../../src/domain/key.ts'
import { seriesOf } from '../../../src/domain/series.ts'
import type { SeriesSet } from '../../../src/domain/series.ts'
import { decodeSeries, encodeSeries } from '../../../src/store/documents/series-document.ts'
import { decodeSeriesPart } from '../../../src/store/documents/series-part.ts'
import { verdictOn } from '../../support/refusal.ts'

const KEYS = ['loss', 'val/"acc"', '__proto__', 'größe'].map(parseMetricKey)
const point = fc.record({
  step: fc.maxSafeInteger(),
  value: fc.double(),
  atMs: fc.option(fc.nat(), { nil: undefined }),
})

function columns(set: SeriesSet): unknown {
  return [...set].map(([key, { steps, values }]) => [key, [...steps], [...values]])
}

test('what mlv wrote is read as by the letter: law', () => {
  const series = fc.array(fc.array(point, { minLength: 1, maxLength: 20 }), { maxLength: KEYS.length })
  fc.assert(
    fc.property(series, (lists) => {
      const set = new Map(
        lists.flatMap((points, index) => {
          const key = KEYS[index]
          const known = points.map(({ step, value, atMs }) => ({
            step,
            value,
            ...(atMs === undefined ? {} : { atMs }),
          }))
          return key === undefined ? [] : [[key, seriesOf(known)] as const]
        }),
      )
      const { bytes } = encodeSeries(set)
      const whole = decodeSeries(bytes, 'series.json')
      const asked = new Map(KEYS.flatMap((key) => (whole.has(key) ? [[key, whole.get(key)] as const] : [])))
      expect(columns(decodeSeriesPart(bytes, 'series.json', KEYS))).toEqual(columns(asked as SeriesSet))
    }),
  )
})

test.each([
  ['{"format":2}', 'format-newer'],
  ['{"format":1,"kind":"series","complete":true,"axes":[],"metrics":{"loss":{"axis":0,"values":[1]}}}', undefined],
  [
    '{"format":1,"kind":"series","complete":true,"axes":[{"steps":[1]}],"metrics":{"loss":{"axis":0,"values":[1,2]}}}',
    undefined,
  ],
  ['[', undefined],
  ['\u00ff', undefined],
])('%s is refused', (text, code = 'document-malformed') => {
  const bytes = Buffer.from(text, 'latin1')
  expect(verdictOn(() => decodeSeriesPart(bytes, 'series.json', KEYS))).toBe(code)
})
