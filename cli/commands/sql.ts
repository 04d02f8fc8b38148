/**
 * `mlv sql`: a question in SQL.
 */
import { valueMap } from '../../src/base/value.ts'
import type { Value, ValueMap } from '../../src/base/value.ts'
import { querySql, SQL_TABLES } from '../../src/ops/read/query-sql.ts'
import type { SqlAnswer, SqlValue } from '../../src/ops/read/query-sql.ts'
import { defineCommand } from '../command.ts'
import { AT } from '../common-options.ts'
import { EXIT } from '../exit-code.ts'
import { column } from '../format/columns.ts'
import type { Table } from '../format/columns.ts'
import { exactNumberText } from '../format/number.ts'
import { count, required } from '../option.ts'

/** Columns of a table that help names in one line. */
const HELP_COLUMNS = 8

/** The command. */
export const sqlCommand = defineCommand({
  name: 'sql',
  summary: 'Ask the runs in SQL',
  details: [
    'One SELECT, as SQLite has it, over these tables; nothing can be changed. NaN is NULL. See docs/querying.md.',
    ...Object.entries(SQL_TABLES).flatMap(([table, columns]) => tableWords(table, columns)),
    'Aligned on a terminal; elsewhere tab-separated with a line of titles.',
  ],
  arguments: { query: required('query', 'the question') },
  options: {
    limit: count('-n, --limit <count>', 'at most so many rows; 100000 when not given'),
    timeout: count('--timeout <seconds>', 'stop after so long; 60 when not given'),
    at: AT,
  },
  examples: [
    { line: "mlv sql 'select experiment, count(*) from runs group by experiment'", does: 'runs of each experiment' },
    {
      line: "mlv sql 'select key, avg(last), max(last) from metrics group by key order by key'",
      does: 'every metric over all runs',
    },
  ],
  run: async ({ output, withRepository }, { query }, { limit, timeout, at }) => {
    const answer = await withRepository((repository) =>
      querySql(repository, {
        sql: query,
        ...(at === undefined ? {} : { at }),
        ...(limit === undefined ? {} : { limit }),
        ...(timeout === undefined ? {} : { timeoutMs: timeout * 1000 }),
      }),
    )
    output.answerTable(
      () => sqlJson(answer),
      () => sqlTable(answer),
    )
    if (answer.isCut) output.talk([`there are more than ${answer.rows.length} rows; see --limit`])
    return EXIT.ok
  },
})

/** A table with its columns, so many a line. */
function tableWords(table: string, columns: readonly string[]): readonly string[] {
  const names = columns.map((column) => column.split(' ')[0] ?? '')
  const lines = Array.from({ length: Math.ceil(names.length / HELP_COLUMNS) }, (_, index) => {
    return names.slice(index * HELP_COLUMNS, (index + 1) * HELP_COLUMNS).join(', ')
  })
  return lines.map((line, index) => (index === 0 ? `  ${table}: ${line}` : `    ${line}`))
}

/** The answer as JSON. Numbers without a fraction are integers, as SQLite's have no type of their own. */
export function sqlJson({ columns, rows, isCut }: SqlAnswer): ValueMap {
  return valueMap({ columns, rows: rows.map((row) => row.map(cellJson)), ...(isCut ? { cut: true } : {}) })
}

function cellJson(value: SqlValue): Value {
  return typeof value === 'number' && Number.isSafeInteger(value) && !Object.is(value, -0) ? BigInt(value) : value
}

function sqlTable({ columns, rows }: SqlAnswer): Table {
  const isNumber = columns.map((_, index) => rows.every((row) => typeof row[index] !== 'string'))
  return {
    columns: columns.map((name, index) => column(name, isNumber[index] === true ? 'right' : 'left')),
    rows: rows.map((row) => row.map(cellText)),
  }
}

function cellText(value: SqlValue): string {
  if (value === null) return ''
  return typeof value === 'number' ? exactNumberText(value) : String(value)
}
