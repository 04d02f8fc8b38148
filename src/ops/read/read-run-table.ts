/**
 * A table that a run recorded, in windows of rows: a large one is read only where somebody looks, a small one can be
 * sorted and searched.
 */
import type { Column } from '../../domain/dataset.ts'
import { refuse } from '../../domain/failure.ts'
import { windowOfTable } from '../../domain/table-window.ts'
import type { Cell, WholeTable, WindowQuestion } from '../../domain/table-window.ts'
import { openRowMap } from '../../store/data/row-map.ts'
import {
  columnsOfRows,
  headerRows,
  jsonDocument,
  rowFormatOf,
  tableFormatOf,
  tableOfDocument,
  tableOfRows,
} from '../../store/data/table-text.ts'
import type { TableFormat } from '../../store/data/table-text.ts'
import type { Repository } from '../repository/repository.ts'
import { openFileParts, readPart } from './open-file-parts.ts'
import type { FileParts } from './open-file-parts.ts'
import { isParquet, openParquet, readParquetWindow, readWholeParquet } from './read-parquet.ts'
import type { KnownTable, TableCache } from './table-cache.ts'

/** Which part of which table. */
export interface TableQuestion extends WindowQuestion {
  readonly revision: string
  readonly path: string
}

/** A window of rows. */
export interface TableWindow {
  readonly run: string
  readonly sizeBytes: number
  readonly isVerified: boolean
  readonly columns: readonly Column[]
  readonly from: number
  readonly rows: readonly (readonly Cell[])[]
  /** Rows in all, or all that are searched for; `undefined` until the whole table was looked through. */
  readonly total: number | undefined
  /** Rows that were found so far. */
  readonly known: number
  /** The table is small enough to be sorted and searched. */
  readonly isSortable: boolean
  /** Some columns, or the ends of long rows, are not shown. */
  readonly isCut: boolean
}

/** Larger tables are neither sorted nor searched nor compared. */
export const LIMIT_WHOLE_BYTES = 8 * 1024 * 1024
/** More rows of a small table are left out: millions of empty rows are small too. */
export const LIMIT_WHOLE_ROWS = 200_000
const WHOLE = { bytes: LIMIT_WHOLE_BYTES, rows: LIMIT_WHOLE_ROWS }
/** Read by one question that looks further than any before. */
const STEP_BYTES = 32 * 1024 * 1024
/** Columns are told by so many rows. */
const SAMPLE_ROWS = 256

/**
 * Reads a window of a table. One far down may come back empty while `total` is not known: ask again to look further.
 *
 * @throws `usage-invalid` for what is no table, what `openFileParts` refuses
 */
export async function readRunTable(
  repository: Repository,
  cache: TableCache,
  question: TableQuestion,
): Promise<TableWindow> {
  const parts = await openFileParts(repository, question.revision, question.path)
  if (isParquet(question.path)) return windowOfParquet(parts, cache, question)
  const format = tableFormatOf(question.path)
  if (format === undefined) throw noTable(question.path)
  const isSortable = parts.sizeBytes <= LIMIT_WHOLE_BYTES
  const isWhole = format === 'json' || question.sort !== undefined || question.search !== undefined
  if (isWhole) return windowOfWhole(await requireWhole(parts, cache), parts, question)
  const { from, count } = question
  const looked = await knownTable(parts, format, cache)
  const { map } = looked
  const header = headerRows(format)
  await map.extend(parts, from + header + count, STEP_BYTES)
  const rows = await map.rows(parts, from + header, count)
  // Nothing may come between these two: windows that are read side by side would each put a column in the same place.
  const table = tableOfRows(format, looked.columns, rows)
  looked.columns = table.columns
  const known = Math.max(0, map.known() - header)
  return {
    ...headOf(parts),
    ...table,
    from,
    total: map.atByte() >= parts.sizeBytes ? known : undefined,
    known,
    isSortable,
  }
}

