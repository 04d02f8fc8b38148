/**
 * A series laid along another: the values of one where the other had its values, step by step.
 */
import type { Series } from './series.ts'
import type { PlacedPoints } from './series-tiles.ts'

/** A series with a place for each point. */
export interface LaidSeries {
  readonly series: Series
  readonly places: Float64Array
}

/**
 * Lays points along those of another series: a point lies where the other was at the same step, as it was logged last
 * there. A point at a step the other has not is left out. Both are in the order of steps.
 */
export function layAlong(points: PlacedPoints, other: PlacedPoints): LaidSeries {
  const count = points.steps.length
  const columns = { steps: new Float64Array(count), times: new Float64Array(count), values: new Float64Array(count) }
  const places = new Float64Array(count)
  let [at, found] = [0, 0]
  for (let index = 0; index < count; index += 1) {
    const step = points.steps[index] ?? NaN
    while (at < other.steps.length && (other.steps[at] ?? NaN) <= step) at += 1
    if (at === 0 || other.steps[at - 1] !== step) continue
    columns.steps[found] = step
    columns.times[found] = points.times[index] ?? NaN
    columns.values[found] = points.values[index] ?? NaN
    places[found] = other.values[at - 1] ?? NaN
    found += 1
  }
  const { steps, times, values } = columns
  return {
    series: { steps: steps.subarray(0, found), times: times.subarray(0, found), values: values.subarray(0, found) },
    places: places.subarray(0, found),
  }
}
