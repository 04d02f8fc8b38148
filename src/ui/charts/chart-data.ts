/**
 * Series of several runs on one axis, as uPlot takes them.
 */
import type { ChartSeries, LineEnd } from './series-loader.ts'
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
  /** The places along x that points of the range have, from one on and before another; beyond lie ends of lines. */
  readonly seen: readonly [number, number]
}

/** Beyond so many places, points are drawn in the middle of the stretch they are in, so that lines share places. */
const MANY_PLACES = 6000

/** Lays series along one x. `weight` is that of the smoothing; a logarithmic axis shows positive values alone. */
export function chartData(lines: readonly ChartLine[], weight: number, log: { x: boolean; y: boolean }): ChartData {
  const placeOf = placesOf(lines)
  const inside = new Set(lines.flatMap(({ series }) => series.xs.map(placeOf)))
  const outside = lines.flatMap(({ series }) => endsOf(series).map(({ x }) => placeOf(x)))
  const xs = [...new Set([...inside, ...outside])].sort((left, right) => left - right)
  const axis = log.x ? xs.filter((x) => x > 0) : xs
  const indexOf = new Map(axis.map((x, index) => [x, index]))
  const columns: Column[] = [axis]
  const add = (series: ChartSeries, { values, choose, end }: Added): number => {
    const column: Column = new Array<number | null>(axis.length).fill(null)
    values.forEach((value, index) => {
      const place = indexOf.get(placeOf(series.xs[index] ?? Number.NaN))
      if (place === undefined || value === null || (log.y && value <= 0)) return
      const present = column[place] ?? null
      column[place] = present === null ? value : choose(present, value)
    })
    for (const one of endsOf(series)) {
      const [place, value] = [indexOf.get(placeOf(one.x)), end(one)]
      if (place !== undefined && !(log.y && value <= 0)) column[place] ??= value
    }
    return columns.push(column) - 1
  }
  const places = lines.map(({ run, series }): LinePlace => {
    const isBucketed = run.group !== undefined || series.counts.some((count) => count > 1)
    const band = isBucketed
      ? {
          max: add(series, { values: series.maxs, choose: Math.max, end: ({ value, high }) => high ?? value }),
          min: add(series, { values: series.mins, choose: Math.min, end: ({ value, low }) => low ?? value }),
        }
      : undefined
    const raw = add(series, { values: series.lasts, choose: later, end: ({ value }) => value })
    const smooth = weight > 0 ? add(series, smoothedLine(series, weight)) : undefined
    return { run, series, raw, smooth, band }
  })
  const isInside = (x: number): boolean => inside.has(x)
  return { columns, places, seen: [Math.max(0, axis.findIndex(isInside)), axis.findLastIndex(isInside) + 1] }
}

function endsOf({ before, after }: ChartSeries): readonly LineEnd[] {
  return [before ?? [], after ?? []].flat()
}

/** What is added of a series, and what of its ends. */
interface Added {
  readonly values: readonly (number | null)[]
  readonly choose: Choose
  readonly end: (end: LineEnd) => number
}

/** The smoothing goes through the ends of a line too, or it would begin anew at the edge. */
function smoothedLine({ means, counts, before, after }: ChartSeries, weight: number): Added {
  const head = before == null ? [] : [before.value]
  const tail = after == null ? [] : [after.value]
  const values = smoothed([...head, ...means, ...tail], [...head.map(() => 1), ...counts, ...tail.map(() => 1)], weight)
  const last = values.at(-1)
  return {
    values: values.slice(head.length, head.length + means.length),
    choose: later,
    end: (end) => (end === after ? (last ?? end.value) : end.value),
  }
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

/** The place nearest to an index where a column has a value that is seen; `undefined` when none is near. */
export function nearestIndex(
  column: readonly (number | null)[],
  index: number,
  [start, end]: ChartData['seen'],
): number | undefined {
  const FAR = 400
  const isPoint = (at: number): boolean => at >= start && at < end && column[at] != null
  for (let step = 0; step <= FAR; step += 1) {
    if (isPoint(index - step)) return index - step
    if (isPoint(index + step)) return index + step
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