async function windowOfParquet(parts: FileParts, cache: TableCache, question: TableQuestion): Promise<TableWindow> {
  const { sort, search, from } = question
  if (sort !== undefined || search !== undefined) {
    return windowOfWhole(await requireWhole(parts, cache), parts, question)
  }
  const file = await openParquet(parts, cache, WHOLE)
  const { rows } = file.layout
  const table = await readParquetWindow(file, question)
  return { ...headOf(parts), ...table, from, total: rows, known: rows, isSortable: file.isSmall }
}

/** A small table, whole. `undefined` when the file holds none. @throws `limit-exceeded`, as reading does */
export async function readWholeTable(parts: FileParts, cache: TableCache): Promise<WholeTable | undefined> {
  const { file, sizeBytes } = parts
  const format = tableFormatOf(file.path)
  if (format === undefined && !isParquet(file.path)) return undefined
  if (sizeBytes > LIMIT_WHOLE_BYTES) {
    throw refuse('limit-exceeded', { what: `bytes of ${file.path}`, actual: sizeBytes, limit: LIMIT_WHOLE_BYTES })
  }
  // Bytes that two names hold are read as each of them says.
  return cache.whole(`${file.sha256} ${format ?? ''}`, async () => {
    if (format === undefined) return readWholeParquet(parts, cache, WHOLE)
    if (format === 'json') {
      const text = Buffer.from(await readPart(parts, 0, sizeBytes)).toString('utf8')
      const document = jsonDocument(text, file.path)
      return document === undefined ? undefined : tableOfDocument(document, LIMIT_WHOLE_ROWS)
    }
    return wholeText(parts, format)
  })
}

async function wholeText(parts: FileParts, format: TableFormat): Promise<WholeTable> {
  const map = openRowMap(rowFormatOf(format))
  const header = headerRows(format)
  await map.extend(parts, LIMIT_WHOLE_ROWS + header, LIMIT_WHOLE_BYTES)
  let columns = columnsOfRows(format, await map.rows(parts, 0, SAMPLE_ROWS))
  const rows: (readonly Cell[])[] = []
  let isCut = map.known() > LIMIT_WHOLE_ROWS + header
  while (rows.length < LIMIT_WHOLE_ROWS) {
    const found = await map.rows(parts, rows.length + header, 4096)
    if (found.length === 0) break
    const table = tableOfRows(format, columns, found)
    columns = table.columns
    isCut ||= table.isCut
    for (const row of table.rows) rows.push(row)
  }
  return { columns, rows, isCut }
}

async function requireWhole(parts: FileParts, cache: TableCache): Promise<WholeTable> {
  const table = await readWholeTable(parts, cache)
  if (table === undefined) throw noTable(parts.file.path)
  return table
}

function noTable(path: string): Error {
  return refuse('usage-invalid', { problem: `${path} is no table of CSV, TSV, JSON Lines, JSON or Parquet` })
}

function knownTable(parts: FileParts, format: TableFormat, cache: TableCache): Promise<KnownTable> {
  return cache.known(`${parts.file.sha256} ${format}`, async () => {
    const map = openRowMap(rowFormatOf(format))
    await map.extend(parts, SAMPLE_ROWS, STEP_BYTES / 8)
    return { map, columns: columnsOfRows(format, await map.rows(parts, 0, SAMPLE_ROWS)) }
  })
}

function headOf({ run, sizeBytes, isVerified }: FileParts): Pick<TableWindow, 'run' | 'sizeBytes' | 'isVerified'> {
  return { run, sizeBytes, isVerified }
}

function windowOfWhole(table: WholeTable, parts: FileParts, question: TableQuestion): TableWindow {
  const { columns, isCut } = table
  const { rows, total } = windowOfTable(table, question)
  return { ...headOf(parts), columns, from: question.from, rows, total, known: total, isSortable: true, isCut }
}
