/**
 * `mlv export`: runs as a table for pandas, DuckDB, Spark and spreadsheets.
 */
import { jsonText } from '../../src/base/json-text.ts'
import { valueMap } from '../../src/base/value.ts'
import type { Value, ValueMap } from '../../src/base/value.ts'
import { refuse } from '../../src/domain/failure.ts'
import { exportPlace, exportRuns, tableLines, writeLines, writeParquet } from '../../src/ops/read/export-runs.ts'
import type { ExportColumn, TableLines } from '../../src/ops/read/export-runs.ts'
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
    await withRepository(async (repository) => {
      const path = file === undefined ? undefined : await exportPlace(repository, file)
      const table = await exportRuns(repository, { ...query, table: long ? 'metrics' : 'runs' })
      if (file === undefined || path === undefined) {
        const lines = tableLines(table, format === 'csv' ? CSV : JSON_LINES)
        for await (const some of lines) output.records(some)
        return
      }
      const rows =
        format === 'parquet'
          ? await writeParquet(repository, table, path)
          : await writeLines(repository, { table, linesOf: format === 'csv' ? CSV : JSON_LINES }, path)
      const { columns } = table
      output.answer(
        () => exportJson({ columns, rows }, { file, format }),
        () => [[`wrote ${rows} rows of ${columns.length} columns to ${file}`]],
      )
    })
    return EXIT.ok
  },
})

/** What was written, as JSON. */
export function exportJson(
  { columns, rows }: { readonly columns: readonly ExportColumn[]; readonly rows: number },
  { file, format }: { readonly file: string; readonly format: string },
): ValueMap {
  return valueMap({ file, format, rows: integer(rows), columns: columns.map(({ name }) => name) })
}

const CSV: TableLines = {
  titles: (columns) => [csvLine(columns.map(({ name }) => name))],
  row: (row) => csvLine(row.map(cellText)),
}

const JSON_LINES: TableLines = {
  titles: () => [],
  row: (row, columns) => {
    const members = columns.flatMap((column, index): readonly (readonly [string, Value])[] => {
      const value = row[index] ?? null
      return value === null ? [] : [[column.name, cellJson(column, value)]]
    })
    return jsonText(new Map(members))
  },
}

function cellText(value: SqlValue): string {
  return value === null ? '' : String(value)
}

function cellJson({ type }: ExportColumn, value: SqlValue): Value {
  if (type === 'boolean') return value === 1
  return type === 'integer' && typeof value === 'number' ? BigInt(value) : value
}
