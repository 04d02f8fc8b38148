/**
 * Noise: how far two means may be apart when nothing but chance is between them.
 *
 * The half width of the 95 % interval of a difference of means: Welch, The generalization of Student's problem,
 * Biometrika 34 (1947). Where one side ran once, its deviation is taken to be that of the other.
 */
import type { Spread } from '../change-explanation.ts'

/** The 97.5 % points of Student's t for 1 to 30 degrees of freedom. */
const STUDENT = [
  12.706, 4.303, 3.182, 2.776, 2.571, 2.447, 2.365, 2.306, 2.262, 2.228, 2.201, 2.179, 2.16, 2.145, 2.131, 2.12, 2.11,
  2.101, 2.093, 2.086, 2.08, 2.074, 2.069, 2.064, 2.06, 2.056, 2.052, 2.048, 2.045, 2.042,
]
const NORMAL = 1.96

/**
 * The half width of the noise band of `head.mean - base.mean`, in the metric's unit; `undefined` when neither side
 * ran more than once. Symmetric in its sides.
 */
export function noiseBand(base: Spread, head: Spread): number | undefined {
  if (base.count < 2 && head.count < 2) return undefined
  const [left, right] = [varianceOfMean(base, head), varianceOfMean(head, base)]
  const variance = left + right
  if (variance === 0) return 0
  return student(freedom(base, head, left, right)) * Math.sqrt(variance)
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

/** Between whole degrees the lower one counts: the wider band. */
function student(degrees: number): number {
  return STUDENT[Math.max(1, Math.floor(degrees)) - 1] ?? NORMAL
}
