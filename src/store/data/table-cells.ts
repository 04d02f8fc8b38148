/**
 * Rows of text as cells to show. A row that is not written well is shown as it stands: a page is no judge of files.
 */
import { jsonFloat, jsonText } from '../../base/json-text.ts'
import { isScalar, isValueMap } from '../../base/value.ts'
import type { Value } from '../../base/value.ts'
import { Failure } from '../../domain/failure.ts'
import { readStrictJson } from '../documents/strict-json.ts'

/** More columns than these are not shown. */
export const LIMIT_COLUMNS = 2000
/** Longer cells are shown cut. */
export const LIMIT_CELL_CHARACTERS = 2000

/** Cells of a delimited row, quotes removed, at most as many as are shown; more are only counted. */
export function delimitedCells(
  text: string,
  separator: string,
): { readonly cells: readonly string[]; readonly count: number } {
  const cells: string[] = []
  let count = 0
  for (let start = 0; start <= text.length;) {
    const end = cellEnd(text, start, separator)
    if (count < LIMIT_COLUMNS) cells.push(cutCell(unquoted(text.slice(start, end))))
    count += 1
    start = end + separator.length
  }
  return { cells, count }
}

/** Members of a JSON row by name, `undefined` when it is no object: numbers with all their digits, lists as JSON. */
export function objectCells(text: string): ReadonlyMap<string, string | null> | undefined {
  try {
    const row = readStrictJson(text, 'row', { nonFinite: true })
    return isValueMap(row) ? new Map([...row].map(([name, value]) => [name, cellText(value)])) : undefined
  } catch (caught) {
    if (caught instanceof Failure) return undefined
    throw caught
  }
}

/** A value of a document as a cell; `null` for nothing. */
export function cellText(value: Value): string | null {
  if (value === null) return null
  if (typeof value === 'number') return Number.isFinite(value) ? jsonFloat(value) : String(value)
  return cutCell(isScalar(value) ? String(value) : jsonText(value))
}

/** A cell as far as it is shown. */
export function cutCell(text: string): string {
  return text.length > LIMIT_CELL_CHARACTERS ? `${text.slice(0, LIMIT_CELL_CHARACTERS)}…` : text
}

/** Where a cell ends. A quote that is not closed, or is followed by more, goes on to the next separator. */
function cellEnd(text: string, start: number, separator: string): number {
  if (text[start] === '"') {
    for (let at = text.indexOf('"', start + 1); at >= 0; at = text.indexOf('"', at + 2)) {
      if (text[at + 1] === '"') continue
      if (at + 1 === text.length || text.startsWith(separator, at + 1)) return at + 1
      break
    }
  }
  const end = text.indexOf(separator, start)
  return end < 0 ? text.length : end
}

function unquoted(cell: string): string {
  const isQuoted = cell.length > 1 && cell.startsWith('"') && cell.endsWith('"')
  return isQuoted ? cell.slice(1, -1).replaceAll('""', '"') : cell
}
