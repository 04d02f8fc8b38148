/**
 * Noise: how far two means may be apart when nothing but chance is between them.
 *
 * The half width of the 95 % interval of a difference of means: Welch, The generalization of Student's problem,
 * Biometrika 34 (1947). Where one side ran once, its deviation is taken to be that of the other.
 */
import type { Spread } from '../change-explanation.ts'
import { studentPoint } from '../statistics/student.ts'

/**
 * The half width of the noise band of `head.mean - base.mean`, in the metric's unit; `undefined` when neither side
 * ran more than once. Symmetric in its sides.
 */
export function noiseBand(base: Spread, head: Spread): number | undefined {
  if (base.count < 2 && head.count < 2) return undefined
  const [left, right] = [varianceOfMean(base, head), varianceOfMean(head, base)]
  const variance = left + right
  if (variance === 0) return 0
  return studentPoint(freedom(base, head, left, right)) * Math.sqrt(variance)
}

/** The variance of a mean, with the other side's deviation where this side has none of its own. */
function varianceOfMean(side: Spread, other: Spread): number {
  const deviation = side.count < 2 ? other.deviation : side.deviation
  return deviation ** 2 / side.count
}

/** Welch and Satterthwaite's degrees of freedom; those of the other side where one ran once. */
function freedom(base: Spread, head: Spread, left: number, right: number): number {
  if (base.count < 2) return head.count - 1
  if (head.count < 2) return base.count - 1
  return (left + right) ** 2 / (left ** 2 / (base.count - 1) + right ** 2 / (head.count - 1))
}
