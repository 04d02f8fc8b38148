/**
 * A table of two runs, row by row: what differs first.
 */
import { useState } from 'preact/hooks'
import type { WireRowState, WireTableCell, WireTables } from '../../server/wire.ts'
import { RefusalNote } from '../base/answer.tsx'
import { DataGrid } from './data-grid.tsx'
import { mediaApi } from './media-api.ts'
import { useWindows } from './use-rows.ts'

const STATES: readonly { readonly id: WireRowState; readonly title: string }[] = [
  { id: 'changed', title: 'changed' },
  { id: 'base', title: 'only in the baseline' },
  { id: 'head', title: 'only in the other' },
  { id: 'equal', title: 'equal' },
]

interface CompareTablesProps {
  readonly base: string
  readonly head: string
  readonly path: string
  readonly headPath: string
  /** The column that names a row, where the table was logged with one. */
  readonly rowKey: string
}

type Row = WireTables['rows'][number]

/** Rows of two tables side by side. */
export function CompareTables({ base, head, path, headPath, rowKey }: CompareTablesProps) {
  const [key, setKey] = useState(rowKey)
  const [only, setOnly] = useState<WireRowState | ''>('')
  const rows = useWindows<Row, WireTables>(
    (from, signal) => mediaApi.tables({ base, head, path, headPath, key, only, from }, signal),
    [base, head, path, headPath, key, only],
  )
  const tables = rows.newest
  if (tables === undefined) {
    return rows.refusal === undefined ? <p class="waiting">Loading…</p> : <RefusalNote refusal={rows.refusal} />
  }
  const columns = [
    { id: '\u0000state', title: 'Row', width: 150, isNumber: false },
    ...tables.columns.map((name) => ({ id: name, title: name, width: 180, isNumber: false })),
  ]
  const places = new Map(tables.columns.map((name, index) => [name, index]))
  return (
    <div class="data-table">
      <TablesBar tables={tables} only={only} onOnly={setOnly} onKey={setKey} />
      {tables.hasRepeatedKeys && (
        <p class="muted small">Some rows have the same key: they are paired in the order in which they come.</p>
      )}
      {rows.refusal !== undefined && <RefusalNote refusal={rows.refusal} />}
      <DataGrid
        label={`Table ${path} of both runs`}
        columns={columns}
        rowCount={tables.total}
        rowClass={(index) => `pair-${rows.at(index)?.state ?? 'equal'}`}
        onSight={rows.onSight}
        cell={(index, column) => {
          const row = rows.at(index)
          if (row === undefined) return <span class="pending" />
          const at = places.get(column.id)
          return at === undefined ? <RowName row={row} /> : <Pair row={row} at={at} />
        }}
      />
    </div>
  )
}

interface TablesBarProps {
  readonly tables: WireTables
  readonly only: WireRowState | ''
  readonly onOnly: (only: WireRowState | '') => void
  readonly onKey: (key: string) => void
}

function TablesBar({ tables, only, onOnly, onKey }: TablesBarProps) {
  return (
    <p class="button-row">
      <label>
        Rows go by{' '}
        <select value={tables.key ?? ''} onChange={({ currentTarget }) => onKey(currentTarget.value)}>
          <option value="">their place</option>
          {tables.columns.map((name) => (
            <option key={name} value={name}>
              {name}
            </option>
          ))}
        </select>
      </label>
      <span class="tabs" role="group" aria-label="Which rows">
        <button aria-pressed={only === ''} onClick={() => onOnly('')}>
          all
        </button>
        {STATES.map(({ id, title }) => (
          <button key={id} aria-pressed={only === id} onClick={() => onOnly(id)}>
            {title} <span class="count">{tables.counts[id].toLocaleString('en-GB')}</span>
          </button>
        ))}
      </span>
    </p>
  )
}

function RowName({ row }: { row: Row }) {
  const { title } = STATES.find(({ id }) => id === row.state) ?? { title: '' }
  const word = { changed: '≠', base: '−', head: '+', equal: '=' }[row.state]
  return (
    <span title={title}>
      <span class={`row-mark ${row.state}`} role="img" aria-label={title}>
        {word}
      </span>{' '}
      {row.key}
    </span>
  )
}

function Pair({ row, at }: { row: Row; at: number }) {
  const [base, head] = [row.base?.[at] ?? null, row.head?.[at] ?? null]
  if (row.state === 'changed' && (base ?? '') !== (head ?? '')) {
    return (
      <span class="pair" title={`${base ?? 'nothing'} → ${head ?? 'nothing'}`}>
        <del>{shown(base)}</del> <ins>{shown(head)}</ins>
      </span>
    )
  }
  return <span>{shown(head ?? base)}</span>
}

function shown(cell: WireTableCell): string {
  return cell ?? '–'
}
