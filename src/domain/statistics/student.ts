/**
 * Student's t: how many standard errors a mean of few values may be off.
 */

/** The 97.5 % points for 1 to 30 degrees of freedom. */
const STUDENT = [
  12.706, 4.303, 3.182, 2.776, 2.571, 2.447, 2.365, 2.306, 2.262, 2.228, 2.201, 2.179, 2.16, 2.145, 2.131, 2.12, 2.11,
  2.101, 2.093, 2.086, 2.08, 2.074, 2.069, 2.064, 2.06, 2.056, 2.052, 2.048, 2.045, 2.042,
]
const NORMAL = 1.96

/** The 97.5 % point, at least one degree of freedom. Between whole degrees the lower one counts: the wider band. */
export function studentPoint(degrees: number): number {
  return STUDENT[Math.max(1, Math.floor(degrees)) - 1] ?? NORMAL
}
