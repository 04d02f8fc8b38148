/**
 * Exit codes: one number a class of outcome, so that a script can tell a difference from a disaster.
 */

import type { Brand } from '../src/base/brand.ts'

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
  /** What `mlv run` was to run is there and cannot be executed, as a shell has it. */
  commandNotExecutable: 126,
  /** What `mlv run` was to run is not there, as a shell has it. */
  commandNotFound: 127,
  /** Interrupted from the keyboard. */
  interrupted: 130,
  /** Told to end by SIGTERM, as a shell has it. */
  terminated: 143,
} as const

/** The exit code of a command that mlv ran, passed through. */
export type PassedExitCode = Brand<number, 'PassedExitCode'>

/** One of the exit codes. */
export type ExitCode = (typeof EXIT)[keyof typeof EXIT] | PassedExitCode

/** Takes the exit code of a command as mlv's own. */
export function passedExitCode(exitCode: number): PassedExitCode {
  return exitCode as PassedExitCode
}
