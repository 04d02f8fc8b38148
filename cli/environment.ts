/**
 * What commands may touch. Only main.ts builds the real one; a test builds one of plain values.
 */
import type { OpenOptions, Repository, Surroundings } from '../src/ops/repository/repository.ts'
import type { CommandTerminal } from '../src/ops/record/run-command-options.ts'

/** A place to write text to. */
export interface Stream {
  readonly write: (text: string) => void
  /** Waits until there is room for more; `false` when nobody reads any more. */
  readonly room: () => Promise<boolean>
  /** Someone reads it on a terminal. */
  readonly isTerminal: boolean
  /** Characters a line of the terminal; absent when it is none or does not tell. */
  readonly columns: number | undefined
  /** Lines of the terminal; absent as `columns` is. */
  readonly rows?: number | undefined
}

/** The world as commands see it. */
export interface Environment extends Surroundings {
  /** For data. */
  readonly standardOutput: Stream
  /** For talk. */
  readonly standardError: Stream
  /** What a command that mlv runs is connected to; says its lines by `tell`. */
  readonly commandTerminal: (tell: (line: string) => void) => CommandTerminal
  readonly openRepository: (options: OpenOptions) => Promise<Repository>
}
