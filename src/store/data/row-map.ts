/**
 * Where the rows of a text are, found as far as somebody looks: a table of a gigabyte shows its first rows after
 * reading a few blocks, and a row far down is found again without reading what stands before it.
 *
 * Law: reading goes in bounded steps, and what is kept is a pair of numbers for some hundreds of rows.
 */

/** Bytes that can be read in parts. */
export interface ByteSource {
  readonly sizeBytes: number
  /** Bytes from `start` up to `end`, not included, in pieces. */
  readonly read: (start: number, end: number) => AsyncIterable<Uint8Array>
}

/** How rows stand in a text. */
export interface RowFormat {
  /** A line end inside quotes belongs to the row; the byte between cells tells where a quote opens one. */
  readonly separator: number | undefined
  /** An empty line is a row of its own. */
  readonly countsEmpty: boolean
}

/** One row as it stands in the text, without its line end. */
export interface TextRow {
  readonly text: string
  /** It is longer than what is shown of it. */
  readonly isCut: boolean
}

/** What is known of the rows. */
export interface RowMap {
  /** Looks further, until a row is known, the text ends, or so many bytes were read. Calls take turns. */
  readonly extend: (source: ByteSource, untilRow: number, budgetBytes: number) => Promise<void>
  /** Rows that were found so far, the header line too; with the last one, that has no line end, when all was read. */
  readonly known: () => number
  /** How far was read. */
  readonly atByte: () => number
  /** Reads known rows, fewer when they are long. Counted from 0. */
  readonly rows: (source: ByteSource, from: number, count: number) => Promise<readonly TextRow[]>
}

/** Longer rows are shown cut; a quote that is never closed ends here too. */
export const LIMIT_ROW_BYTES = 256 * 1024
/** Of one answer. */
const LIMIT_WINDOW_BYTES = 4 * 1024 * 1024
const MARK_EVERY = 256
const STEP_BYTES = 1024 * 1024

const LINE_END = 10
const CARRIAGE_RETURN = 13
const QUOTE = 34

/** Starts with nothing known. */
export function openRowMap(format: RowFormat): RowMap {
  const scan = new RowScan(format, { row: 0, at: 0 })
  const marks: Mark[] = [{ row: 0, at: 0 }]
  let turn: Promise<void> = Promise.resolve()
  const known = (): number => scan.rows + (scan.hasRest ? 1 : 0)
  const look = async (source: ByteSource, untilRow: number, budgetBytes: number): Promise<void> => {
    const limit = Math.min(source.sizeBytes, scan.at + budgetBytes)
    for (let before = -1; scan.rows <= untilRow && scan.at < limit && scan.at > before;) {
      before = scan.at
      for await (const chunk of source.read(scan.at, Math.min(limit, scan.at + STEP_BYTES))) {
        scan.take(chunk, (row, start, end) => {
          const last = marks.at(-1)?.row ?? 0
          // Behind a long row there is a mark at once: nobody should read it to get at the next.
          if (row + 1 - last >= MARK_EVERY || end - start > LIMIT_ROW_BYTES) marks.push({ row: row + 1, at: end + 1 })
          return true
        })
      }
    }
  }
  return {
    known,
    atByte: () => scan.at,
    extend: (source, untilRow, budgetBytes) => {
      turn = turn.catch(ignore).then(() => look(source, untilRow, budgetBytes))
      return turn
    },
    rows: (source, from, count) => readRows(source, format, { mark: markBefore(marks, from), from, count }),
  }
}

interface Mark {
  /** The row that begins at `at`. */
  readonly row: number
  readonly at: number
}

/** Called with each row and where it stands, its line end not included; false ends the scan behind it. */
type OnRow = (row: number, start: number, end: number) => boolean

/** Finds ends of rows while bytes pass by. */
class RowScan {
  readonly #format: RowFormat
  rows: number
  at: number
  hasRest = false
  #start: number
  #isQuoted = false
  /** A quote here opens a cell: at its start, and right behind a quote that seemed to close it. */
  #mayOpen = true

  constructor(format: RowFormat, { row, at }: Mark) {
    this.#format = format
    this.rows = row
    this.at = at
    this.#start = at
  }

