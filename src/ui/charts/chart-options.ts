/**
 * How a chart is drawn: axes, lines, bands, and marks for what is not finite.
 */
import type uPlot from 'uplot'
import { elapsedText, numberText } from '../base/number-text.ts'
import type { ChartData, LinePlace } from './chart-data.ts'
import type { XKind } from './series-loader.ts'

/** What a person chose for all charts. */
export interface ChartChoice {
  readonly x: XKind
  readonly isLogX: boolean
  readonly isLogY: boolean
  /** From 0, none, to below 1. */
  readonly smoothing: number
  /** Whether the few values far from all others may run out of the picture. */
  readonly isClipped: boolean
  /** The part of x that is seen; all when absent. */
  readonly zoom: readonly [number, number] | undefined
}

/** What a chart tells while it is used. */
export interface ChartTells {
  readonly onZoom: (range: readonly [number, number]) => void
  readonly onReset: () => void
  readonly onCursor: (chart: uPlot) => void
  /** The run that is looked at now, in whichever chart. */
  readonly highlighted: () => string | undefined
}

/** Colours of what is no run. */
export interface ChartInk {
  readonly text: string
  readonly grid: string
  readonly ground: string
}

const FONT = '11px system-ui, sans-serif'
const SYNC = 'mlv-charts'

/** Reads the colours of the present theme from the style sheet. */
export function chartInk(): ChartInk {
  const style = getComputedStyle(document.documentElement)
  const colour = (name: string): string => style.getPropertyValue(name).trim()
  return { text: colour('--muted'), grid: colour('--grid'), ground: colour('--surface') }
}

/** Options of one chart. Width and height in pixels. */
export function chartOptions(
  size: { readonly width: number; readonly height: number },
  data: ChartData,
  choice: ChartChoice,
  tells: ChartTells,
): uPlot.Options {
  const ink = chartInk()
  return {
    ...size,
    ms: 1,
    legend: { show: false },
    padding: [8, 12, 0, 0],
    scales: { x: xScale(choice), y: { distr: distributionOf(choice.isLogY), range: rangeOf(data, choice) } },
    axes: axesOf(choice, ink),
    series: [{}, ...seriesOf(data, tells.highlighted)],
    bands: data.places.flatMap(({ band, run }) =>
      band === undefined
        ? []
        : [{ series: [band.max, band.min] as [number, number], fill: translucent(run.colour, 0.14) }],
    ),
    cursor: {
      sync: { key: SYNC, scales: ['x', null] },
      drag: { x: true, y: false, setScale: false },
      points: { show: false },
      y: false,
      bind: {
        dblclick: () => () => {
          tells.onReset()
          return null
        },
      },
    },
    hooks: {
      setCursor: [tells.onCursor],
      setSelect: [(chart) => zoomToSelection(chart, tells.onZoom)],
      draw: [(chart) => drawMarks(chart, data.places)],
    },
  }
}

/** The range of y: of all values, or of those between the first and the last fiftieth. */
function rangeOf(data: ChartData, { isLogY, isClipped }: ChartChoice): uPlot.Scale.Range {
  const range = isLogY ? logRange : yRange
  if (!isClipped) return range
  const values = data.places.flatMap(({ raw }) => data.columns[raw] ?? []).filter((value) => value !== null)
  const sorted = values.sort((left, right) => left - right)
  const low = sorted[Math.floor(sorted.length * 0.02)] ?? null
  const high = sorted[Math.ceil(sorted.length * 0.98) - 1] ?? null
  return (chart) => range(chart, low, high)
}

/** uPlot's names for these are an enum that only a compiler of all files at once can read. */
function distributionOf(isLog: boolean): uPlot.Scale.Distr {
  // eslint-disable-next-line @typescript-eslint/no-unsafe-enum-assignment -- a const enum has no values at run time
  return isLog ? 3 : 1
}

function xScale({ x, isLogX, zoom }: ChartChoice): uPlot.Scale {
  const scale: uPlot.Scale = { time: x === 'time', distr: distributionOf(isLogX && x !== 'time') }
  return zoom === undefined ? scale : { ...scale, range: () => [zoom[0], zoom[1]] }
}

/** The values with a twentieth of room; a flat line is in the middle. */
function yRange(_: uPlot, min: number | null, max: number | null): [number, number] {
  if (min === null || max === null) return [0, 1]
  const room = max === min ? Math.abs(max) * 0.1 || 1 : (max - min) * 0.06
  return [min - room, max + room]
}

