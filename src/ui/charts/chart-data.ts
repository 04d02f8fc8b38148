/**
 * Series of several runs on one axis, as uPlot takes them.
 */
import type { WireSeries } from '../../server/wire.ts'
import { smoothed } from './smoothing.ts'

/** One run in a chart. */
export interface ChartRun {
  readonly id: string
  readonly title: string
  readonly colour: string
  readonly dash: readonly number[]
}

/** The series of one run. */
export interface ChartLine {
  readonly run: ChartRun
  readonly series: WireSeries
}

type Column = (number | null)[]

/** What is drawn of one run: where its columns are among all columns. */
export interface LinePlace {
  readonly run: ChartRun
  readonly series: WireSeries
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

/** Lays series along one x. `weight` is that of the smoothing; a logarithmic axis shows positive values alone. */
export function chartData(lines: readonly ChartLine[], weight: number, log: { x: boolean; y: boolean }): ChartData {
  const xs = [...new Set(lines.flatMap(({ series }) => series.xs))].sort((left, right) => left - right)
  const axis = log.x ? xs.filter((x) => x > 0) : xs
  const indexOf = new Map(axis.map((x, index) => [x, index]))
  const columns: Column[] = [axis]
  const add = (series: WireSeries, values: readonly (number | null)[]): number => {
    const column: Column = new Array<number | null>(axis.length).fill(null)
    values.forEach((value, index) => {
      const place = indexOf.get(series.xs[index] ?? Number.NaN)
      if (place !== undefined && value !== null && !(log.y && value <= 0)) column[place] = value
    })
    return columns.push(column) - 1
  }
  const places = lines.map(({ run, series }): LinePlace => {
    const isBucketed = series.counts.some((count) => count > 1)
    const band = isBucketed ? { max: add(series, series.maxs), min: add(series, series.mins) } : undefined
    const raw = add(series, series.lasts)
    const smooth = weight > 0 ? add(series, smoothed(series.means, series.counts, weight)) : undefined
    return { run, series, raw, smooth, band }
  })
  return { columns, places }
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
