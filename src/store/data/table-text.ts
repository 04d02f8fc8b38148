/**
 * Tables as text: CSV, TSV, JSON Lines, read in windows; and JSON documents that are tables, read whole.
 */
import { isValueList, isValueMap } from '../../base/value.ts'
import type { Value } from '../../base/value.ts'
import type { Column } from '../../domain/dataset.ts'
import { Failure } from '../../domain/failure.ts'
import type { Cell, TextTable } from '../../domain/table-window.ts'
import { readStrictJson } from '../documents/strict-json.ts'
import { typedByCells } from './column-types.ts'
import type { RowFormat, TextRow } from './row-map.ts'
import { cellText, delimitedCells, LIMIT_COLUMNS, objectCells } from './table-cells.ts'

/** How a table is written. */
export type TableFormat = 'csv' | 'tsv' | 'jsonl' | 'json'

const FORMATS: readonly (readonly [ending: RegExp, format: TableFormat])[] = [
  [/\.csv$/i, 'csv'],
  [/\.tsv$/i, 'tsv'],
  [/\.(?:jsonl|ndjson)$/i, 'jsonl'],
  [/\.json$/i, 'json'],
]

const BYTE_ORDER_MARK = /^\ufeff/

/** How a file of this name holds a table, if it does. */
export function tableFormatOf(path: string): TableFormat | undefined {
  return FORMATS.find(([ending]) => ending.test(path))?.[1]
}

/** How the rows of a format stand in its text. */
export function rowFormatOf(format: TableFormat): RowFormat {
  const separator = format === 'csv' ? 44 : format === 'tsv' ? 9 : undefined
  return { separator, countsEmpty: false }
}

/** Rows before those that hold values. */
export function headerRows(format: TableFormat): number {
  return format === 'csv' || format === 'tsv' ? 1 : 0
}

/** Names and types of columns as the first rows, header included, look. */
export function columnsOfRows(format: TableFormat, first: readonly TextRow[]): readonly Column[] {
  if (format === 'jsonl') return columnsOfObjects([], first)
  const separator = separatorOf(format)
  const [head, ...rows] = first.map(({ text }) => delimitedCells(text.replace(BYTE_ORDER_MARK, ''), separator).cells)
  return typedByCells(uniqueNames(head ?? []), rows)
}

/**
 * Rows of text as cells, beside what is known of the columns; columns that only these rows have come last. The columns
 * that come back are what is known for the next rows: then an index means the same column in all of them.
 */
export function tableOfRows(format: TableFormat, known: readonly Column[], rows: readonly TextRow[]): TextTable {
  if (format === 'jsonl') {
    const columns = columnsOfObjects(known, rows)
    const cells = rows.map(({ text }) => {
      const row = objectCells(text)
      return columns.map(({ name }, index) =>
        row === undefined ? (index === 0 ? text : null) : (row.get(name) ?? null),
      )
    })
    return { columns, rows: cells, isCut: columns.length >= LIMIT_COLUMNS }
  }
  const found = rows.map(({ text }) => delimitedCells(text, separatorOf(format)))
  return {
    columns: known,
    rows: found.map(({ cells }) => known.map((_, index) => cells[index] ?? null)),
    isCut: rows.some((row) => row.isCut) || found.some(({ count }) => count > known.length),
  }
}

/**
 * The table in a JSON document: a list of objects, or the one member of an object that is such a list (as DVCLive
 * writes `{"roc": [...]}`). `undefined` when it holds none.
 */
export function tableOfDocument(document: Value, limitRows: number): TextTable | undefined {
  const list = isValueMap(document) ? [...document.values()].find(isRowList) : document
  if (list === undefined || !isRowList(list)) return undefined
  const columns = new Map<string, Cell[]>()
  const rows = list.slice(0, limitRows)
  for (const row of rows) {
    if (!isValueMap(row)) continue
    for (const name of row.keys()) if (columns.size < LIMIT_COLUMNS && !columns.has(name)) columns.set(name, [])
  }
  const names = [...columns.keys()]
  const cells = rows.map((row) => names.map((name) => (isValueMap(row) ? cellText(row.get(name) ?? null) : null)))
  const sample = cells.slice(0, 256).map((row) => row.map((cell) => cell ?? ''))
  return { columns: typedByCells(names, sample), rows: cells, isCut: list.length > rows.length }
}

/** A document of more lists and objects is none that anybody looks at row by row. */
const LIMIT_PARTS = 250_000

/** A JSON document, `undefined` when it is none or has too many parts to be read while somebody waits. */
export function jsonDocument(text: string, path: string): Value | undefined {
  if (partsOf(text) > LIMIT_PARTS) return undefined
  try {
    return readStrictJson(text.replace(BYTE_ORDER_MARK, ''), path, { nonFinite: true })
  } catch (caught) {
    if (caught instanceof Failure) return undefined
    throw caught
  }
}

function partsOf(text: string): number {
  let count = 0
  for (let at = text.search(/[{[]/); at >= 0 && at < text.length; at += 1) {
    const code = text.charCodeAt(at)
    if (code === 91 || code === 123) count += 1
  }
  return count
}

function isRowList(value: Value): value is readonly Value[] {
  return isValueList(value) && value.length > 0 && value.every(isValueMap)
}

function separatorOf(format: TableFormat): string {
  return format === 'tsv' ? '\t' : ','
}

/** Two columns of one name could not be told apart, and a name that is missing could not be asked for. */
export function uniqueNames(names: readonly string[]): readonly string[] {
  const taken = new Set<string>()
  return names.map((name, index) => {
    let unique = name === '' ? `column ${index + 1}` : name
    for (let number = 2; taken.has(unique); number += 1) unique = `${name} (${number})`
    taken.add(unique)
    return unique
  })
}

function columnsOfObjects(known: readonly Column[], rows: readonly TextRow[]): readonly Column[] {
  const cells = new Map<string, string[]>()
  for (const { name } of known) cells.set(name, [])
  for (const { text } of rows) {
    for (const [name, cell] of objectCells(text) ?? []) {
      const values = cells.get(name) ?? []
      if (values.length === 0 && cells.size >= LIMIT_COLUMNS && !cells.has(name)) continue
      values.push(cell ?? '')
      cells.set(name, values)
    }
  }
  if (cells.size === 0 && rows.length > 0) return [{ name: 'line', type: 'text' }]
  const types = new Map(known.map(({ name, type }) => [name, type]))
  return [...cells].map(([name, values]) => {
    const type =
      types.get(name) ??
      typedByCells(
        [name],
        values.map((value) => [value]),
      )[0]?.type
    return type === undefined ? { name } : { name, type }
  })
}
