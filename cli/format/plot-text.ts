/**
 * A metric of runs as charts for a terminal, one below the other, all on the same scales.
 */
import type { PlottedRun, SeriesPlot } from '../../src/ops/read/plot-series.ts'
import { brailleLines, scaleOf } from './braille-chart.ts'
import type { ChartScale, DotColumn } from './braille-chart.ts'
import { styled } from './line.ts'
import type { Line } from './line.ts'
import { numberText } from './number.ts'
import { shortId } from './short-id.ts'

/** How to draw. */
export interface PlotWishes {
  /** Values on a logarithmic scale; those of at most 0 are left out. */
  readonly isLog: boolean
  /** Each column is the mean of so many around it; 1 for the least to the greatest value. */
  readonly smooth: number
  /** Characters a line. */
  readonly width: number
}

const HEIGHT = 8
const LABEL_WIDTH = 11
const MOST_WIDTH = 400

/** How many buckets a chart of this width has: two dots a character. */
export function plotBuckets(width: number): number {
  return 2 * Math.max(1, Math.min(MOST_WIDTH, width) - LABEL_WIDTH - 1)
}

/** Draws a plot. */
export function plotText(plot: SeriesPlot, wishes: PlotWishes): readonly Line[] {
  const drawn = plot.runs.map((run) => ({ run, columns: columnsOf(run, plot.bucketCount, wishes) }))
  const scale = scaleOf(drawn.flatMap(({ columns }) => columns))
  return drawn.flatMap(({ run, columns }, index) => {
    const head: Line = [styled('strong', plot.metric), ' ', styled('subject', shortId(run.run)), headText(run, plot)]
    const chart = scale === undefined ? [['nothing to draw']] : chartLines(columns, scale, wishes)
    return [...(index === 0 ? [] : [[]]), head, ...chart, axisLine(plot, columns.length / 2)]
  })
}

function headText({ revision, run, total, isComplete, buckets }: PlottedRun, { rule }: SeriesPlot): string {
  const last = buckets.lasts.at(-1)
  const unit = rule.unit === undefined ? '' : ` ${rule.unit}`
  const notNumbers = buckets.marks.reduce((sum, { nan, positive, negative }) => sum + nan + positive + negative, 0)
  return [
    run.startsWith(revision) ? '' : ` ${revision}`,
    last === undefined ? '' : `  last ${numberText(last)}${unit}`,
    `  ${total} ${total === 1 ? 'point' : 'points'}`,
    isComplete ? '' : ', of which a summary is here',
    notNumbers === 0 ? '' : `, ${notNumbers} not finite`,
  ].join('')
}

function chartLines(
  columns: readonly (DotColumn | undefined)[],
  scale: ChartScale,
  { isLog }: PlotWishes,
): readonly Line[] {
  const label = (value: number): string => numberText(isLog ? 10 ** value : value).padStart(LABEL_WIDTH)
  return brailleLines(columns, scale, HEIGHT).map((line, index) => {
    const text = index === 0 ? label(scale.high) : index === HEIGHT - 1 ? label(scale.low) : ' '.repeat(LABEL_WIDTH)
    return [styled('faint', text), ` ${line}`]
  })
}

function axisLine({ range }: SeriesPlot, width: number): Line {
  const [from, to] = [String(range.from), String(range.to)]
  const gap = ' '.repeat(Math.max(1, Math.ceil(width) - from.length - to.length))
  return [styled('faint', `${'step'.padStart(LABEL_WIDTH)} ${from}${gap}${to}`)]
}

function columnsOf(
  { buckets }: PlottedRun,
  count: number,
  { isLog, smooth }: PlotWishes,
): readonly (DotColumn | undefined)[] {
  const columns: (DotColumn | undefined)[] = Array.from({ length: count }, () => undefined)
  buckets.buckets.forEach((bucket, index) => {
    const [low, high] =
      smooth > 1 ? [meanAround(buckets.means, index, smooth)] : [buckets.mins[index], buckets.maxs[index]]
    columns[bucket] = columnOf(low, high ?? low, isLog)
  })
  return columns
}

function columnOf(low: number | undefined, high: number | undefined, isLog: boolean): DotColumn | undefined {
  if (low === undefined || high === undefined) return undefined
  if (!isLog) return { low, high }
  if (high <= 0) return undefined
  return { low: Math.log10(low > 0 ? low : high), high: Math.log10(high) }
}

/** Of the neighbours there are: fewer at the ends. */
function meanAround(means: readonly (number | undefined)[], index: number, window: number): number | undefined {
  const start = Math.max(0, index - Math.floor((window - 1) / 2))
  const around = means.slice(start, index + Math.floor(window / 2) + 1).flatMap((mean) => mean ?? [])
  return around.length === 0 ? undefined : around.reduce((sum, mean) => sum + mean, 0) / around.length
}
