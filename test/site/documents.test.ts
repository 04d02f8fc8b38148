/**
 * Documents of a site: what is read back is what was written.
 */
import { runInNewContext } from 'node:vm'
import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { parseMetricKey } from '../../src/domain/key.ts'
import type { MetricKey, ParameterKey } from '../../src/domain/key.ts'
import type { Metric } from '../../src/domain/metric.ts'
import type { ParameterValue } from '../../src/domain/parameter.ts'
import type { RunId } from '../../src/domain/run.ts'
import type { Series } from '../../src/domain/series.ts'
import type { WireRunHead } from '../../src/server/wire.ts'
import { documentText } from '../../src/site/make/site-part.ts'
import { documentElement, documentScript } from '../../src/site/make/site-page.ts'
import { decodeSeries, encodeSeries } from '../../src/site/series-document.ts'
import type { SeriesDocument } from '../../src/site/series-document.ts'
import { decodeTable, encodeTable } from '../../src/site/table-document.ts'
import type { SiteRun, TableDocument } from '../../src/site/table-document.ts'
import { CANARY } from '../support/site-world.ts'

const anyDouble = fc.oneof(fc.double(), fc.constantFrom(0, -0, NaN, Infinity, -Infinity))
const scalar = fc.oneof(fc.string(), fc.boolean(), fc.constant(null), anyDouble, fc.bigInt(), fc.integer().map(BigInt))
const value: fc.Arbitrary<ParameterValue> = fc.oneof(scalar, fc.array(scalar, { maxLength: 3 }))
const keys = fc.constantFrom('a', 'b', 'c/d', '__proto__', '日本')

const metric: fc.Arbitrary<Metric> = fc.record({
  goal: fc.constantFrom('min' as const, 'max' as const, 'none' as const),
  tolerance: fc.constantFrom(0, 0.5),
  summary: fc.record({ last: anyDouble, min: anyDouble, max: anyDouble, count: fc.integer({ min: 1 }) }),
})
const judged = fc.tuple(metric, fc.option(fc.tuple(anyDouble, fc.option(fc.integer())))).map(([one, best]): Metric => {
  if (best === null) return one
  const [found, step] = best
  return { ...one, unit: 'ms', summary: { ...one.summary, best: { value: found, ...(step === null ? {} : { step }) } } }
})

const run: fc.Arbitrary<SiteRun> = fc.record({
  head: fc.record({ id: fc.string(), message: fc.option(fc.string()), tags: fc.array(fc.string()) }).map((head) => {
    return { ...HEAD, ...head }
  }),
  likeness: fc.option(fc.nat(3)),
  rerunOf: fc.option(fc.string().map((id) => id as RunId)),
  parameters: fc.array(fc.tuple(keys, value)).map((entries) => new Map(entries as [ParameterKey, ParameterValue][])),
  metrics: fc.array(fc.tuple(keys, judged)).map((entries) => new Map(entries as [MetricKey, Metric][])),
})

const HEAD: WireRunHead = {
  id: '',
  name: null,
  experiment: 'churn',
  status: 'finished',
  startedAt: '2026-11-21T00:00:00.000Z',
  elapsedMs: 5,
  message: null,
  tags: [],
  group: null,
  branch: 'main',
  commit: null,
  isDirty: false,
  isArchived: false,
  versions: [{ model: 'm', number: 1, aliases: ['production'] }],
}

/** As a browser gets it. */
function sent<Document>(document: Document): Document {
  return JSON.parse(documentText(document as object)) as Document
}

test('a table keeps every value with its type and every bit', () => {
  fc.assert(
    fc.property(fc.array(run, { maxLength: 8 }), (runs) => {
      const read = decodeTable(sent<TableDocument>(encodeTable(runs)))
      expect(read.map(sorted)).toEqual(runs.map(sorted))
    }),
  )
})

/** Maps that are equal but for their order. */
function sorted({ parameters, metrics, ...rest }: SiteRun): unknown {
  const byKey = <Key extends string>(map: ReadonlyMap<Key, unknown>): unknown => {
    return [...map].sort(([left], [right]) => (left < right ? -1 : 1))
  }
  return { ...rest, parameters: byKey(parameters), metrics: byKey(metrics) }
}

const LOSS = parseMetricKey('loss')
const head = { run: 'r', startedAtMs: 0, isComplete: true }

describe('series', () => {
  test('short ones are kept point by point', () => {
    const point = fc.tuple(fc.integer(), anyDouble, fc.option(fc.integer({ min: 0, max: 2e12 }), { nil: NaN }))
    fc.assert(
      fc.property(fc.array(point, { minLength: 1, maxLength: 50 }), fc.boolean(), (points, hasTimes) => {
        const series: Series = {
          steps: Float64Array.from(points, ([step]) => step),
          values: Float64Array.from(points, ([, each]) => each),
          ...(hasTimes ? { times: Float64Array.from(points, ([, , time]) => time) } : {}),
        }
        const document = sent<SeriesDocument>(encodeSeries(head, new Map([[LOSS, series]])))
        expect(decodeSeries(document, 'loss')).toStrictEqual({ kind: 'points', series })
      }),
    )
  })

  test('of a long one no spike is lost, and what it takes is bounded', () => {
    const count = 300_000
    const values = Float64Array.from({ length: count }, (_, index) => Math.sin(index / 1000))
    values[123_456] = 99
    values[200_001] = NaN
    const series = { steps: Float64Array.from(values.keys()), values }
    const text = documentText(encodeSeries(head, new Map([[LOSS, series]])))
    expect(text.length).toBeLessThan(1_500_000)
    const found = decodeSeries(JSON.parse(text) as SeriesDocument, 'loss')
    if (found?.kind !== 'tiles') throw new Error('a long series is kept as tiles')
    const { tiles, total } = found
    const sum = (column: Float64Array): number => column.reduce((all, each) => all + each, 0)
    expect([total, sum(tiles.finites), sum(tiles.nans)]).toEqual([count, count - 1, 1])
    expect(Math.max(...tiles.maxs)).toBe(99)
    const spike = tiles.maxs.indexOf(99)
    expect(tiles.firsts[spike]).toBeLessThanOrEqual(123_456)
    expect(tiles.steps[spike]).toBeGreaterThanOrEqual(123_456)
  })
})

test('no text of a document is markup, a comment or a line of its own where it stands', () => {
  const text = documentText({ [CANARY]: [CANARY, '\u2029', '-->', ']]>', '</SCRIPT >'] })
  expect(text).not.toMatch(/[<\u2028\u2029\n]/)
  expect(JSON.parse(text)).toEqual({ [CANARY]: [CANARY, '\u2029', '-->', ']]>', '</SCRIPT >'] })
  expect(documentScript('run/01', text)).toBe(`mlvData("run/01",${text})\n`)
  const odd = documentText({ ['__proto__']: { a: 'says "__proto__": 1' } })
  const caught: unknown[] = []
  runInNewContext(documentScript('run/01', odd), { mlvData: (_: string, content: unknown) => caught.push(content) })
  expect(JSON.stringify(caught[0])).toBe(odd)
  expect(documentElement('run/01', text)).toBe(`<script type="application/json" id="data/run/01">${text}</script>\n`)
})
