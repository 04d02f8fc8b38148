/**
 * The table of runs.
 */
import { useSignal } from '@preact/signals'
import type { Signal } from '@preact/signals'
import { useRef, useState } from 'preact/hooks'
import { looksOf } from '../base/colour.ts'
import { useKeys } from '../base/keyboard.ts'
import { goTo } from '../base/route.ts'
import { cellNumber } from '../base/wire-value.ts'
import { Grid } from '../table/grid.tsx'
import { goalOf, useBestValues } from './best-cells.ts'
import type { BestValues } from './best-cells.ts'
import { GroupCell, HeadCell, ValueCell, runAddress } from './cells.tsx'
import { ColumnHead } from './column-head.tsx'
import type { RunColumn } from './columns.ts'
import { baseline, columns, filter, isOnlyDiffering, known, selected } from './runs-state.ts'
import { setSelected, setWidth, toggleSelected } from './runs-state.ts'
import type { TableRows } from './use-rows.ts'

const ROW_HEIGHT = 30

/** What the table shows and tells. */
interface RunTableProps {
  readonly rows: TableRows
  readonly open: ReadonlySet<string>
  readonly onOpen: (group: string) => void
}

/** The table of runs, with boxes to select them. */
export function RunTable({ rows, open, onOpen }: RunTableProps) {
  const cursor = useSignal<number | undefined>(undefined)
  const shown = useShownColumns(rows)
  const best = useBestValues(shown, filter.value, rows.total)
  const looks = looksOf(selected.value)
  useTableKeys(rows, cursor, onOpen)
  const cell = (row: number, column: RunColumn) => {
    const group = rows.group(row)
    if (group !== undefined) return groupContent(group.value, column, () => <GroupCell group={group} column={column} />)
    const head = rows.head(row)
    if (head === undefined) return <span class="pending" aria-label="loading" />
    if (column.kind === 'select') return <SelectBox id={head.id} />
    if (column.kind === 'head') return <HeadCell head={head} field={column.id} colour={looks.get(head.id)?.colour} />
    const value = rows.cell(row, column.id)
    return (
      <ValueCell
        cell={value}
        isMetric={column.kind === 'metric'}
        isBest={isBestValue(best, column.id, cellNumber(value))}
      />
    )
  }
  const groupContent = (value: string, column: RunColumn, others: () => preact.ComponentChildren) => {
    if (column.kind === 'select') return <GroupToggle value={value} isOpen={open.has(value)} onOpen={onOpen} />
    return column.id === 'name' ? <GroupTitle value={value} rows={rows} /> : column.kind === 'head' ? null : others()
  }
  return (
    <Grid
      label="Runs"
      columns={shown}
      rowCount={rows.count}
      rowHeight={ROW_HEIGHT}
      head={(column) => <ColumnHead column={column} goal={goalOf(column)} rows={rows} />}
      cell={cell}
      rowKey={(row) => rowKeyOf(rows, row)}
      rowClass={(row) => rowClassOf(rows, row)}
      cursor={cursor.value}
      onCursor={(row) => (cursor.value = row)}
      onResize={setWidth}
      onSight={(range, sighted) => rows.want(range, sighted)}
    />
  )
}

function isBestValue(best: BestValues, field: string, value: number | undefined): boolean {
  return value !== undefined && best.get(field) === value
}

function rowKeyOf(rows: TableRows, row: number): string {
  const group = rows.group(row)
  return group === undefined ? (rows.head(row)?.id ?? `row ${row}`) : `group ${group.value}`
}

function rowClassOf(rows: TableRows, row: number): string {
  if (rows.group(row) !== undefined) return 'group-row'
  const id = rows.head(row)?.id ?? ''
  const isBaseline = id !== '' && baseline.value === id
  return `${selected.value.includes(id) ? 'is-selected' : ''} ${isBaseline ? 'is-baseline' : ''}`
}

function SelectBox({ id }: { id: string }) {
  return (
    <input
      type="checkbox"
      aria-label="Select this run"
      checked={selected.value.includes(id)}
      onChange={() => toggleSelected(id)}
    />
  )
}

function GroupToggle({ value, isOpen, onOpen }: { value: string; isOpen: boolean; onOpen: (value: string) => void }) {
  return (
    <button class="quiet toggle" aria-expanded={isOpen} aria-label="Runs of this group" onClick={() => onOpen(value)}>
      {isOpen ? '▾' : '▸'}
    </button>
  )
}

function GroupTitle({ value, rows }: { value: string; rows: TableRows }) {
  const count = Array.from({ length: rows.count }, (_, row) => rows.group(row)).find((g) => g?.value === value)?.rows
    .length
  return (
    <span>
      <b>{value === '' ? 'without' : value}</b>{' '}
      <span class="muted">
        {count} {count === 1 ? 'run' : 'runs'}
      </span>
    </span>
  )
}

/** All columns, or those that differ among the selected runs, or among all when fewer than two are selected. */
function useShownColumns(rows: TableRows): readonly RunColumn[] {
  const all = columns.value
  if (!isOnlyDiffering.value) return all
  const chosen = new Set(selected.value)
  const places = Array.from({ length: rows.count }, (_, row) => row).filter((row) =>
    chosen.has(rows.head(row)?.id ?? ''),
  )
  const varying = new Set(
    [...known.value.metrics, ...known.value.parameters].filter((key) => key.varies).map((key) => key.field),
  )
  return all.filter(({ id, kind, part }) => {
    if (kind !== 'metric' && kind !== 'param') return true
    if (places.length < 2) return varying.has(part === '' ? id : id.slice(0, -part.length - 1))
    return new Set(places.map((row) => rows.cell(row, id)?.text)).size > 1
  })
}

/** Keys for the rows. Two strokes may come before the page is drawn once, so each asks for what is there now. */
function useTableKeys(rows: TableRows, cursor: Signal<number | undefined>, onOpen: (group: string) => void): void {
  const latest = useRef({ rows, onOpen })
  latest.current = { rows, onOpen }
  const move = (step: number): void => {
    const last = latest.current.rows.count - 1
    cursor.value = Math.max(0, Math.min(last, (cursor.peek() ?? -1) + step))
  }
  const act = (onRun: (id: string) => void): void => {
    const at = cursor.peek() ?? -1
    const group = latest.current.rows.group(at)
    const head = latest.current.rows.head(at)
    if (group !== undefined) latest.current.onOpen(group.value)
    else if (head !== undefined) onRun(head.id)
  }
  const [actions] = useState(() => [
    { key: 'j', what: 'next run', run: () => move(1) },
    { key: 'k', what: 'run before', run: () => move(-1) },
    { key: 'x', what: 'select or unselect the run', run: () => act(toggleSelected) },
    { key: 'Enter', what: 'open the run', run: () => act((id) => goTo(runAddress(id))) },
    { key: 'Escape', what: 'select nothing', run: () => setSelected([]) },
  ])
  useKeys(actions)
}
