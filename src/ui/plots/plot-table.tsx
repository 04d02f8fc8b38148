/**
 * A plot as a table, for those who do not see it.
 */
import { SearchedTable } from '../base/facts.tsx'
import { runTitle } from '../base/wire-value.ts'
import { runAddress } from '../runs/cells.tsx'
import { fieldTitle } from '../runs/columns.ts'
import type { FullRow } from '../runs/row-source.ts'

/** Each run with the values the plot shows. */
export function PlotTable({ rows, fields }: { rows: readonly FullRow[]; fields: readonly string[] }) {
  return (
    <SearchedTable
      label="runs of the plot"
      heads={[{ title: 'Run' }, ...fields.map((field) => ({ title: fieldTitle(field), isNumber: true }))]}
      rows={rows}
      nameOf={({ head }) => `${runTitle(head)} ${head.id}`}
      cells={({ head, cells }) => [
        <a href={runAddress(head.id)}>{runTitle(head)}</a>,
        ...fields.map((field) => cells.get(field)?.text ?? '–'),
      ]}
    />
  )
}
