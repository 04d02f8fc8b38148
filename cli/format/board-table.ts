/**
 * The board for a terminal, for programs, as Markdown and as CSV. But for ages on a terminal it holds nothing of the
 * moment it is printed in, so that the board of a past date is the copy that was saved then, byte for byte.
 */
import { instantMs } from '../../src/base/clock.ts'
import type { MetricKey } from '../../src/domain/key.ts'
import type { Goal } from '../../src/domain/metric.ts'
import type { Board, BoardRow, BoardValue } from '../../src/ops/read/read-board.ts'
import { column, textOf } from './columns.ts'
import type { Column, Table } from './columns.ts'
import { csvLine } from './csv.ts'
import { styled } from './line.ts'
import type { Span } from './line.ts'
import { tableCode } from './markdown-code.ts'
import { metricName } from './metric-change.ts'
import { exactNumberText, numberText } from './number.ts'
import type { Reader } from './run-table.ts'
import { agoText } from './time.ts'

/** The table of `mlv board`; a person sees a star at what is best and ages up to `reader.nowMs`. */
export function boardTable(board: Board, reader: Reader): Table {
  return reader.isPerson ? tableForPerson(board, reader.nowMs) : tableForProgram(board)
}

/** The board as a Markdown table, one string a line: the best in bold, names in code. */
export function boardMarkdown(board: Board): readonly string[] {
  const titles = board.metrics.map((key) => `${tableCode(key)}${metricName('', goalOf(board, key))}`)
  const rows = board.rows.map(({ model, version, alias, values }) => [
    tableCode(model),
    `v${version.number}`,
    alias.at.slice(0, 10),
    ...board.metrics.map((key) => boldWhenBest(values.get(key))),
  ])
  const head = ['model', 'version', 'since', ...titles]
  const rule = head.map((_, index) => (index < 3 ? '---' : '---:'))
  return [head, rule, ...rows].map((cells) => `| ${cells.join(' | ')} |`)
}

/** The board as CSV (RFC 4180, but with plain line ends), one string a line, every digit. */
export function boardCsv(board: Board): readonly string[] {
  const { columns, rows } = tableForProgram(board)
  return [columns.map(({ title }) => title), ...rows.map((row) => row.map(textOf))].map(csvLine)
}

function tableForPerson(board: Board, nowMs: number): Table {
  const metrics = board.metrics.map((key): Column => {
    return { ...column(metricName(key, goalOf(board, key)), 'right'), whenNarrow: 'drop' }
  })
  return {
    columns: [column('model'), column('version'), column('since'), ...metrics],
    rows: board.rows.map(({ model, version, alias, values }) => [
      styled('subject', model),
      `v${version.number}`,
      agoText(instantMs(alias.at), nowMs),
      ...board.metrics.map((key) => starWhenBest(values.get(key))),
    ]),
  }
}

function tableForProgram(board: Board): Table {
  const titles = ['model', 'alias', 'version', 'since', 'created', ...board.metrics, 'best']
  return {
    columns: titles.map((title) => column(title)),
    rows: board.rows.map((row) => [
      row.model,
      row.alias.name,
      `v${row.version.number}`,
      row.alias.at,
      row.version.createdAt,
      ...board.metrics.map((key) => {
        const value = row.values.get(key)?.value
        return value === undefined ? '' : exactNumberText(value)
      }),
      bestOf(row, board.metrics),
    ]),
  }
}

function bestOf({ values }: BoardRow, keys: readonly MetricKey[]): string {
  return keys.filter((key) => values.get(key)?.isBest === true).join(', ')
}

/** The goal of the first model that declares one. */
function goalOf({ rows }: Board, key: MetricKey): Goal {
  const goals = rows.map(({ values }) => values.get(key)?.rule.goal ?? 'none')
  return goals.find((goal) => goal !== 'none') ?? 'none'
}

function starWhenBest(found: BoardValue | undefined): Span {
  if (found === undefined) return ''
  // The space keeps the digits of a column under each other.
  return found.isBest ? styled('good', `${valueText(found)}*`) : `${valueText(found)} `
}

function boldWhenBest(found: BoardValue | undefined): string {
  if (found === undefined) return ''
  const { unit } = found.rule
  const shown = `${numberText(found.value)}${unit === undefined ? '' : ` ${tableCode(unit)}`}`
  return found.isBest ? `**${shown}**` : shown
}

function valueText({ value, rule }: BoardValue): string {
  return `${numberText(value)}${rule.unit === undefined ? '' : ` ${rule.unit}`}`
}
