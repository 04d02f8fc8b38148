/**
 * Whole lines of a log file, as bytes: a million lines are read in the memory of one chunk.
 *
 * A line is whole when its newline is there. What comes after the last newline was never acknowledged.
 */
import { withDiskFailures } from '../files/disk-failure.ts'
import type { Files, OpenFile } from '../files/files.ts'

/** A line, to be used before the next one is asked for: the bytes are those of a buffer that is used again. */
export interface LogLineTaker {
  /** The line from `start` to `end`, without its line end. Lines are counted from 1. */
  readonly take: (bytes: Buffer, start: number, end: number, line: number) => void
  /** A line beyond the limit, which is skipped. */
  readonly skip: (line: number) => void
}

/** What is left behind the last line end. */
export interface LogLinesRead {
  readonly lines: number
  readonly tornBytes: number
  /** Where the line begins that has no end yet: from there one reads on later. */
  readonly position: number
}

/** No line is longer: rows of a table that do not fit go on several lines. */
export const LOG_LINE_LIMIT_BYTES = 16 * 1024 * 1024

const CHUNK_BYTES = 1024 * 1024
const NEWLINE = 10
const RETURN = 13

/** Reads all whole lines of a file from a position on, where a line begins. @throws the disk's refusals */
export async function readLogLines(files: Files, path: string, taker: LogLineTaker, start = 0): Promise<LogLinesRead> {
  return withDiskFailures(path, 'reading', async () => {
    const file = await files.open(path, 'read')
    try {
      return await readLines(file, taker, start)
    } finally {
      await file.close()
    }
  })
}

async function readLines(file: OpenFile, taker: LogLineTaker, from: number): Promise<LogLinesRead> {
  let buffer = Buffer.allocUnsafe(2 * CHUNK_BYTES)
  let [held, position, lines, skippedBytes] = [0, from, 0, 0]
  for (;;) {
    if (buffer.length - held < CHUNK_BYTES) buffer = enlarged(buffer, held)
    const count = await file.read(buffer.subarray(held, held + CHUNK_BYTES), position)
    if (count === 0) {
      const tornBytes = held + skippedBytes
      return { lines, tornBytes, position: position - tornBytes }
    }
    position += count
    const filled = held + count
    let start = 0
    for (let end = newlineIn(buffer, held, filled); end !== -1; end = newlineIn(buffer, start, filled)) {
      lines += 1
      if (skippedBytes > 0) taker.skip(lines)
      else if (end > start) taker.take(buffer, start, buffer[end - 1] === RETURN ? end - 1 : end, lines)
      skippedBytes = 0
      start = end + 1
    }
    buffer.copyWithin(0, start, filled)
    held = filled - start
    if (held <= LOG_LINE_LIMIT_BYTES) continue
    skippedBytes += held
    held = 0
  }
}

function newlineIn(buffer: Buffer, start: number, filled: number): number {
  const at = buffer.indexOf(NEWLINE, start)
  return at < filled ? at : -1
}

function enlarged(buffer: Buffer<ArrayBuffer>, held: number): Buffer<ArrayBuffer> {
  const larger = Buffer.allocUnsafe(2 * buffer.length)
  buffer.copy(larger, 0, 0, held)
  return larger
}
