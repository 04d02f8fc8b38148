/**
 * The table of runs.
 */
import { useSignal } from '@preact/signals'
import type { Signal } from '@preact/signals'
import { useMemo, useRef, useState } from 'preact/hooks'
import { looksOf } from '../base/colour.ts'
import { useKeys } from '../base/keyboard.ts'
import { useEvents } from '../base/live.ts'
import { numberText } from '../base/number-text.ts'
import { goTo } from '../base/route.ts'
import { cellNumber } from '../base/wire-value.ts'
import { Grid } from '../table/grid.tsx'
import type { Range } from '../table/visible-range.ts'
import { GroupCell, HeadCell, ValueCell, runAddress } from './cells.tsx'
import { ColumnHead } from './column-head.tsx'
import { hasCurve } from './columns.ts'
import type { RunColumn } from './columns.ts'
import { runsText } from './completion.ts'
import { curveOf, noteGrown, wantCurves } from './curve-source.ts'
import type { GroupHead } from './row-source.ts'
import { alsoSelect, baseline, goalOf, isWithCurves, known, selected } from './runs-state.ts'
import { setSelected, setWidth, toggleSelected } from './runs-state.ts'
import type { Curve } from './sparkline.tsx'
import { useShownColumns } from './shown-columns.ts'
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
  const shown = useShownColumns()
  const looks = looksOf(selected.value)
  const curves = useCurves(rows)
  useTableKeys(rows, cursor, onOpen)
  const pick = usePick(rows)
  const cell = (row: number, column: RunColumn) => {
    const group = rows.group(row)
    if (group !== undefined) return <GroupContent group={group} row={row} column={column} {...{ rows, open, onOpen }} />
    const head = rows.head(row)
    if (head === undefined) return <span class="pending" aria-label="loading" />
    if (column.kind === 'select') return <SelectBox id={head.id} onPick={(isRange) => pick(row, isRange)} />
    if (column.kind === 'head') return <HeadCell head={head} field={column.id} colour={looks.get(head.id)?.colour} />
    const value = rows.cell(row, column.id)
    const number = cellNumber(value)
    return (
      <ValueCell
        cell={value}
        curve={curves.of(head.id, column)}
        field={column.id}
        isBest={number !== undefined && number === rows.best(column.id)}
      />
    )
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
      onSight={(range, sighted) => {
        rows.want(range, sighted)
        curves.want(range, sighted)
      }}
    />
  )
}

interface GroupContentProps extends RunTableProps {
  readonly group: GroupHead
  readonly row: number
  readonly column: RunColumn
}

/** What stands in a row of a group. */
function GroupContent({ group, row, column, rows, open, onOpen }: GroupContentProps) {
  if (column.kind === 'select') return <GroupToggle group={group.key} isOpen={open.has(group.key)} onOpen={onOpen} />
  if (column.id === 'name') return <GroupTitle group={group} />
  const cell = rows.groupCell(row, column.id)
  const isBest = cell?.spread != null && cell.spread.mean === rows.bestMean(column.id)
  return <GroupCell cell={cell} runs={group.runs} column={column} isBest={isBest} />
}

/** The small curves of rows and columns in sight. */
function useCurves(rows: TableRows) {
  const isOn = isWithCurves.value
  const metricOf = useMemo(
    () => new Map(known.value.metrics.map(({ field, key }) => [field, key] as const)),
    [known.value],
  )
  useEvents(noteGrown, [])
  return {
    of: (run: string, column: RunColumn): Curve | null | undefined => {
      const metric = hasCurve(column, isOn) ? metricOf.get(column.id) : undefined
      return metric === undefined ? undefined : curveOf(run, metric)
    },
    want: ({ from, until }: Range, columns: readonly RunColumn[]): void => {
      const metrics = columns.flatMap((column) => (hasCurve(column, isOn) ? (metricOf.get(column.id) ?? []) : []))
      const places = Array.from({ length: Math.max(0, until - from) }, (_, at) => from + at)
      if (metrics.length > 0)
        wantCurves(
          places.flatMap((row) => rows.head(row)?.id ?? []),
          metrics,
        )
    },
  }
}

/** Selects a run; with Shift every run between it and the one that was picked before. */
function usePick(rows: TableRows): (row: number, isRange: boolean) => void {
  const before = useRef<number | undefined>(undefined)
  return (row, isRange) => {
    const start = before.current
    before.current = row
    if (!isRange || start === undefined) {
      const id = rows.head(row)?.id
      if (id !== undefined) toggleSelected(id)
      return
    }
    const [from, until] = [Math.min(start, row), Math.max(start, row) + 1]
    alsoSelect(
      Array.from({ length: until - from }, (_, at) => rows.head(from + at)?.id ?? '').filter((id) => id !== ''),
    )
  }
}

function rowKeyOf(rows: TableRows, row: number): string {
  const group = rows.group(row)
  return group === undefined ? (rows.head(row)?.id ?? `row ${row}`) : `group ${group.key}`
}

function rowClassOf(rows: TableRows, row: number): string {
  if (rows.group(row) !== undefined) return 'group-row'
  const id = rows.head(row)?.id ?? ''
  const isBaseline = id !== '' && baseline.value === id
  return `${selected.value.includes(id) ? 'is-selected' : ''} ${isBaseline ? 'is-baseline' : ''}`
}

function SelectBox({ id, onPick }: { id: string; onPick: (isRange: boolean) => void }) {
  return (
    <input
      type="checkbox"
      aria-label="Select this run"
      checked={selected.value.includes(id)}
      onClick={(event) => onPick(event.shiftKey)}
    />
  )
}

function GroupToggle({ group, isOpen, onOpen }: { group: string; isOpen: boolean; onOpen: (key: string) => void }) {
  return (
    <button class="quiet toggle" aria-expanded={isOpen} aria-label="Runs of this group" onClick={() => onOpen(group)}>
      {isOpen ? '▾' : '▸'}
    </button>
  )
}

function GroupTitle({ group: { value, runs } }: { group: GroupHead }) {
  return (
    <span title={value ?? undefined}>
      <b>{value === null ? 'without' : shortValue(value)}</b> <span class="muted">{runsText(runs)}</span>
    </span>
  )
}

/** Long numbers are rounded; the whole one is in the title. */
function shortValue(value: string): string {
  const number = Number(value)
  return value.length > 9 && Number.isFinite(number) ? numberText(number) : value
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
    if (group !== undefined) latest.current.onOpen(group.key)
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
