/** Charts of braille, as they are seen. */
import fc from 'fast-check'
import { expect, test } from 'vitest'
import { brailleLines, scaleOf } from '../../../cli/format/braille-chart.ts'
import { plotBuckets, plotText } from '../../../cli/format/plot-text.ts'
import { parseMetricKey } from '../../../src/domain/key.ts'
import { parseRunId } from '../../../src/domain/run.ts'
import { present } from '../../../src/base/assert.ts'
import { bucketsOf, placeSeries } from '../../../src/domain/series-buckets.ts'
import { seriesOf } from '../../../src/domain/series.ts'
import type { SeriesPlot } from '../../../src/ops/read/plot-series.ts'
import { sampleUlid } from '../../support/sample.ts'
import { shown } from '../fake-environment.ts'

const WIDTH = 60
const SHAPE = { width: WIDTH, height: 8, isApart: false }

function plotOf(valueAt: (step: number) => number): SeriesPlot {
  const points = Array.from({ length: 1_000 }, (_, step) => ({ step, value: valueAt(step) }))
  const range = { from: 0, to: 999 }
  const bucketCount = plotBuckets(WIDTH)
  const buckets = bucketsOf(placeSeries(seriesOf(points), { kind: 'step' }), range, bucketCount)
  const run = present(parseRunId(sampleUlid(7)), 'an id')
  const runs = [{ run, revision: '@', total: 1_000, isComplete: true, buckets }]
  return { metric: parseMetricKey('loss'), rule: { goal: 'min', tolerance: 0 }, axis: 'step', range, bucketCount, runs }
}

test('a falling loss with a spike', () => {
  const plot = plotOf((step) => (step === 700 ? 5 : step === 300 ? NaN : 4 / (1 + step / 100)))
  expect(shown(plotText(plot, { isLog: false, smooth: 1, ...SHAPE }))).toMatchInlineSnapshot(`
    "
    loss ↓  01m7w4n5e000  @  last 0.3640  1000 points, 1 not finite
             5                                   ⡇
               ⡀                                 ⡇
               ⢳⡀                                ⡇
         3.013  ⠳⡄                               ⡇
                 ⠙⢦⣀                             ⡇
                   ⠈⠓⠦⣄⡀                         ⡇
                       ⠉⠙⠒⠲⠤⠤⣄⣀⣀⡀                ⡇
        0.3640                  ⠉⠉⠉⠉⠙⠒⠒⠒⠒⠒⠒⠦⠤⠤⠤⠤⠤⠧⠤⠤⠤⠤⢤⣀⣀⣀⣀⣀⣀⣀⣀⣀
    not finite               ×
          step 0                      500                    999
    "
  `)
})

test('on a logarithmic scale, smoothed', () => {
  const plot = plotOf((step) => 1e-4 + Math.exp(-step / 100) * (1 + 0.5 * Math.sin(step)))
  expect(shown(plotText(plot, { isLog: true, smooth: 9, ...SHAPE }))).toMatchInlineSnapshot(`
    "
    loss ↓  01m7w4n5e000  @  last 0.0001452  1000 points
        0.7858 ⠉⠉⠓⠲⠤⣄⡀
                     ⠉⠙⠒⠦⣄⣀
                          ⠈⠉⠓⠦⢤⣀⡀
       0.02059                  ⠉⠓⠲⠤⣄⣀
                                     ⠈⠙⠒⠦⢤⣀
                                          ⠈⠉⠓⠲⠤⣄⣀
                                                ⠈⠉⠓⠲⠤⣄⣀
     0.0001601                                        ⠈⠉⠙⠒⠲⠤⠤⣄⣀⣀
          step 0                      500                    999
    "
  `)
})

test('one value is drawn in the middle, and none at all is said', () => {
  expect(
    shown(
      plotText(
        plotOf(() => 0.5),
        { isLog: false, smooth: 1, ...SHAPE },
      ),
    ),
  ).toMatchInlineSnapshot(`
    "
    loss ↓  01m7w4n5e000  @  last 0.5000  1000 points




        0.5000 ⠉⠉⠉⠉⠉⠉⠉⠉⠉⠉⠉⠉⠉⠉⠉⠉⠉⠉⠉⠉⠉⠉⠉⠉⠉⠉⠉⠉⠉⠉⠉⠉⠉⠉⠉⠉⠉⠉⠉⠉⠉⠉⠉⠉⠉⠉⠉⠉⠉



          step 0                      500                    999
    "
  `)
  expect(
    shown(
      plotText(
        plotOf(() => NaN),
        { isLog: false, smooth: 1, ...SHAPE },
      ),
    ),
  ).toContain('nothing to draw')
  expect(
    shown(
      plotText(
        plotOf(() => -1),
        { isLog: true, smooth: 1, ...SHAPE },
      ),
    ),
  ).toContain('nothing to draw')
})

test('every column is as high as its values: law', () => {
  const column = fc.option(
    fc.tuple(fc.integer({ min: -1e6, max: 1e6 }), fc.nat(1e6)).map(([low, more]) => ({ low, high: low + more })),
    { nil: undefined },
  )
  fc.assert(
    fc.property(
      fc.array(column, { minLength: 1, maxLength: 40 }),
      fc.integer({ min: 1, max: 6 }),
      (columns, height) => {
        const scale = scaleOf(columns)
        const lines = brailleLines(columns, scale ?? { low: 0, high: 1 }, height)
        expect(lines.map((line) => line.length)).toEqual(lines.map(() => Math.ceil(columns.length / 2)))
        expect(lines).toHaveLength(height)
        // The greatest value reaches the top, the least the bottom.
        const isDrawn = (line: string | undefined): boolean => /[^ ]/.test(line ?? '')
        if (scale !== undefined && scale.high > scale.low)
          expect([isDrawn(lines[0]), isDrawn(lines.at(-1))]).toEqual([true, true])
        expect(lines.some(isDrawn)).toBe(scale !== undefined)
      },
    ),
  )
})
