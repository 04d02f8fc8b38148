/**
 * Rows and columns of tabular text, counted while its bytes pass by on their way to the digest.
 */
import { splitCsvLine } from './csv-line.ts'

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
  /** In file order. */
  readonly columns: readonly string[]
}

const LINE_END = 10
const CARRIAGE_RETURN = 13
const QUOTE = 34
const FIRST_LINE_LIMIT_BYTES = 256 * 1024

const SEPARATORS: ReadonlyMap<string, string> = new Map([
  ['.csv', ','],
  ['.tsv', '\t'],
])
const JSON_LINES: ReadonlySet<string> = new Set(['.jsonl', '.ndjson'])

/** Starts counting for a file of this extension (`.csv`); `undefined` for one that has no rows. */
export function countRecords(extension: string): RecordCounter | undefined {
  const separator = SEPARATORS.get(extension)
  if (separator !== undefined) {
    return counter({ headerLines: 1, quotesJoinLines: true, columnsOf: (line) => csvColumns(line, separator) })
  }
  if (!JSON_LINES.has(extension)) return undefined
  return counter({ headerLines: 0, quotesJoinLines: false, columnsOf: jsonColumns })
}

interface Format {
  readonly headerLines: number
  /** In CSV a line end inside quotes belongs to the cell. */
  readonly quotesJoinLines: boolean
  readonly columnsOf: (firstLine: string) => readonly string[] | undefined
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
  const header = firstLineOf(quote)
  let tally: Tally = { lines: 0, isQuoted: false, hasContent: false }
  return {
    take: (chunk) => {
      header.take(chunk)
      tally = tallied(tally, chunk, quote)
    },
    end: () => {
      const columns = format.columnsOf(header.text())
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

/** Keeps the bytes up to the first line end, cut where no header is that long. */
function firstLineOf(quote: number): { readonly take: (chunk: Uint8Array) => void; readonly text: () => string } {
  const bytes: number[] = []
  let isQuoted = false
  let isWhole = false
  return {
    take: (chunk) => {
      for (let index = 0; !isWhole && index < chunk.length; index += 1) {
        const byte = chunk[index] ?? 0
        if (byte === quote) isQuoted = !isQuoted
        isWhole = (byte === LINE_END && !isQuoted) || bytes.length === FIRST_LINE_LIMIT_BYTES
        if (!isWhole) bytes.push(byte)
      }
    },
    text: () => new TextDecoder().decode(Uint8Array.from(bytes)).trimEnd(),
  }
}

function csvColumns(line: string, separator: string): readonly string[] | undefined {
  try {
    return splitCsvLine(line, separator, '', 1)
  } catch {
    return undefined
  }
}

function jsonColumns(line: string): readonly string[] | undefined {
  try {
    const row: unknown = JSON.parse(line)
    return typeof row === 'object' && row !== null && !Array.isArray(row) ? Object.keys(row) : undefined
  } catch {
    return undefined
  }
}
