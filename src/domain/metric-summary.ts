/**
 * Summaries: what a series comes down to. The summary of a series is the same however the series was cut and merged.
 */
import { assert } from '../base/assert.ts'
import type { Goal, Summary } from './metric.ts'
import type { Point } from './series.ts'

/** The points that decide a summary, whatever the goal. Enough to merge parts of a series that were read apart. */
export interface SeriesOutline {
  /** The point with the highest step; of equal steps the one logged last. */
  readonly last: Point
  /** The point with the least value; of equal values the lowest step. NaN only when every value is. */
  readonly least: Point
  /** The point with the greatest value; of equal values the lowest step. NaN only when every value is. */
  readonly greatest: Point
  /** How many points there are; at least 1. */
  readonly count: number
}

/** Summarizes a series of at least one point, in the order the points were logged. */
export function summarize(points: readonly Point[], goal: Goal): Summary {
  return summaryOf(outlineOf(points), goal)
}

/** Summarizes a series of at least one point and a final value measured at its last step. */
export function summarizeWithFinal(points: readonly Point[], value: number, goal: Goal): Summary {
  const logged = outlineOf(points)
  return summaryOf(mergeOutlines(logged, outlineOf([{ step: logged.last.step, value }])), goal)
}

/** The summary of a metric that was given as one final value, without a step. */
export function singleValue(value: number, goal: Goal): Summary {
  const summary = { last: value, min: value, max: value, count: 1 }
  return goal === 'none' ? summary : { ...summary, best: { value } }
}

/** Outlines a series of at least one point, in the order the points were logged. */
export function outlineOf(points: readonly Point[]): SeriesOutline {
  const first = points[0]
  assert(first !== undefined, 'a series of at least one point')
  let last = first
  let least = first
  let greatest = first
  for (const point of points) {
    if (point.step >= last.step) last = point
    if (isPreferred(point, least, 'min')) least = point
    if (isPreferred(point, greatest, 'max')) greatest = point
  }
  return { last, least, greatest, count: points.length }
}

/** Outlines a series from the outlines of its first part and of the rest. Associative. */
export function mergeOutlines(earlier: SeriesOutline, later: SeriesOutline): SeriesOutline {
  return {
    last: later.last.step >= earlier.last.step ? later.last : earlier.last,
    least: isPreferred(later.least, earlier.least, 'min') ? later.least : earlier.least,
    greatest: isPreferred(later.greatest, earlier.greatest, 'max') ? later.greatest : earlier.greatest,
    count: earlier.count + later.count,
  }
}

/** Reads the summary off an outline. */
export function summaryOf(outline: SeriesOutline, goal: Goal): Summary {
  const { last, least, greatest, count } = outline
  const summary = { last: last.value, min: least.value, max: greatest.value, count }
  if (goal === 'none') return summary
  const best = goal === 'min' ? least : greatest
  return { ...summary, best: { value: best.value, step: best.step } }
}

/** Tells whether a point beats another that was logged before it. NaN loses to every number. */
function isPreferred(point: Point, held: Point, goal: 'min' | 'max'): boolean {
  if (Number.isNaN(held.value)) return !Number.isNaN(point.value) || point.step < held.step
  if (point.value === held.value) return point.step < held.step
  return goal === 'min' ? point.value < held.value : point.value > held.value
}
