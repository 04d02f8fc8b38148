/**
 * What a command that mlv runs is connected to. The library never prints: whoever calls it says where bytes go.
 */

/** One of the two streams of a command; on a terminal there is only `stdout`. */
export type OutputStream = 'stdout' | 'stderr'

/** Signals that are passed on to the command. */
export type PassedSignal = 'SIGINT' | 'SIGTERM' | 'SIGHUP'

/** The world around a command. */
export interface CommandTerminal {
  /** Standard input and output are a terminal: the command gets one of its own, of the same size. */
  readonly isTerminal: boolean
  /** Whether the command reads this process's standard input, or nothing. */
  readonly input: 'inherit' | 'none'
  /** Passes bytes on as they are; resolves when there is room for more. A closed reader is no failure. */
  readonly write: (stream: OutputStream, bytes: Uint8Array) => Promise<void>
  /** Says one line about the run to the person who waits; never part of the command's output. */
  readonly tell: (line: string) => void
  /** Calls back for every signal sent to this process, which then does not end by it; returns how to stop that. */
  readonly onSignal: (listener: (signal: PassedSignal) => void) => () => void
  /** Sends a signal to a process of this machine; false when it is gone. */
  readonly sendSignal: (processId: number, signal: string) => boolean
}
