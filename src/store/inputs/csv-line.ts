/**
 * One line of CSV (RFC 4180, without line ends inside quotes: a metric has none).
 */
import { refuse } from '../../domain/failure.ts'
import type { Field } from './series-rows.ts'

const DECIMAL = /^[+-]?(?:\d+\.?\d*|\.\d+)(?:[eE][+-]?\d+)?$/

/** Splits a line into cells, quotes removed. @throws `document-malformed` */
export function splitCsvLine(text: string, separator: string, file: string, line: number): readonly string[] {
  if (!text.includes('"')) return text.split(separator)
  const cells: string[] = []
  for (let start = 0; start <= text.length;) {
    const end = cellEnd(text, start, separator)
    if (end === undefined) {
      const problem = 'a quote is not closed, or text follows it'
      throw refuse('document-malformed', { place: { file, line, column: start + 1 }, problem })
    }
    cells.push(unquoted(text.slice(start, end)))
    start = end + 1
  }
  return cells
}

/**
 * Reads the cells of a line as fields: decimal numbers, other text as it is, empty cells as `undefined`.
 *
 * @throws `document-malformed` when the line has more or fewer cells than the header.
 */
export function fieldsOfCsvLine(
  text: string,
  separator: string,
  names: readonly string[],
  file: string,
  line: number,
): readonly Field[] {
  const cells = splitCsvLine(text, separator, file, line)
  if (cells.length !== names.length) {
    const problem = `${cells.length} cells, but the header names ${names.length}`
    throw refuse('document-malformed', { place: { file, line }, problem })
  }
  return cells.map(fieldOf)
}

function fieldOf(cell: string): Field {
  const text = cell.trim()
  if (text === '') return undefined
  return DECIMAL.test(text) ? Number(text) : text
}

/** Index just after the cell that starts at `start`; `undefined` when its quotes do not close properly. */
function cellEnd(text: string, start: number, separator: string): number | undefined {
  if (text[start] !== '"') {
    const end = text.indexOf(separator, start)
    return end < 0 ? text.length : end
  }
  for (let at = text.indexOf('"', start + 1); at >= 0; at = text.indexOf('"', at + 2)) {
    if (text[at + 1] === '"') continue
    return at + 1 === text.length || text[at + 1] === separator ? at + 1 : undefined
  }
  return undefined
}

function unquoted(cell: string): string {
  return cell.startsWith('"') ? cell.slice(1, -1).replaceAll('""', '"') : cell
}
