/**
 * Waiting to be stopped, for commands that go on until somebody ends them.
 */
import process from 'node:process'

const STOPPING = ['SIGINT', 'SIGTERM', 'SIGHUP'] as const

/**
 * Kept when this process is asked to end, by the keyboard or another process, with how; it then ends in its own time.
 */
export function untilStopped(): Promise<NodeJS.Signals> {
  return new Promise((resolve) => {
    const others = STOPPING.map((signal) => process.listeners(signal))
    const stop = (asked: NodeJS.Signals): void => {
      STOPPING.forEach((signal, index) => {
        process.removeListener(signal, stop)
        // Whoever interrupts once more does not want to wait.
        for (const other of others[index] ?? []) process.on(signal, other)
      })
      resolve(asked)
    }
    for (const signal of STOPPING) {
      process.removeAllListeners(signal)
      process.on(signal, stop)
    }
  })
}
