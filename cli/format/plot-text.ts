/**
 * A metric of runs as a chart for a terminal: all in one, or one below the other on the same scale.
 */
import type { PlotAxis, PlottedRun, SeriesPlot } from '../../src/ops/read/plot-series.ts'
import { countText } from './bytes.ts'
import { columnOf, filledBetween, meanAround, withLines } from './chart-columns.ts'
import { chartLines, curveLetter, LABEL_WIDTH } from './chart-lines.ts'
import type { ChartCurve, ChartFrame } from './chart-lines.ts'
import { alignedRows } from './columns.ts'
import { styled } from './line.ts'
import type { Line, Span } from './line.ts'
import { metricName } from './metric-change.ts'
import { numberText } from './number.ts'
import { shortId } from './short-id.ts'
import { durationText } from './time.ts'

/** How to draw. */
export interface PlotWishes {
  /** Values on a logarithmic scale; those of at most 0 are left out. */
  readonly isLog: boolean
  /** Each column is the mean of so many around it; 1 for the least to the greatest value. */
  readonly smooth: number
  /** Characters a line. */
  readonly width: number
  /** Lines of each chart. */
  readonly height: number
  /** A chart a run, and not one for all. */
  readonly isApart: boolean
}

const MOST_WIDTH = 400

/** How many buckets a chart of this width has: two dots a character. */
export function plotBuckets(width: number): number {
  return 2 * Math.max(1, Math.min(MOST_WIDTH, width) - LABEL_WIDTH - 1)
}

/** One curve and what is said of it. */
interface Plotted {
  readonly curve: ChartCurve
  /** What it is called, and its numbers. */
  readonly words: readonly Span[]
}

/** Draws a plot. */
export function plotText(plot: SeriesPlot, wishes: PlotWishes): readonly Line[] {
  const plotted = isGrouped(plot) ? groupsOf(plot, wishes) : plot.runs.map((run) => plottedRun(plot, run, wishes))
  const frame: ChartFrame = { height: wishes.height, isLog: wishes.isLog, axis: axisOf(plot) }
  const name = styled('strong', metricName(plot.metric, plot.rule.goal))
  const [only, second] = plotted
  if (only !== undefined && (second === undefined || wishes.isApart)) {
    // On one scale, so that charts below each other can be compared.
    const all = plotted.map(({ curve }) => curve)
    return plotted.flatMap(({ curve, words }, index) => [
      ...(index === 0 ? [] : [[]]),
      [name, ...words.flatMap((word): Span[] => (textOf(word) === '' ? [] : ['  ', word]))],
      ...chartLines([curve], { ...frame, among: all }),
    ])
  }
  const legend = plotted.map(({ words }, index) => [curveLetter(index), ...words])
  return [
    [name],
    ...chartLines(
      plotted.map(({ curve }) => curve),
      frame,
    ),
    ...alignedRows(legend, '  '),
  ]
}

function isGrouped({ runs }: SeriesPlot): boolean {
  return runs.some(({ group }) => group !== undefined)
}

function plottedRun(plot: SeriesPlot, run: PlottedRun, wishes: PlotWishes): Plotted {
  const means = wishes.smooth > 1 ? byBucket(run.buckets.means, run, plot.bucketCount) : undefined
  const [mins, maxs] = [run.buckets.mins, run.buckets.maxs].map((side) => byBucket(side, run, plot.bucketCount))
  const columns = Array.from({ length: plot.bucketCount }, (_, bucket) => {
    if (means !== undefined && means[bucket] === undefined) return undefined
    const mean = means === undefined ? undefined : meanAround(means, bucket, wishes.smooth)
    return columnOf(mean ?? mins?.[bucket], mean ?? maxs?.[bucket], wishes.isLog)
  })
  const broken = new Set(run.buckets.marks.flatMap(({ at }) => run.buckets.buckets[at] ?? []))
  return { curve: { columns: withLines(columns, broken), broken }, words: wordsOf(run, plot) }
}

/** A curve a group: the mean of its runs, each as one however often it logged. */
function groupsOf(plot: SeriesPlot, wishes: PlotWishes): readonly Plotted[] {
  const groups = new Map<string, PlottedRun[]>()
  for (const run of plot.runs) groups.set(run.group ?? '', [...(groups.get(run.group ?? '') ?? []), run])
  return [...groups].map(([group, runs]) => {
    const sides = runs.map((run) => filledBetween(byBucket(run.buckets.means, run, plot.bucketCount)))
    const means = Array.from({ length: plot.bucketCount }, (_, bucket) => {
      const values = sides.flatMap((side) => side[bucket] ?? [])
      return values.length === 0 ? undefined : values.reduce((sum, value) => sum + value / values.length, 0)
    })
    const columns = means.map((mean, bucket) => {
      const shown = mean === undefined || wishes.smooth < 2 ? mean : meanAround(means, bucket, wishes.smooth)
      return columnOf(shown, shown, wishes.isLog)
    })
    const lasts = runs.flatMap((run) => run.buckets.lasts.at(-1) ?? [])
    const last = lasts.reduce((sum, value) => sum + value / lasts.length, 0)
    const words = [
      styled('subject', group === '' ? 'none' : group),
      lasts.length === 0 ? '' : `mean of last ${numberText(last)}`,
      countText(runs.length, 'run'),
    ]
    return { curve: { columns: withLines(columns, new Set()), broken: new Set<number>() }, words }
  })
}

function wordsOf({ revision, run, total, isComplete, buckets }: PlottedRun, { rule }: SeriesPlot): readonly Span[] {
  const last = buckets.lasts.at(-1)
  const unit = rule.unit === undefined ? '' : ` ${rule.unit}`
  const notNumbers = buckets.marks.reduce((sum, { nan, positive, negative }) => sum + nan + positive + negative, 0)
  const count = [
    countText(total, 'point'),
    isComplete ? '' : ', of which a summary is here',
    notNumbers === 0 ? '' : `, ${notNumbers} not finite`,
  ].join('')
  return [
    styled('subject', shortId(run)),
    run.startsWith(revision) ? '' : revision,
    last === undefined ? '' : `last ${numberText(last)}${unit}`,
    count,
  ]
}

function axisOf({ axis, range }: SeriesPlot): ChartFrame['axis'] {
  const text = axisWriter(axis, range)
  const title = axis === 'time' ? 'UTC' : axis
  return { title, from: text(range.from), middle: text((range.from + range.to) / 2), to: text(range.to) }
}

const DAY_MS = 86_400_000

function axisWriter(axis: PlotAxis, { from, to }: SeriesPlot['range']): (x: number) => string {
  if (axis === 'step') return (x) => String(Math.round(x))
  if (axis === 'elapsed') return (x) => (x < 0 ? `-${durationText(-x)}` : durationText(x))
  // Where the chart is shorter than a day the time of day says all, behind the date.
  return (x) => {
    const text = new Date(x).toISOString()
    return to - from < DAY_MS && x !== from ? text.slice(11, 19) : text.slice(0, 16).replace('T', ' ')
  }
}

/** The values of columns by bucket. */
function byBucket(
  values: readonly (number | undefined)[],
  { buckets: { buckets } }: PlottedRun,
  count: number,
): readonly (number | undefined)[] {
  const spread = Array.from<number | undefined>({ length: count })
  buckets.forEach((bucket, index) => (spread[bucket] = values[index]))
  return spread
}

function textOf(span: Span): string {
  return typeof span === 'string' ? span : span.text
}
