/**
 * The terminal of this process, for a command that mlv runs.
 */
import process from 'node:process'
import { isatty } from 'node:tty'
import type { CommandTerminal } from '../src/ops/record/run-command-options.ts'

type PassedSignal = Parameters<Parameters<CommandTerminal['onSignal']>[0]>[0]

const PASSED: readonly PassedSignal[] = ['SIGINT', 'SIGTERM', 'SIGHUP']

const [STDIN, STDOUT, STDERR] = [0, 1, 2] as const

/** Connects a command with the streams and signals of this process. */
export function realCommandTerminal(tell: (line: string) => void): CommandTerminal {
  const streams = { stdout: process.stdout, stderr: process.stderr }
  // Asked by number: to touch the stream of standard input is to start to read it, and it is the command's.
  const isTerminal = isatty(STDIN) && isatty(STDOUT)
  const hasKeyboard = [STDIN, STDOUT, STDERR].some((descriptor) => isatty(descriptor))
  return {
    isTerminal,
    input: 'inherit',
    write: (name, bytes) => written(streams[name], bytes),
    tell,
    onSignal: (listener) => {
      const stops = PASSED.map((signal) => {
        // A keyboard interrupts every process in front of it, the command too; once more would be once too often.
        const isForBoth = signal === 'SIGINT' && hasKeyboard && !isTerminal
        return during(signal, () => (isForBoth ? undefined : listener(signal)))
      })
      return () => stops.forEach((stop) => stop())
    },
    sendSignal: (processId, signal) => {
      try {
        return process.kill(processId, signal)
      } catch {
        return false
      }
    },
  }
}

/** Takes the place of whoever listened to a signal, and gives it back. */
function during(signal: PassedSignal, listener: () => void): () => void {
  const others = process.listeners(signal)
  process.removeAllListeners(signal)
  process.on(signal, listener)
  return () => {
    process.removeListener(signal, listener)
    for (const other of others) process.on(signal, other)
  }
}

/** Resolves when there is room for more; a reader that closed its end takes nothing and refuses nothing. */
function written(stream: NodeJS.WriteStream, bytes: Uint8Array): Promise<void> {
  return new Promise((done) => {
    if (stream.destroyed || !stream.writable) done()
    else stream.write(bytes, () => done())
  })
}
