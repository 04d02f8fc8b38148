/**
 * The world a repository is opened in, passed in rather than read: nothing below the command line asks the machine who
 * or where it is.
 */
import type { Clock, Entropy } from '../../base/clock.ts'

/** Who runs mlv, with which variables. */
export interface GitEnvironment {
  /** Environment variables, as `process.env` has them. */
  readonly variables: Readonly<Record<string, string | undefined>>
  /** Absent on systems without user ids. */
  readonly userId: number | undefined
  readonly processId: number
  readonly hostName: string
  readonly clock: Clock
  readonly entropy: Entropy
}
