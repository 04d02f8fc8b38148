/**
 * Passes what a command prints on to whoever waits for it, byte by byte, and keeps it at the same time.
 */
import type { Readable } from 'node:stream'
import type { Files } from '../files/files.ts'
import type { CommandTerminal, OutputStream } from './command-terminal.ts'
import { keepOutput } from './kept-output.ts'
import type { KeptOutput } from './kept-output.ts'

/** The streams of a command on their way. */
export interface PassedOutput {
  /** Resolves when the streams have ended, or were given up. */
  readonly done: Promise<void>
  /** Stops waiting for processes that outlive the command and hold its output open. */
  readonly giveUp: () => void
  readonly sync: () => Promise<void>
  readonly close: () => Promise<void>
}

/** One stream: where it comes from, where it goes, and the file it is kept in. */
interface Channel {
  readonly name: OutputStream
  readonly source: Readable
  readonly path: string
}

/** Starts to pass streams on. The folder of the files must exist. */
export async function passOutput(
  files: Files,
  terminal: CommandTerminal,
  channels: readonly Channel[],
  options: { readonly limitBytes: number; readonly onFailure: (reason: string) => void },
): Promise<PassedOutput> {
  const kept = await Promise.all(channels.map(({ path }) => keepOutput(files, path, options)))
  const pumps = channels.map((channel, index) => pump(terminal, channel, kept[index]))
  return {
    done: Promise.all(pumps).then(() => undefined),
    giveUp: () => channels.forEach(({ source }) => source.destroy()),
    sync: () => Promise.all(kept.map((each) => each.sync())).then(() => undefined),
    close: () => Promise.all(kept.map((each) => each.close())).then(() => undefined),
  }
}

async function pump(terminal: CommandTerminal, { name, source }: Channel, kept: KeptOutput | undefined): Promise<void> {
  try {
    for await (const chunk of source) {
      if (!(chunk instanceof Uint8Array)) continue
      await Promise.all([terminal.write(name, chunk), kept?.take(chunk)])
    }
  } catch {
    // Given up, or the other end of a terminal that is gone: what came before was passed on and kept.
  }
}
