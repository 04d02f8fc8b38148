/**
 * The runs of a Pareto front.
 */
import type { WireCell } from '../../server/wire.ts'
import { SearchedTable } from '../base/facts.tsx'
import { cellText, runTitle } from '../base/wire-value.ts'
import { runAddress } from '../runs/cells.tsx'
import type { FullRow } from '../runs/row-source.ts'
import { selected, setSelected, toggleSelected } from '../runs/runs-state.ts'
import { anyFieldTitle } from './plot-axis.ts'

/** A list in the order of the front, whose runs can be selected. */
export function ParetoList({ rows, fields }: { rows: readonly FullRow[]; fields: readonly string[] }) {
  const ids = rows.map(({ head }) => head.id)
  return (
    <section class="front-list" aria-label="Pareto front">
      <h3>
        {rows.length} {rows.length === 1 ? 'run' : 'runs'} on the front
        <button disabled={rows.length === 0} onClick={() => setSelected(ids)}>
          Select {rows.length === 1 ? 'it' : 'all'}
        </button>
      </h3>
      <SearchedTable
        label="runs of the front"
        heads={[
          { title: 'Selected' },
          { title: 'Run' },
          ...fields.map((field) => ({ title: anyFieldTitle(field), isNumber: true })),
        ]}
        rows={rows}
        nameOf={({ head }) => `${runTitle(head)} ${head.id}`}
        cells={({ head, cells }) => [
          <input
            type="checkbox"
            aria-label={`Select ${runTitle(head)}`}
            checked={selected.value.includes(head.id)}
            onChange={() => toggleSelected(head.id)}
          />,
          <a href={runAddress(head.id)}>{runTitle(head)}</a>,
          ...fields.map((field) => valueText(cells.get(field), field)),
        ]}
      />
    </section>
  )
}

function valueText(cell: WireCell | null | undefined, field: string): string {
  return cell == null ? '–' : cellText(cell, field)
}
