/**
 * Tables of metrics that loggers write: a row a step, a column a metric, cells empty where nothing was logged.
 */
import { Failure, refuse } from '../../domain/failure.ts'
import { parseTime } from '../../domain/time-text.ts'
import type { Files } from '../files/files.ts'
import { fieldsOfCsvLine, splitCsvLine } from '../inputs/csv-line.ts'
import type { RecordGatherer } from './framework-record.ts'
import { readLineBatches } from '../inputs/input-lines.ts'
import { parseNonFinite } from '../inputs/series-rows.ts'
import type { Field } from '../inputs/series-rows.ts'

/** How a logger writes its table. */
export interface TableLayout {
  readonly separator: string
  /** Columns that may hold the step, most telling first; the one that is used is no metric. */
  readonly steps: readonly string[]
  /** The column with the time, when there is one. */
  readonly time?: string
  /** What a column's metric is called. */
  readonly nameOf: (column: string) => string
}

/** What stands in a cell for nothing: Keras writes `NA` once training was stopped. */
const NOTHING = new Set(['NA', 'None', ''])

/**
 * Reads every row. A line that is no row, as the last one of a killed writer, is told and left out; so is text.
 *
 * Without a step, rows are counted from 0.
 * @throws `file-not-found`, `document-malformed`, `limit-exceeded`, `key-duplicate` for a column that is there twice
 */
export async function readTable(
  files: Files,
  path: string,
  layout: TableLayout,
  gatherer: RecordGatherer,
): Promise<void> {
  let columns: Columns | undefined
  let line = 0
  for await (const batch of readLineBatches(files, path)) {
    for (const text of batch) {
      line += 1
      if (text.trim() === '') continue
      if (columns === undefined) columns = columnsOf(text, layout, { path, line })
      else takeLine(text, columns, { path, line }, gatherer)
    }
  }
}

interface Place {
  readonly path: string
  readonly line: number
}

interface Columns {
  readonly layout: TableLayout
  readonly names: readonly string[]
  readonly steps: readonly number[]
  readonly time: number
  rowCount: number
}

function columnsOf(text: string, layout: TableLayout, { path, line }: Place): Columns {
  const names = splitCsvLine(text, layout.separator, path, line).map((name) => name.trim())
  const repeated = names.find((name, index) => names.indexOf(name) !== index)
  if (repeated !== undefined) throw refuse('key-duplicate', { place: { file: path, line }, key: repeated })
  const steps = layout.steps.map((name) => names.indexOf(name)).filter((index) => index >= 0)
  return { layout, names, steps, time: layout.time === undefined ? -1 : names.indexOf(layout.time), rowCount: 0 }
}

function takeLine(text: string, columns: Columns, { path, line }: Place, gatherer: RecordGatherer): void {
  try {
    takeRow(fieldsOfCsvLine(text, columns.layout.separator, columns.names, path, line), columns, path, gatherer)
  } catch (caught) {
    if (!(caught instanceof Failure)) throw caught
    gatherer.tell(caught.message)
  }
}

function takeRow(fields: readonly Field[], columns: Columns, path: string, gatherer: RecordGatherer): void {
  const { names, layout } = columns
  const stepAt = columns.steps.find((index) => Number.isSafeInteger(fields[index]))
  const step = stepAt === undefined ? columns.rowCount : Number(fields[stepAt])
  const time = fields[columns.time]
  const atMs = time === undefined ? undefined : parseTime(time)
  columns.rowCount += 1
  fields.forEach((field, index) => {
    const column = names[index] ?? ''
    if (index === stepAt || index === columns.time || field === undefined) return
    const value = typeof field === 'number' ? field : parseNonFinite(field)
    if (value !== undefined) gatherer.point(layout.nameOf(column), step, value, atMs)
    else if (!NOTHING.has(String(field))) gatherer.tell(`${path}: column '${column}' holds text, which is left out`)
  })
}
