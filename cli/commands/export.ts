/**
 * `mlv export`: runs as a table for pandas, DuckDB, Spark and spreadsheets.
 */
import { jsonText } from '../../src/base/json-text.ts'
import { valueMap } from '../../src/base/value.ts'
import type { Value, ValueMap } from '../../src/base/value.ts'
import { refuse } from '../../src/domain/failure.ts'
import { exportRuns, writeExport, writeParquet } from '../../src/ops/read/export-runs.ts'
import type { ExportColumn, ExportTable } from '../../src/ops/read/export-runs.ts'
import type { SqlValue } from '../../src/ops/read/query-sql.ts'
import { defineCommand } from '../command.ts'
import { AT } from '../common-options.ts'
import { EXIT } from '../exit-code.ts'
import { csvLine } from '../format/csv.ts'
import { integer } from '../json/json-members.ts'
import { choice, flag, text } from '../option.ts'

/** The command. */
export const exportCommand = defineCommand({
  name: 'export',
  summary: 'Write runs as CSV, JSON Lines or Parquet',
  details: [
    'One row a run, newest first: the columns of the table runs of mlv sql, then param.KEY and metric.KEY (its last',
    'value). With --long one row a metric of a run: the columns of the table metrics.',
    'In CSV a text that a spreadsheet would compute has an apostrophe before it; JSON Lines and Parquet have every',
    'text as it is. Parquet needs --output.',
  ],
  arguments: {},
  options: {
    format: choice('--format <format>', 'how to write it', ['csv', 'jsonl', 'parquet']),
    long: flag('--long', 'one row a metric of a run'),
    filter: text('-f, --filter <expression>', 'only runs that match, as in mlv ls'),
    archived: flag('-a, --all', 'archived runs too'),
    output: text('-o, --output <file>', 'write it to a file; a file that is there is replaced'),
    at: AT,
  },
  examples: [
    { line: 'mlv export --format csv > runs.csv', does: 'a spreadsheet' },
    { line: 'mlv export --format parquet --output runs.parquet', does: 'for pandas.read_parquet or DuckDB' },
    { line: "mlv export --long -f 'experiment = churn' --format jsonl", does: 'every metric of one experiment' },
  ],
  run: async ({ output, withRepository }, _, { format, long, output: file, ...query }) => {
    if (file === undefined && format === 'parquet') {
      throw refuse('usage-invalid', { problem: 'Parquet is not text: name a file with --output' })
    }
    if (file === undefined && output.isJson) {
      throw refuse('usage-invalid', { problem: '--json tells what was written: name a file with --output' })
    }
    const table = await withRepository(async (repository) => {
      const made = await exportRuns(repository, { ...query, table: long ? 'metrics' : 'runs' })
      if (file === undefined) return made
      if (format === 'parquet') await writeParquet(repository, made, file)
      else
        await writeExport(
          repository,
          Buffer.from(
            linesOf(made, format)
              .map((line) => `${line}\n`)
              .join(''),
          ),
          file,
        )
      return made
    })
    if (file === undefined) output.records(linesOf(table, format === 'csv' ? 'csv' : 'jsonl'))
    else {
      output.answer(
        () => exportJson(table, { file, format }),
        () => [[`wrote ${table.rows.length} rows of ${table.columns.length} columns to ${file}`]],
      )
    }
    return EXIT.ok
  },
})

/** What was written, as JSON. */
export function exportJson(
  { columns, rows }: ExportTable,
  { file, format }: { readonly file: string; readonly format: string },
): ValueMap {
  return valueMap({ file, format, rows: integer(rows.length), columns: columns.map(({ name }) => name) })
}

function linesOf({ columns, rows }: ExportTable, format: 'csv' | 'jsonl'): readonly string[] {
  if (format === 'csv') {
    const titles = csvLine(columns.map(({ name }) => name))
    return [titles, ...rows.map((row) => csvLine(row.map(cellText)))]
  }
  return rows.map((row) => {
    const members = columns.flatMap((column, index): readonly (readonly [string, Value])[] => {
      const value = row[index] ?? null
      return value === null ? [] : [[column.name, cellJson(column, value)]]
    })
    return jsonText(new Map(members))
  })
}

function cellText(value: SqlValue): string {
  return value === null ? '' : String(value)
}

function cellJson({ type }: ExportColumn, value: SqlValue): Value {
  if (type === 'boolean') return value === 1
  return type === 'integer' && typeof value === 'number' ? BigInt(value) : value
}