  get start(): number {
    return this.#start
  }

  /** Every byte of a table passes here, so the state is in locals. */
  take(chunk: Uint8Array, onRow: OnRow): boolean {
    const { separator, countsEmpty } = this.#format
    const base = this.at
    let [start, isQuoted, mayOpen, hasRest] = [this.#start, this.#isQuoted, this.#mayOpen, this.hasRest]
    let isGoingOn = true
    let index = 0
    for (; index < chunk.length && isGoingOn; index += 1) {
      const byte = chunk[index]
      if (byte === LINE_END && (!isQuoted || base + index - start > LIMIT_ROW_BYTES)) {
        if (hasRest || countsEmpty) {
          isGoingOn = onRow(this.rows, start, base + index)
          this.rows += 1
        }
        start = base + index + 1
        isQuoted = false
        mayOpen = true
        hasRest = false
      } else if (byte === QUOTE && separator !== undefined) {
        const wasQuoted = isQuoted
        isQuoted = !wasQuoted && mayOpen
        mayOpen = wasQuoted
        hasRest = true
      } else if (byte !== CARRIAGE_RETURN) {
        mayOpen = byte === separator
        hasRest = true
      }
    }
    this.at = base + index
    this.#start = start
    this.#isQuoted = isQuoted
    this.#mayOpen = mayOpen
    this.hasRest = hasRest
    return isGoingOn
  }
}

/** The last mark that is not behind a row. */
function markBefore(marks: readonly Mark[], row: number): Mark {
  let low = 0
  let high = marks.length - 1
  while (low < high) {
    const middle = Math.ceil((low + high) / 2)
    if ((marks[middle]?.row ?? 0) <= row) low = middle
    else high = middle - 1
  }
  return marks[low] ?? { row: 0, at: 0 }
}

interface Window {
  readonly mark: Mark
  readonly from: number
  readonly count: number
}

async function readRows(
  source: ByteSource,
  format: RowFormat,
  { mark, from, count }: Window,
): Promise<readonly TextRow[]> {
  const scan = new RowScan(format, mark)
  const found: TextRow[] = []
  const kept = new KeptBytes(mark.at)
  const end = Math.min(source.sizeBytes, mark.at + LIMIT_WINDOW_BYTES)
  for (let [isGoingOn, before] = [count > 0, -1]; isGoingOn && scan.at < end && scan.at > before;) {
    before = scan.at
    for await (const chunk of source.read(scan.at, Math.min(end, scan.at + STEP_BYTES / 4))) {
      kept.add(chunk)
      isGoingOn = scan.take(chunk, (row, rowStart, rowEnd) => {
        if (row >= from) found.push(kept.row(rowStart, rowEnd))
        return found.length < count
      })
      if (!isGoingOn) break
      if (scan.rows < from) kept.dropBefore(scan.start)
    }
  }
  // What is left has no line end: the last row, or the beginning of one that is too long for a window.
  if (
    found.length < count &&
    scan.hasRest &&
    scan.rows >= from &&
    (scan.at === source.sizeBytes || found.length === 0)
  ) {
    found.push(kept.row(scan.start, scan.at))
  }
  return found
}

/** The bytes of a window as they came. */
class KeptBytes {
  #bytes: Buffer = Buffer.alloc(0)
  #base: number

  constructor(base: number) {
    this.#base = base
  }

  add(chunk: Uint8Array): void {
    this.#bytes = Buffer.concat([this.#bytes, chunk])
  }

  dropBefore(at: number): void {
    if (at <= this.#base) return
    this.#bytes = this.#bytes.subarray(Math.min(this.#bytes.length, at - this.#base))
    this.#base = at
  }

  row(start: number, end: number): TextRow {
    const isCut = end - start > LIMIT_ROW_BYTES
    const last = isCut ? start + LIMIT_ROW_BYTES : end
    const text = this.#bytes.toString('utf8', start - this.#base, last - this.#base)
    return { text: text.endsWith('\r') ? text.slice(0, -1) : text, isCut }
  }
}

function ignore(): void {
  // Told to whoever asked first.
}
