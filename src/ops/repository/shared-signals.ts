/**
 * One terminal for several commands at a time: each hears every signal, and none of them reads or prints.
 */
import type { CommandTerminal, PassedSignal } from '../../store/processes/command-terminal.ts'

/** A terminal that is shared, and whether a signal came. */
export interface SharedSignals {
  readonly terminal: CommandTerminal
  readonly wasSignalled: () => boolean
  /** Hears signals no more. */
  readonly close: () => void
}

/** Listens once for all commands. What they print is kept with their runs, and passed on nowhere. */
export function sharedSignals(terminal: CommandTerminal): SharedSignals {
  const listeners = new Set<(signal: PassedSignal) => void>()
  let signalled = false
  const close = terminal.onSignal((signal) => {
    signalled = true
    for (const listener of listeners) listener(signal)
  })
  return {
    terminal: {
      ...terminal,
      isTerminal: false,
      input: 'none',
      write: () => Promise.resolve(),
      tell: () => undefined,
      onSignal: (listener) => {
        listeners.add(listener)
        return () => listeners.delete(listener)
      },
    },
    wasSignalled: () => signalled,
    close,
  }
}
