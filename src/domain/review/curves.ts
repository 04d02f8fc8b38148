/**
 * Curves for a review: the points of the metrics that moved most, thinned to what a small chart can show.
 */
import type { Series, SeriesSet } from '../series.ts'
import type { MetricReview } from './metric-review.ts'
import type { CurvePoint, ReviewCurve } from './review.ts'

/** How many curves a review shows. */
const LIMIT_CURVES = 3
/** Enough for the width of a comment; with both ends. */
const LIMIT_POINTS = 40
const LEAST_POINTS = 3

/** The curves of at most three metrics, in reading order, that both sides logged over steps. */
export function curvesOf(metrics: readonly MetricReview[], base: SeriesSet, head: SeriesSet): readonly ReviewCurve[] {
  return metrics
    .flatMap(({ key }) => {
      const [left, right] = [base.get(key), head.get(key)]
      if (left === undefined || right === undefined) return []
      const curve = { key, base: thinned(left), head: thinned(right) }
      return curve.base.length < LEAST_POINTS || curve.head.length < LEAST_POINTS ? [] : [curve]
    })
    .slice(0, LIMIT_CURVES)
}

/** Finite points by step, evenly taken; of equal steps the one logged last. */
function thinned({ steps, values }: Series): readonly CurvePoint[] {
  const byStep = new Map<number, number>()
  values.forEach((value, index) => {
    const step = steps[index]
    if (step !== undefined && Number.isFinite(value)) byStep.set(step, value)
  })
  const points = [...byStep].map(([step, value]) => ({ step, value })).sort((left, right) => left.step - right.step)
  if (points.length <= LIMIT_POINTS) return points
  const taken = Array.from({ length: LIMIT_POINTS }, (_, place) => {
    return points[Math.round((place * (points.length - 1)) / (LIMIT_POINTS - 1))]
  })
  return taken.flatMap((point) => point ?? [])
}
