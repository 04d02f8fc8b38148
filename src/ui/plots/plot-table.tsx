/**
 * A plot as a table, for those who do not see it.
 */
import { SearchedTable } from '../base/facts.tsx'
import { cellText, runTitle } from '../base/wire-value.ts'
import { runAddress } from '../runs/cells.tsx'
import type { FullRow } from '../runs/row-source.ts'
import { anyFieldTitle } from './plot-axis.ts'
import type { PlotCsv } from './plot-tools.tsx'

/** Each run with the values the plot shows. */
export function PlotTable({ rows, fields }: { rows: readonly FullRow[]; fields: readonly string[] }) {
  return (
    <SearchedTable
      label="runs of the plot"
      heads={[{ title: 'Run' }, ...fields.map((field) => ({ title: anyFieldTitle(field), isNumber: true }))]}
      rows={rows}
      nameOf={({ head }) => `${runTitle(head)} ${head.id}`}
      cells={({ head, cells }) => [
        <a href={runAddress(head.id)}>{runTitle(head)}</a>,
        ...fields.map((field) => {
          const cell = cells.get(field)
          return cell == null ? '–' : <span title={cell.text}>{cellText(cell, field)}</span>
        }),
      ]}
    />
  )
}

/** The same for a spreadsheet. */
export function plotCsv(rows: readonly FullRow[], fields: readonly string[]): PlotCsv {
  return {
    heads: ['run', 'name', ...fields],
    rows: rows.map(({ head, cells }) => [head.id, runTitle(head), ...fields.map((field) => csvCell(cells.get(field)))]),
  }
}

function csvCell(
  cell: { readonly text: string; readonly number: unknown } | null | undefined,
): string | number | undefined {
  return typeof cell?.number === 'number' ? cell.number : cell?.text
}
