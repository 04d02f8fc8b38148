/**
 * Appends lines to a log file. Each append is one write at the end of the file (O_APPEND), so any number of processes
 * may append to one file and no line is torn by another.
 */
import { withDiskFailures } from '../files/disk-failure.ts'
import type { Files, OpenFile } from '../files/files.ts'

/** A log file open for appending. Calls may overlap: what is asked for while the disk works goes in one write. */
export interface LogAppender {
  /** Appends whole lines. They are durable when this returns. @throws the disk's refusals */
  readonly append: (lines: string) => Promise<void>
  /** Waits for what was asked for and closes the file. */
  readonly close: () => Promise<void>
}

/** Lines that wait, and whom to tell. */
interface Waiting {
  readonly lines: string
  readonly done: () => void
  readonly failed: (error: unknown) => void
}

/** Appends lines once; they outlive this process, though maybe not a power cut. @throws the disk's refusals */
export async function appendLines(files: Files, path: string, lines: string): Promise<void> {
  await withDiskFailures(path, 'writing', async () => {
    const file = await files.open(path, 'append')
    try {
      await file.write(Buffer.from(lines, 'utf8'))
    } finally {
      await file.close()
    }
  })
}

/** Opens a log file, new or known. @throws the disk's refusals */
export async function openLogAppender(files: Files, path: string): Promise<LogAppender> {
  const file = await withDiskFailures(path, 'writing', () => files.open(path, 'append'))
  let waiting: Waiting[] = []
  let isTorn = false
  let working: Promise<void> | undefined
  const write = async (lines: string): Promise<void> => {
    // What a failed write left must not run into the next line; other processes may have appended since.
    const whole = isTorn ? `\n${lines}` : lines
    isTorn = true
    await writeSynced(file, path, whole)
    isTorn = false
  }
  const work = async (): Promise<void> => {
    while (waiting.length > 0) {
      const taken = waiting
      waiting = []
      await write(taken.map(({ lines }) => lines).join('')).then(
        () => taken.forEach(({ done }) => done()),
        (error: unknown) => taken.forEach(({ failed }) => failed(error)),
      )
    }
    working = undefined
  }
  return {
    append: (lines) =>
      new Promise<void>((done, failed) => {
        waiting.push({ lines, done, failed })
        working ??= work()
      }),
    close: async () => {
      await working
      await file.close()
    },
  }
}

async function writeSynced(file: OpenFile, path: string, lines: string): Promise<void> {
  await withDiskFailures(path, 'writing', async () => {
    await file.write(Buffer.from(lines, 'utf8'))
    await file.sync()
  })
}
