/**
 * Rows and columns of tabular text, counted while its bytes pass by on their way to the digest.
 */
import type { Column } from '../../domain/dataset.ts'
import { typedByCells, typedByObjects } from './column-types.ts'
import { splitCsvLine } from '../inputs/csv-line.ts'

/** Counts over the bytes of one file. */
export interface RecordCounter {
  readonly take: (chunk: Uint8Array) => void
  /** Call once, after the last chunk; `undefined` when the text is not what its extension says. */
  readonly end: () => RecordShape | undefined
}

/** What a tabular file holds. */
export interface RecordShape {
  /** Header lines and empty lines not counted. */
  readonly rows: number
  /** In file order; types are what the first rows look like. */
  readonly columns: readonly Column[]
}

const LINE_END = 10
const CARRIAGE_RETURN = 13
const QUOTE = 34
/** Types are taken from what the first bytes hold, and no header is longer. */
const SAMPLE_BYTES = 256 * 1024
const SAMPLE_ROWS = 1000

const SEPARATORS: ReadonlyMap<string, string> = new Map([
  ['.csv', ','],
  ['.tsv', '\t'],
])
const JSON_LINES: ReadonlySet<string> = new Set(['.jsonl', '.ndjson'])

/** Starts counting for a file of this extension (`.csv`); `undefined` for one that has no rows. */
export function countRecords(extension: string): RecordCounter | undefined {
  const separator = SEPARATORS.get(extension)
  if (separator !== undefined) {
    return counter({ headerLines: 1, quotesJoinLines: true, columnsOf: (lines) => csvColumns(lines, separator) })
  }
  if (!JSON_LINES.has(extension)) return undefined
  return counter({ headerLines: 0, quotesJoinLines: false, columnsOf: jsonColumns })
}

interface Format {
  readonly headerLines: number
  /** In CSV a line end inside quotes belongs to the cell. */
  readonly quotesJoinLines: boolean
  /** Given the first lines, of which the last may be cut. */
  readonly columnsOf: (lines: readonly string[]) => readonly Column[] | undefined
}

/** What is known after some bytes. */
interface Tally {
  readonly lines: number
  readonly isQuoted: boolean
  /** Whether the last line, not ended yet, holds anything. */
  readonly hasContent: boolean
}

function counter(format: Format): RecordCounter {
  const quote = format.quotesJoinLines ? QUOTE : -1
  const sample = sampleOf(quote)
  let tally: Tally = { lines: 0, isQuoted: false, hasContent: false }
  return {
    take: (chunk) => {
      sample.take(chunk)
      tally = tallied(tally, chunk, quote)
    },
    end: () => {
      const columns = format.columnsOf(sample.lines())
      const total = tally.hasContent ? tally.lines + 1 : tally.lines
      return columns === undefined ? undefined : { rows: Math.max(0, total - format.headerLines), columns }
    },
  }
}

/** Every byte of a dataset passes here, so the state is in locals: in a closure it took five times as long. */
function tallied({ lines, isQuoted, hasContent }: Tally, chunk: Uint8Array, quote: number): Tally {
  for (let index = 0; index < chunk.length; index += 1) {
    const byte = chunk[index]
    if (byte === LINE_END) {
      if (isQuoted) continue
      if (hasContent) lines += 1
      hasContent = false
    } else if (byte !== CARRIAGE_RETURN) {
      hasContent = true
      if (byte === quote) isQuoted = !isQuoted
    }
  }
  return { lines, isQuoted, hasContent }
}

/** Keeps the first bytes, and splits them into lines. */
function sampleOf(quote: number): {
  readonly take: (chunk: Uint8Array) => void
  readonly lines: () => readonly string[]
} {
  const kept: Uint8Array[] = []
  let length = 0
  return {
    take: (chunk) => {
      if (length === SAMPLE_BYTES) return
      // A copy: the caller reads the next bytes into the same buffer.
      const part = chunk.slice(0, SAMPLE_BYTES - length)
      kept.push(part)
      length += part.length
    },
    lines: () => linesOf(Buffer.concat(kept), quote, length === SAMPLE_BYTES),
  }
}

/** Lines that are not empty; one that was cut is left out, unless it is the first. */
function linesOf(bytes: Buffer, quote: number, isCut: boolean): readonly string[] {
  const lines: string[] = []
  let isQuoted = false
  let start = 0
  for (let index = 0; index <= bytes.length && lines.length <= SAMPLE_ROWS; index += 1) {
    const byte = bytes[index]
    if (byte === quote) isQuoted = !isQuoted
    const isEnd = byte === undefined ? !isCut || lines.length === 0 : byte === LINE_END && !isQuoted
    if (!isEnd) continue
    const line = bytes.toString('utf8', start, index).trimEnd()
    if (line !== '') lines.push(line)
    start = index + 1
  }
  return lines
}

function csvColumns(lines: readonly string[], separator: string): readonly Column[] | undefined {
  const names = csvCells((lines[0] ?? '').replace(/^\uFEFF/, ''), separator)
  if (names === undefined) return undefined
  const rows = lines.slice(1).flatMap((line) => {
    const cells = csvCells(line, separator)
    return cells?.length === names.length ? [cells] : []
  })
  return typedByCells(names, rows)
}

function csvCells(line: string, separator: string): readonly string[] | undefined {
  try {
    return splitCsvLine(line, separator, '', 1)
  } catch {
    return undefined
  }
}

function jsonColumns(lines: readonly string[]): readonly Column[] | undefined {
  const [first, ...others] = lines.map(jsonObject)
  return first === undefined ? undefined : typedByObjects([first, ...others.filter((row) => row !== undefined)])
}

function jsonObject(line: string): Readonly<Record<string, unknown>> | undefined {
  try {
    const row: unknown = JSON.parse(line)
    return isObject(row) ? row : undefined
  } catch {
    return undefined
  }
}

function isObject(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}
