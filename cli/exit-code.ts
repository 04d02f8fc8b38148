/**
 * Exit codes: one number a class of outcome, so that a script can tell a difference from a disaster.
 */

/** What a process of mlv can end with. */
export const EXIT = {
  /** It was done. */
  ok: 0,
  /** A difference was found, or a gate failed. */
  difference: 1,
  /** The command line was not understood. */
  usage: 2,
  /** Something that was named does not exist. */
  notFound: 3,
  /** Bytes are damaged, or input is unsafe. */
  integrity: 4,
  /** Someone else changed or holds it. */
  conflict: 5,
  /** The machine, its disk or the repository cannot do it. */
  environment: 6,
  /** Any other failure, bugs included. */
  other: 7,
  /** Interrupted from the keyboard. */
  interrupted: 130,
} as const

/** One of the exit codes. */
export type ExitCode = (typeof EXIT)[keyof typeof EXIT]
