/** Several runs in one chart, told apart without colour. */
import { expect, test } from 'vitest'
import { present } from '../../../src/base/assert.ts'
import { parseMetricKey } from '../../../src/domain/key.ts'
import { parseRunId } from '../../../src/domain/run.ts'
import { bucketsOf, placeSeries } from '../../../src/domain/series-buckets.ts'
import { seriesOf } from '../../../src/domain/series.ts'
import type { PlotAxis, SeriesPlot } from '../../../src/ops/read/plot-series.ts'
import { curveLetter, MOST_CURVES } from '../../../cli/format/chart-lines.ts'
import { plainText, renderLine } from '../../../cli/format/line.ts'
import { plotBuckets, plotText } from '../../../cli/format/plot-text.ts'
import type { PlotWishes } from '../../../cli/format/plot-text.ts'
import { sampleUlid } from '../../support/sample.ts'
import { shown } from '../fake-environment.ts'

const WISHES: PlotWishes = { isLog: false, smooth: 1, width: 60, height: 9, isApart: false }
const START_MS = Date.UTC(2026, 10, 20, 9, 30)

interface Curve {
  readonly steps: number
  readonly valueAt: (step: number) => number
  readonly group?: string
}

function plotOf(curves: readonly Curve[], axis: PlotAxis = 'step'): SeriesPlot {
  const bucketCount = plotBuckets(WISHES.width)
  const pyramids = curves.map(({ steps, valueAt }) => {
    const points = Array.from({ length: steps }, (_, step) => {
      return { step, value: valueAt(step), atMs: START_MS + step * 30_000 }
    })
    return placeSeries(seriesOf(points), axis === 'elapsed' ? { kind: axis, sinceMs: START_MS } : { kind: axis })
  })
  const to = Math.max(...pyramids.map(({ extent }) => extent?.to ?? 0))
  const range = { from: axis === 'time' ? START_MS : 0, to }
  return {
    metric: parseMetricKey('loss'),
    rule: { goal: 'min', tolerance: 0 },
    axis,
    range,
    bucketCount,
    runs: pyramids.map((pyramid, index) => ({
      run: present(parseRunId(sampleUlid(index)), 'an id'),
      revision: `@~${index}`,
      ...(curves[index]?.group === undefined ? {} : { group: curves[index].group }),
      total: pyramid.total,
      isComplete: true,
      buckets: bucketsOf(pyramid, range, bucketCount),
    })),
  }
}

const FALLING: readonly Curve[] = [
  { steps: 40, valueAt: (step) => 4 / (1 + step / 4) },
  { steps: 25, valueAt: (step) => (step === 12 ? NaN : 3 - step / 20) },
  { steps: 3, valueAt: (step) => 1 + step },
]

test('each curve has its letter, a short one where it ends, and what is not finite is below it', () => {
  expect(shown(plotText(plotOf(FALLING), WISHES))).toMatchInlineSnapshot(`
    "
    loss ↓
             4 ⢹
               ⠈⡇
               ⠤⠽a⣀⣀⡀
                 c⣆ ⠉⠉⠙b⠒⠦⠤⠤⣄  ⡀
         2.186  ⣸⠁⠘⠲⣄          ⠉⠉⠓⠒⠲⠤⠤⣄b⣀
                ⡇   ⠈⠳⣄⡀                ⠈⠉⠉⠓⠒⠂
               ⢸⠁      ⠙⠒⠦⣄⣀
               ⠚           ⠈⠉⠓⠒⠦⠤a⣄⣀⣀⣀
        0.3721                       ⠈⠉⠉⠉⠉⠓⠒⠒⠒⠒⠒⠦a⠤⠤⠤⠤⠤⠤⠤⢤⣀⣀⣀⣀⣀⣀
    not finite                b
          step 0                      20                      39
      a  01m7w4n5e000  @~0  last 0.3721  40 points
      b  01m7w4n5e000  @~1  last 1.800   25 points, 1 not finite
      c  01m7w4n5e000  @~2  last 3       3 points
    "
  `)
})

test('by elapsed time, and apart on one scale', () => {
  const plot = plotOf(FALLING.slice(0, 2), 'elapsed')
  expect(shown(plotText(plot, { ...WISHES, isApart: true, height: 5 }))).toMatchInlineSnapshot(`
    "
    loss ↓  01m7w4n5e000  @~0  last 0.3721  40 points
             4 ⠹⡄
                ⠙⢦⡀
         2.186    ⠙⠲⢤⡀
                     ⠉⠙⠒⠦⠤⣄⣀⣀⣀
        0.3721               ⠈⠉⠉⠉⠙⠒⠒⠒⠒⠒⠒⠲⠤⠤⠤⠤⠤⠤⠤⠤⠤⠤⠤⠤⣄⣀⣀⣀⣀⣀⣀⣀⣀⣀⣀
       elapsed 0 ms               9 min 45 s         19 min 30 s

    loss ↓  01m7w4n5e000  @~1  last 1.800  25 points, 1 not finite
             4
               ⠒⠲⠤⠤⠤⠤⣄⣀⣀⣀⣀⡀
         2.186            ⠉⠉⠉  ⠓⠒⠒⠒⠲⠤⠤⠤⠤⢤⣀⣀⣀⣀⡀
                                             ⠁
        0.3721
    not finite                ×
       elapsed 0 ms               9 min 45 s         19 min 30 s
    "
  `)
})

test('by the time of day', () => {
  expect(
    shown(plotText(plotOf(FALLING.slice(0, 1), 'time'), WISHES))
      .trimEnd()
      .split('\n')
      .at(-1),
  ).toMatchInlineSnapshot(`"       UTC 2026-11-20 09:30    09:39:45             09:49:30"`)
})

test('a group is the mean of its runs, however often each of them logged', () => {
  const curves: readonly Curve[] = [
    { steps: 40, valueAt: () => 1, group: '0.1' },
    { steps: 5, valueAt: () => 3, group: '0.1' },
    { steps: 40, valueAt: () => 4, group: '' },
  ]
  const text = shown(plotText(plotOf(curves), WISHES))
  expect(text).toContain('  a  0.1   mean of last 2  2 runs\n  b  none  mean of last 4  1 run')
  expect(text).toMatch(/^ {9}4 .*b/m)
})

test('more curves than there are hues still have letters of their own', () => {
  const many = Array.from({ length: MOST_CURVES }, (_, index) => ({ steps: 60, valueAt: () => index }))
  const lines = plotText(plotOf(many), { ...WISHES, height: 16 }).map(plainText)
  const legend = lines.slice(-MOST_CURVES).map((line) => line.trim().split(' ')[0])
  expect(new Set(legend).size).toBe(MOST_CURVES)
  expect(plainText([curveLetter(0), curveLetter(25), curveLetter(26)])).toBe('azA')
})

test('a name that would act on a terminal is spelled out', () => {
  const plot = plotOf(FALLING.slice(0, 2))
  const runs = plot.runs.map((run) => ({ ...run, revision: '\u001b[2J\u202e', group: '\u009b31m' }))
  for (const hostile of [
    { ...plot, runs },
    { ...plot, metric: 'a\u001b]0;x\u0007' as typeof plot.metric },
  ]) {
    const lines = plotText(hostile, WISHES).map((line) => renderLine(line, { hasColor: false, isActionsLog: false }))
    expect(lines.join('')).not.toMatch(/[\u0000-\u001f\u0080-\u009f\u202e]/)
  }
})
