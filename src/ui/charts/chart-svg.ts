/**
 * A chart of lines as marks, so that it can be taken away as SVG.
 */
import type uPlot from 'uplot'
import { elapsedText, momentText, numberText } from '../base/number-text.ts'
import { isoText } from '../browser.ts'
import { axisBelow, axisBeside, plotInk } from '../plots/axis-marks.ts'
import type { DrawnAxis, PlotFrame } from '../plots/axis-marks.ts'
import { evenTicks } from '../plots/plot-axis.ts'
import type { Mark, Picture } from '../plots/picture.ts'
import type { ChartData, LinePlace } from './chart-data.ts'
import { xTitle } from './chart-options.ts'
import type { ChartChoice } from './chart-options.ts'
import { seenPart } from './seen-part.ts'
import type { XKind } from './series-loader.ts'

const TOP = 34
const LEFT = 70
const BELOW = 46
const LINE = 18

/** What a chart shows, with its title and the names of its runs; as wide and high as it is drawn. */
export function chartPicture(title: string, chart: uPlot, data: ChartData, choice: ChartChoice): Picture {
  const [inner, outer] = [chart.bbox.width / devicePixelRatio, chart.bbox.height / devicePixelRatio]
  const frame: PlotFrame = { left: LEFT, top: TOP, width: inner, height: outer }
  const ink = plotInk()
  const at = {
    x: (value: number) => frame.left + chart.valToPos(value, 'x'),
    y: (value: number) => frame.top + chart.valToPos(value, 'y'),
  }
  const below = axisOf(chart, 'x', xTitle(choice.x), (value) => xText(choice.x, value), frame)
  const beside = axisOf(chart, 'y', title, numberText, frame)
  const legendTop = frame.top + frame.height + BELOW
  const height = legendTop + Math.ceil(data.places.length / 2) * LINE + 8
  const width = frame.left + frame.width + 16
  return {
    width,
    height,
    marks: [
      { kind: 'text', x: 12, y: 16, text: title, fill: ink.strong, size: 13, anchor: 'start', isStrong: true },
      ...axisBelow(below, frame, ink),
      ...axisBeside(beside, frame, ink),
      ...data.places.flatMap((place) => lineMarks(place, data, at, seenRange(chart))),
      ...data.places.flatMap(({ run }, index): readonly Mark[] => {
        const [x, y] = [12 + (index % 2) * (width / 2), legendTop + Math.floor(index / 2) * LINE + 8]
        return [
          { kind: 'path', points: [x, y, x + 18, y], stroke: run.colour, width: 3, alpha: 1, ...dashOf(run.dash) },
          { kind: 'text', x: x + 24, y, text: run.title, fill: ink.text, size: 11, anchor: 'start' },
        ]
      }),
    ],
  }
}

interface Places {
  readonly x: (value: number) => number
  readonly y: (value: number) => number
}

/** A picture has nothing that cuts lines at its frame. */
function seenRange(chart: uPlot): readonly [number, number] {
  const { min = -Infinity, max = Infinity } = chart.scales['x'] ?? {}
  return [min, max]
}

function lineMarks(
  { run, raw, smooth, band }: LinePlace,
  { columns }: ChartData,
  at: Places,
  range: readonly [number, number],
): readonly Mark[] {
  const xs = columns[0] ?? []
  const points = (column: number): readonly number[] =>
    seenPart(xs, columns[column] ?? [], range).flatMap(({ x, value }) => [at.x(x), at.y(value)])
  const dash = dashOf(run.dash)
  const line = (column: number, width: number, alpha: number): Mark => {
    return { kind: 'path', points: points(column), stroke: run.colour, width, alpha, ...dash }
  }
  return [
    ...(band === undefined
      ? []
      : [
          {
            kind: 'area',
            points: bandPoints(points(band.max), points(band.min)),
            fill: run.colour,
            alpha: 0.14,
          } as const,
        ]),
    line(raw, smooth === undefined ? 1.6 : 1, smooth === undefined ? 1 : 0.28),
    ...(smooth === undefined ? [] : [line(smooth, 2, 1)]),
  ]
}

function dashOf(dash: readonly number[]): { readonly dash?: readonly number[] } {
  return dash.length === 0 ? {} : { dash }
}

/** Along the upper edge, and back along the lower one. */
function bandPoints(upper: readonly number[], lower: readonly number[]): readonly number[] {
  const back: number[] = []
  for (let index = lower.length - 2; index >= 0; index -= 2) back.push(lower[index] ?? 0, lower[index + 1] ?? 0)
  return [...upper, ...back]
}

function axisOf(
  chart: uPlot,
  scale: 'x' | 'y',
  title: string,
  textOf: (value: number) => string,
  frame: PlotFrame,
): DrawnAxis {
  const { min: low = 0, max: high = 1, distr } = chart.scales[scale] ?? {}
  const isLog = Number(distr) === 3
  const values = isLog && low > 0 ? powers(low, high) : evenTicks(low, high)
  const part = (value: number): number => {
    const place = chart.valToPos(value, scale)
    return scale === 'x' ? place / frame.width : 1 - place / frame.height
  }
  return {
    title,
    isLog,
    ticks: values.map((value) => ({ at: part(value), text: textOf(Number(value.toPrecision(8))) })),
  }
}

function powers(low: number, high: number): readonly number[] {
  const first = Math.ceil(Math.log10(low) - 1e-9)
  const count = Math.floor(Math.log10(high) + 1e-9) - first + 1
  return count < 1 ? [low, high] : Array.from({ length: count }, (_, index) => 10 ** (first + index))
}

function xText(x: XKind, value: number): string {
  if (x === 'elapsed') return elapsedText(Math.max(0, value))
  return x === 'time' ? momentText(isoText(value)).slice(5, 16) : numberText(value)
}