/** Whole powers of ten are far apart for a loss: the values with a tenth of a decade of room. */
function logRange(_: uPlot, min: number | null, max: number | null): [number, number] {
  if (min === null || max === null || min <= 0) return [0.1, 1]
  return [min / 1.25, max * 1.25]
}

function axesOf({ x, isLogX }: ChartChoice, ink: ChartInk): uPlot.Axis[] {
  const common = {
    stroke: ink.text,
    font: FONT,
    grid: { stroke: ink.grid, width: 1 },
    ticks: { stroke: ink.grid, width: 1, size: 4 },
    gap: 4,
  }
  const short = (_: uPlot, splits: (number | null)[]): string[] =>
    splits.map((value) => (value === null ? '' : axisText(value)))
  const elapsed = (_: uPlot, splits: number[]): string[] => splits.map((value) => elapsedText(value))
  const values = x === 'elapsed' ? { values: elapsed } : x === 'step' ? { values: short } : {}
  const space = x === 'elapsed' ? 90 : 60
  return [
    { ...common, ...(isLogX ? {} : { space }), ...values, size: 28 },
    { ...common, space: 34, size: 56, values: short },
  ]
}

function axisText(value: number): string {
  const size = Math.abs(value)
  if (size >= 1e6) return `${Number((value / 1e6).toPrecision(3))}M`
  return size >= 1e4 ? `${Number((value / 1e3).toPrecision(3))}k` : numberText(Number(value.toPrecision(8)))
}

/** Lines in the order of the columns. Strokes are asked for at each drawing, so that a highlight costs no path. */
function seriesOf({ places }: ChartData, highlighted: ChartTells['highlighted']): uPlot.Series[] {
  return places.flatMap(({ run, band, smooth, series }) => {
    const stroke = (alpha: number) => () => {
      const look = highlighted()
      return translucent(run.colour, look === undefined || look === run.id ? alpha : alpha * 0.16)
    }
    const line = { label: run.title, spanGaps: true, dash: [...run.dash], points: { show: series.xs.length === 1 } }
    const edge: uPlot.Series = { ...line, stroke: stroke(0.45), width: 0.75, dash: [] }
    const raw: uPlot.Series = {
      ...line,
      stroke: stroke(smooth === undefined ? 1 : 0.28),
      width: smooth === undefined ? 1.6 : 1,
    }
    const over: uPlot.Series = { ...line, stroke: stroke(1), width: 2 }
    return [...(band === undefined ? [] : [edge, edge]), raw, ...(smooth === undefined ? [] : [over])]
  })
}

function zoomToSelection(chart: uPlot, onZoom: ChartTells['onZoom']): void {
  const { left, width } = chart.select
  if (width < 4) return
  const range = [chart.posToVal(left, 'x'), chart.posToVal(left + width, 'x')] as const
  chart.setSelect({ left: 0, top: 0, width: 0, height: 0 }, false)
  onZoom(range)
}

/** A small cross at the foot or head of the chart wherever a value was not a number. */
function drawMarks(chart: uPlot, places: readonly LinePlace[]): void {
  const { ctx, bbox } = chart
  const size = 3.5 * devicePixelRatio
  ctx.save()
  ctx.lineWidth = 1.5 * devicePixelRatio
  for (const { run, series } of places) {
    ctx.strokeStyle = run.colour
    for (const mark of series.marks) {
      const x = chart.valToPos(series.xs[mark.at] ?? 0, 'x', true)
      if (x < bbox.left || x > bbox.left + bbox.width) continue
      const y = mark.positive > 0 && mark.nan === 0 ? bbox.top + 2 * size : bbox.top + bbox.height - 2 * size
      ctx.beginPath()
      ctx.moveTo(x - size, y - size)
      ctx.lineTo(x + size, y + size)
      ctx.moveTo(x + size, y - size)
      ctx.lineTo(x - size, y + size)
      ctx.stroke()
    }
  }
  ctx.restore()
}

/** A colour of six hex digits, seen through. */
export function translucent(colour: string, alpha: number): string {
  const part = (at: number): number => Number.parseInt(colour.slice(at, at + 2), 16)
  return `rgba(${part(1)},${part(3)},${part(5)},${alpha})`
}
