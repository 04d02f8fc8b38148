/**
 * Series of several runs on one axis, as uPlot takes them.
 */
import type { ChartSeries } from './series-loader.ts'
import { smoothed } from './smoothing.ts'

/** One run in a chart. */
export interface ChartRun {
  readonly id: string
  readonly title: string
  readonly colour: string
  readonly dash: readonly number[]
  /** The group it is drawn as part of; a line that is a group has itself here. */
  readonly group?: ChartGroup
}

/** Runs that are drawn as one line. */
export interface ChartGroup {
  readonly name: string
  /** What its runs have in common, as the filter has it. */
  readonly condition: string
  readonly colour: string
  readonly dash: readonly number[]
}

/** The series of one run. */
export interface ChartLine {
  readonly run: ChartRun
  readonly series: ChartSeries
}

type Column = (number | null)[]

/** What is drawn of one run: where its columns are among all columns. */
export interface LinePlace {
  readonly run: ChartRun
  readonly series: ChartSeries
  /** The values as they are; drawn faint when there is a smooth line. */
  readonly raw: number
  readonly smooth: number | undefined
  /** The least and greatest value of each bucket; absent when every bucket holds one point. */
  readonly band: { readonly min: number; readonly max: number } | undefined
}

/** Columns of one length, the first is x; and what each of them is. */
export interface ChartData {
  readonly columns: readonly (readonly (number | null)[])[]
  readonly places: readonly LinePlace[]
}

/** Beyond so many places, points are drawn in the middle of the stretch they are in, so that lines share places. */
const MANY_PLACES = 6000

/** Lays series along one x. `weight` is that of the smoothing; a logarithmic axis shows positive values alone. */
export function chartData(lines: readonly ChartLine[], weight: number, log: { x: boolean; y: boolean }): ChartData {
  const placeOf = placesOf(lines)
  const xs = [...new Set(lines.flatMap(({ series }) => series.xs.map(placeOf)))].sort((left, right) => left - right)
  const axis = log.x ? xs.filter((x) => x > 0) : xs
  const indexOf = new Map(axis.map((x, index) => [x, index]))
  const columns: Column[] = [axis]
  const add = (series: ChartSeries, values: readonly (number | null)[], choose: Choose): number => {
    const column: Column = new Array<number | null>(axis.length).fill(null)
    values.forEach((value, index) => {
      const place = indexOf.get(placeOf(series.xs[index] ?? Number.NaN))
      if (place === undefined || value === null || (log.y && value <= 0)) return
      const present = column[place] ?? null
      column[place] = present === null ? value : choose(present, value)
    })
    return columns.push(column) - 1
  }
  const places = lines.map(({ run, series }): LinePlace => {
    const isBucketed = run.group !== undefined || series.counts.some((count) => count > 1)
    const band = isBucketed
      ? { max: add(series, series.maxs, Math.max), min: add(series, series.mins, Math.min) }
      : undefined
    const raw = add(series, series.lasts, later)
    const smooth = weight > 0 ? add(series, smoothed(series.means, series.counts, weight), later) : undefined
    return { run, series, raw, smooth, band }
  })
  return { columns, places }
}

/** Of two values at one place, the one that is drawn. */
type Choose = (present: number, value: number) => number

function later(_: number, value: number): number {
  return value
}

/** Where a point is drawn: where it lies, or in the middle of its stretch where lines would have too many places. */
function placesOf(lines: readonly ChartLine[]): (x: number) => number {
  const points = lines.reduce((sum, { series }) => sum + series.xs.length, 0)
  if (points <= MANY_PLACES) return (x) => x
  const distinct = new Set(lines.flatMap(({ series }) => series.xs))
  if (distinct.size <= MANY_PLACES) return (x) => x
  const width = Math.max(...lines.map(({ series }) => series.width))
  return (x) => (Math.floor(x / width) + 0.5) * width
}

/** The place nearest to an index where a column has a value; `undefined` when none is near. */
export function nearestIndex(column: readonly (number | null)[], index: number): number | undefined {
  const FAR = 400
  for (let step = 0; step <= FAR; step += 1) {
    if (column[index - step] != null) return index - step
    if (column[index + step] != null) return index + step
  }
  return undefined
}

/** The step of the point nearest to a place along x. */
export function stepAt({ xs, steps }: Pick<ChartSeries, 'xs' | 'steps'>, x: number): number | undefined {
  let best = -1
  let least = Infinity
  xs.forEach((one, index) => {
    const distance = Math.abs(one - x)
    if (distance < least) [best, least] = [index, distance]
  })
  return steps[best]
}
