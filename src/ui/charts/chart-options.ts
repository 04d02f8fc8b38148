/**
 * How a chart is drawn: axes, lines, bands, and marks for what is not finite.
 */
import type uPlot from 'uplot'
import { elapsedText, numberText } from '../base/number-text.ts'
import type { ChartData, LinePlace } from './chart-data.ts'
import { seenPart } from './seen-part.ts'
import type { XKind } from './series-loader.ts'

/** How an axis is divided; `symlog` is logarithmic away from zero, on both sides of it. */
export type ScaleKind = 'linear' | 'log' | 'symlog'

/** What a person chose for all charts. */
export interface ChartChoice {
  readonly x: XKind
  readonly scaleX: ScaleKind
  readonly scaleY: ScaleKind
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
const MOST_TICKS = 7
/** More lines are thin and without dashes, which are slow to draw. */
const MANY_LINES = 24

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
    padding: [8, 18, 0, 0],
    scales: { x: xScale(data, choice), y: yScale(data, choice) },
    axes: axesOf(data, choice, ink),
    series: [{}, ...seriesOf(data, tells.highlighted)],
    bands: data.places.flatMap(({ band, run }) =>
      // Of many runs only the edges are drawn: surfaces over each other tell nothing, and cost the most.
      band === undefined || data.places.length > MANY_LINES
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
function rangeOf(data: ChartData, { scaleY, isClipped, zoom }: ChartChoice): uPlot.Scale.Range {
  const range = scaleY === 'log' ? logRange : scaleY === 'symlog' ? symlogRange : yRange
  if (!isClipped && zoom === undefined) return range
  if (!isClipped) return (chart) => range(chart, ...extentOf(seenValues(chart.data.slice(1), chart.data[0], zoom)))
  const values = seenValues(rawOf(data), data.columns[0] ?? [], zoom)
  const sorted = values.sort((left, right) => left - right)
  const low = sorted[Math.floor(sorted.length * 0.02)] ?? null
  const high = sorted[Math.ceil(sorted.length * 0.98) - 1] ?? null
  return (chart) => range(chart, low, high)
}

type Columns = readonly ArrayLike<number | null | undefined>[]

/** Values of the points that are seen, and of the lines where they cross the edges. */
function seenValues(columns: Columns, xs: ArrayLike<number | null>, zoom: ChartChoice['zoom']): number[] {
  const places = Array.from(xs)
  return columns.flatMap((column) => {
    const values = Array.from(column, (value) => value ?? null)
    return seenPart(places, values, zoom ?? [-Infinity, Infinity]).map(({ value }) => value)
  })
}

function extentOf(values: readonly number[]): [number | null, number | null] {
  let [low, high] = [Infinity, -Infinity]
  for (const value of values) [low, high] = [Math.min(low, value), Math.max(high, value)]
  return low <= high ? [low, high] : [null, null]
}

/** uPlot's names for these are an enum that only a compiler of all files at once can read. */
function distributionOf(scale: ScaleKind): uPlot.Scale.Distr {
  // eslint-disable-next-line @typescript-eslint/no-unsafe-enum-assignment -- a const enum has no values at run time
  return scale === 'log' ? 3 : scale === 'symlog' ? 4 : 1
}

function xScale(data: ChartData, { x, scaleX, zoom }: ChartChoice): uPlot.Scale {
  const kind = x === 'time' ? 'linear' : scaleX
  const scale: uPlot.Scale = {
    time: x === 'time',
    distr: distributionOf(kind),
    ...(kind === 'symlog' ? { asinh: nearZero(xsOf(data)) } : {}),
  }
  return zoom === undefined ? scale : { ...scale, range: () => [zoom[0], zoom[1]] }
}

function yScale(data: ChartData, choice: ChartChoice): uPlot.Scale {
  const scale: uPlot.Scale = { distr: distributionOf(choice.scaleY), range: rangeOf(data, choice) }
  if (choice.scaleY !== 'symlog') return scale
  return { ...scale, asinh: nearZero(rawOf(data)) }
}

function xsOf(data: ChartData): readonly (readonly (number | null)[])[] {
  return data.columns.slice(0, 1)
}

function rawOf(data: ChartData): readonly (readonly (number | null)[])[] {
  return data.places.map(({ raw }) => data.columns[raw] ?? [])
}

/** Below what size values are drawn evenly: that of the smallest tenth, as a power of ten. */
function nearZero(columns: readonly (readonly (number | null)[])[]): number {
  const sizes = columns.flatMap((column) => column.flatMap((value) => (value ? [Math.abs(value)] : [])))
  const small = sizes.sort((left, right) => left - right)[Math.floor(sizes.length / 10)]
  return small === undefined ? 1 : 10 ** Math.floor(Math.log10(small))
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

/** A fifth of room at either end, which is little where every decade is as wide as the last. */
function symlogRange(_: uPlot, min: number | null, max: number | null): [number, number] {
  if (min === null || max === null) return [-1, 1]
  const room = (value: number): number => Math.abs(value) * 0.2 || 1
  return [min - (min === 0 ? 0 : room(min)), max + (max === 0 && min !== 0 ? 0 : room(max))]
}

/** Zero and powers of ten on both sides of it, as many as there is room for. */
function symlogTicks(least: number): uPlot.Axis {
  const splits = (_: uPlot, __: number, min: number, max: number): number[] => {
    const most = Math.max(Math.abs(min), Math.abs(max), least)
    const [low, high] = [Math.log10(least), Math.floor(Math.log10(most))]
    const every = Math.ceil((2 * (high - low + 1)) / MOST_TICKS)
    const sizes: number[] = []
    for (let power = high; power >= low; power -= every) sizes.push(10 ** power)
    const ticks = [...sizes.map((size) => -size), 0, ...sizes.toReversed()]
    return ticks.filter((tick) => tick >= min && tick <= max)
  }
  return { splits, filter: (_, found) => found }
}

function axesOf(data: ChartData, { x, scaleX, scaleY }: ChartChoice, ink: ChartInk): uPlot.Axis[] {
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
  const values = x === 'elapsed' ? { values: elapsed } : x === 'time' ? {} : { values: short }
  const space = x === 'elapsed' ? 90 : 60
  return [
    {
      ...common,
      ...(scaleX === 'linear' || x === 'time' ? { space } : {}),
      ...(scaleX === 'symlog' && x !== 'time' ? symlogTicks(nearZero(xsOf(data))) : {}),
      ...values,
      size: 26,
      label: xTitle(x),
      labelFont: FONT,
      labelSize: 15,
      labelGap: -1,
    },
    {
      ...common,
      space: 34,
      ...(scaleY === 'symlog' ? symlogTicks(nearZero(rawOf(data))) : {}),
      size: 56,
      values: short,
    },
  ]
}

/** What an axis is called. */
export function xTitle(x: XKind): string {
  if (x === 'elapsed') return 'time since start'
  return x === 'time' || x === 'step' ? x : x.slice('metric:'.length)
}

function axisText(value: number): string {
  const size = Math.abs(value)
  if (size >= 1e6) return `${Number((value / 1e6).toPrecision(3))}M`
  return size >= 1e4 ? `${Number((value / 1e3).toPrecision(3))}k` : numberText(Number(value.toPrecision(8)))
}

/** How much is left of the lines beside the one that is looked at: of few most, of many little. */
function behindAlpha(lines: number): number {
  return Math.max(0.18, 0.7 - 0.06 * lines)
}

/** Lines in the order of the columns. Strokes are asked for at each drawing, so that a highlight costs no path. */
function seriesOf({ places }: ChartData, highlighted: ChartTells['highlighted']): uPlot.Series[] {
  const behind = behindAlpha(places.length)
  return places.flatMap(({ run, band, smooth, series }) => {
    const stroke = (alpha: number) => () => {
      const look = highlighted()
      return translucent(run.colour, look === undefined || look === run.id ? alpha : alpha * behind)
    }
    const isMany = places.length > MANY_LINES
    const dash = isMany ? [] : [...run.dash]
    const line = { label: run.title, spanGaps: true, dash, points: { show: isLone(series) } }
    const edge: uPlot.Series = { ...line, stroke: stroke(0.45), width: 0.75, dash: [] }
    const raw: uPlot.Series = {
      ...line,
      stroke: stroke(smooth === undefined ? 1 : 0.28),
      width: smooth === undefined && !isMany ? 1.6 : 1,
    }
    const over: uPlot.Series = { ...line, stroke: stroke(1), width: 2 }
    return [...(band === undefined ? [] : [edge, edge]), raw, ...(smooth === undefined ? [] : [over])]
  })
}

/** A point that no line leads to would not be seen. */
function isLone({ xs, before, after }: LinePlace['series']): boolean {
  return xs.length === 1 && before == null && after == null
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
