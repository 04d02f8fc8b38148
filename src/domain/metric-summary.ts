/**
 * Summaries: what a series comes down to. The summary of a series is the same however the series was cut and merged.
 */
import { assert } from '../base/assert.ts'
import type { Goal, Summary } from './metric.ts'
import { pointAt } from './series.ts'
import type { Point, Series } from './series.ts'

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
export function summarize(series: Series, goal: Goal): Summary {
  return summaryOf(outlineOf(series), goal)
}

/** Summarizes a series of at least one point and a final value measured at its last step. */
export function summarizeWithFinal(series: Series, value: number, goal: Goal): Summary {
  const logged = outlineOf(series)
  const final = { step: logged.last.step, value }
  return summaryOf(mergeOutlines(logged, { last: final, least: final, greatest: final, count: 1 }), goal)
}

/** The summary of a metric that was given as one final value, without a step. */
export function singleValue(value: number, goal: Goal): Summary {
  const summary = { last: value, min: value, max: value, count: 1 }
  return goal === 'none' ? summary : { ...summary, best: { value } }
}

/** Outlines a series of at least one point, in the order the points were logged. */
export function outlineOf(series: Series): SeriesOutline {
  const { steps, values } = series
  const count = values.length
  assert(count > 0, 'a series of at least one point')
  let last = 0
  let least = 0
  let greatest = 0
  // Columns are read by index, not point by point: a series may hold millions.
  for (let index = 1; index < count; index += 1) {
    if (at(steps, index) >= at(steps, last)) last = index
    if (isPreferredAt(series, index, least, 'min')) least = index
    if (isPreferredAt(series, index, greatest, 'max')) greatest = index
  }
  return { last: pointAt(series, last), least: pointAt(series, least), greatest: pointAt(series, greatest), count }
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

function isPreferredAt({ steps, values }: Series, index: number, held: number, goal: 'min' | 'max'): boolean {
  const [value, heldValue] = [at(values, index), at(values, held)]
  // Most points beat nothing.
  if (goal === 'min' ? value > heldValue : value < heldValue) return false
  return isPreferred({ step: at(steps, index), value }, { step: at(steps, held), value: heldValue }, goal)
}

function at(column: Float64Array, index: number): number {
  return column[index] ?? NaN
}

/** Tells whether a point beats another that was logged before it. NaN loses to every number. */
function isPreferred(point: Point, held: Point, goal: 'min' | 'max'): boolean {
  if (Number.isNaN(held.value)) return !Number.isNaN(point.value) || point.step < held.step
  if (point.value === held.value) return point.step < held.step
  return goal === 'min' ? point.value < held.value : point.value > held.value
}
