/**
 * The metrics of one run as charts, as many as the screen has room for.
 */
import type { MetricKey } from '../../src/domain/key.ts'
import type { SketchBlock } from '../../src/domain/series-sketch.ts'
import type { ActivityRow } from '../../src/ops/read/watch-activity.ts'
import { nameOf } from '../format/activity-table.ts'
import type { DotColumn } from '../format/braille-chart.ts'
import { countText } from '../format/bytes.ts'
import { columnOf, withLines } from '../format/chart-columns.ts'
import { chartLines } from '../format/chart-lines.ts'
import type { ChartCurve } from '../format/chart-lines.ts'
import { styled } from '../format/line.ts'
import type { Line } from '../format/line.ts'
import { metricName } from '../format/metric-change.ts'
import { numberText } from '../format/number.ts'
import { plotBuckets } from '../format/plot-text.ts'
import { stateSign } from '../format/run-state.ts'
import { shortId } from '../format/short-id.ts'
import type { ScreenSize } from '../terminal-screen.ts'
import type { TopState } from './top-state.ts'

/** Lines of a chart that are not the chart: heading, axis, and what is not finite. */
const AROUND_CHART = 3
const LEAST_CHART = 9
const MOST_CHARTS = 3
const MOST_HEIGHT = 20

/** Draws the metrics of a run, from the one at `plotAt` on. */
export function plotLines(
  chosen: ActivityRow,
  metrics: readonly MetricKey[],
  { plotAt, isLog }: TopState,
  { columns, rows }: ScreenSize,
): readonly Line[] {
  const { row, state } = chosen
  const head: Line = [
    stateSign(state),
    ' ',
    styled('subject', shortId(row.run.id)),
    ` ${nameOf(row)}`,
    styled('faint', `  ${countText(metrics.length, 'metric')}`),
  ]
  if (metrics.length === 0) return [head, [], ['nothing was logged over steps']]
  const first = Math.min(plotAt, metrics.length - 1)
  const room = rows - 2
  const count = Math.min(MOST_CHARTS, metrics.length - first, Math.max(1, Math.floor(room / LEAST_CHART)))
  const height = Math.max(2, Math.min(MOST_HEIGHT, Math.floor(room / count) - AROUND_CHART))
  const charts = metrics.slice(first, first + count).flatMap((key): readonly Line[] => {
    const blocks = chosen.curves.get(key) ?? []
    const points = blocks.reduce((sum, block) => sum + block.count, 0)
    const metric = row.run.metrics.get(key)
    const [from, to] = rangeOf(blocks)
    const axis = {
      title: 'step',
      from: String(from),
      middle: String(Math.round((from + to) / 2)),
      to: String(to),
    }
    return [
      [
        styled('strong', metricName(key, metric?.goal ?? 'none')),
        metric === undefined ? '' : `  last ${numberText(metric.summary.last)}`,
        styled('faint', `  ${countText(points, 'point')}`),
      ],
      ...chartLines([curveOf(blocks, plotBuckets(columns), isLog)], { height, isLog, axis }),
    ]
  })
  return [head, ...charts]
}

/** Lays blocks along their steps: each is drawn from its first step to its last. */
export function curveOf(blocks: readonly SketchBlock[], dots: number, isLog: boolean): ChartCurve {
  const [from, to] = rangeOf(blocks)
  const placeOf = (step: number): number => {
    return to > from ? Math.min(dots - 1, Math.floor(((step - from) / (to - from)) * dots)) : 0
  }
  const sides = Array.from<DotColumn | undefined>({ length: dots })
  const broken = new Set<number>()
  for (const { firstStep, lastStep, count, finite, min, max } of blocks) {
    if (finite < count) broken.add(placeOf(lastStep))
    if (finite === 0) continue
    const [start, end] = [placeOf(Math.min(firstStep, lastStep)), placeOf(Math.max(firstStep, lastStep))]
    for (let place = start; place <= end; place += 1) {
      const known = sides[place]
      sides[place] = { low: Math.min(min, known?.low ?? min), high: Math.max(max, known?.high ?? max) }
    }
  }
  const columns = sides.map((side) => columnOf(side?.low, side?.high, isLog))
  return { columns: withLines(columns, broken), broken }
}

function rangeOf(blocks: readonly SketchBlock[]): readonly [from: number, to: number] {
  const steps = blocks.flatMap(({ firstStep, lastStep }) => [firstStep, lastStep])
  if (steps.length === 0) return [0, 0]
  return [Math.min(...steps), Math.max(...steps)]
}
