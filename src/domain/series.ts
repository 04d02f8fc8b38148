/**
 * Series: the points of a metric over steps. Nothing is dropped, sorted or merged when points are taken in.
 *
 * Points are kept as columns of doubles: a million of them are three arrays and not a million objects.
 */
import type { MetricKey } from './key.ts'

/** One logged value. */
export interface Point {
  /** The training step, an integer within ±2^53; may repeat or go back. */
  readonly step: number
  /** Milliseconds since the Unix epoch, UTC; absent when the source had no clock. */
  readonly atMs?: number
  /** Any double, NaN and infinities included. */
  readonly value: number
}

/** The points of one metric in the order they were logged, as columns of one length. */
export interface Series {
  readonly steps: Float64Array
  readonly values: Float64Array
  /** Milliseconds since the Unix epoch; NaN for a point without a time. Absent when no point has one. */
  readonly times?: Float64Array
}

/** The series of a run, by metric. */
export type SeriesSet = ReadonlyMap<MetricKey, Series>

/** A series that grows. */
export interface SeriesBuilder {
  /** How many points there are so far. */
  readonly count: () => number
  /** Adds a point behind the others. */
  readonly add: (step: number, value: number, atMs?: number) => void
  /** Adds all points of another series behind the others. */
  readonly addAll: (series: Series) => void
  /** The points so far; not to be used once more points are added. */
  readonly series: () => Series
}

const FIRST_CAPACITY = 16

/** Starts a series without points. */
export function buildSeries(): SeriesBuilder {
  let steps = new Float64Array(FIRST_CAPACITY)
  let values = new Float64Array(FIRST_CAPACITY)
  // Half of all sources have no clock, so times take no room before the first one.
  let times: Float64Array<ArrayBuffer> | undefined
  let count = 0
  const makeRoom = (wanted: number): void => {
    if (wanted <= values.length) return
    const capacity = Math.max(wanted, 2 * values.length)
    steps = grown(steps, capacity)
    values = grown(values, capacity)
    if (times !== undefined) times = grown(times, capacity)
  }
  const withTimes = (): Float64Array<ArrayBuffer> => (times ??= new Float64Array(values.length).fill(NaN))
  return {
    count: () => count,
    add: (step, value, atMs) => {
      makeRoom(count + 1)
      steps[count] = step
      values[count] = value
      if (atMs !== undefined) withTimes()[count] = atMs
      else if (times !== undefined) times[count] = NaN
      count += 1
    },
    addAll: (series) => {
      makeRoom(count + series.values.length)
      steps.set(series.steps, count)
      values.set(series.values, count)
      if (series.times !== undefined) withTimes().set(series.times, count)
      else times?.fill(NaN, count, count + series.values.length)
      count += series.values.length
    },
    series: () => {
      const known = times?.subarray(0, count)
      const columns = { steps: steps.subarray(0, count), values: values.subarray(0, count) }
      return known === undefined ? columns : { ...columns, times: known }
    },
  }
}

/** Takes points as a series. */
export function seriesOf(points: Iterable<Point>): Series {
  const builder = buildSeries()
  for (const { step, value, atMs } of points) builder.add(step, value, atMs)
  return builder.series()
}

/** The points of a series as objects; for few points. */
export function pointsOf(series: Series): readonly Point[] {
  return Array.from(series.values, (_, index) => pointAt(series, index))
}

/** One point of a series. @param index from 0 to less than the number of points */
export function pointAt({ steps, values, times }: Series, index: number): Point {
  const atMs = times?.[index] ?? NaN
  const point = { step: steps[index] ?? NaN, value: values[index] ?? NaN }
  return Number.isNaN(atMs) ? point : { ...point, atMs }
}

/** Joins the series of several sources, in their order; a metric of more than one has all their points. */
export function joinSeriesSets(sets: readonly SeriesSet[]): SeriesSet {
  const joined = new Map<MetricKey, Series>()
  for (const set of sets) {
    for (const [key, series] of set) {
      const known = joined.get(key)
      joined.set(key, known === undefined ? series : joinSeries(known, series))
    }
  }
  return joined
}

/** The latest time of any point, in milliseconds since the Unix epoch; `undefined` when none has a time. */
export function latestTimeMs(set: SeriesSet): number | undefined {
  let latest = -Infinity
  for (const { times } of set.values()) {
    for (const atMs of times ?? []) if (atMs > latest) latest = atMs
  }
  return latest === -Infinity ? undefined : latest
}

function joinSeries(first: Series, second: Series): Series {
  const builder = buildSeries()
  builder.addAll(first)
  builder.addAll(second)
  return builder.series()
}

function grown(column: Float64Array, capacity: number): Float64Array<ArrayBuffer> {
  const larger = new Float64Array(capacity)
  larger.set(column)
  return larger
}
