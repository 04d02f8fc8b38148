/**
 * The head of a column: its name, how it is sorted, and what can be done with it.
 */
import { useState } from 'preact/hooks'
import type { WireKnownKey } from '../../server/wire.ts'
import { betterText, GoalWord } from '../base/goal-word.tsx'
import { setState } from '../base/route.ts'
import { useMenu } from '../base/use-menu.ts'
import { SUMMARY_PARTS, partOfField } from './columns.ts'
import type { RunColumn } from './columns.ts'
import { fields, groupField, known, selected, setFields, setSelected, sortFields } from './runs-state.ts'
import { moveField, togglePinned, toggleSort } from './runs-state.ts'
import type { TableRows } from './use-rows.ts'

interface ColumnHeadProps {
  readonly column: RunColumn
  readonly goal: WireKnownKey['goal']
  readonly rows: TableRows
}

/** The head of one column. */
export function ColumnHead({ column, goal, rows }: ColumnHeadProps) {
  const [isOpen, setOpen] = useState(false)
  if (column.kind === 'select') return <SelectAll rows={rows} />
  const place = sortFields.value.findIndex((field) => field.replace(/^-/, '') === column.id)
  const direction = place === -1 ? undefined : sortFields.value[place]?.startsWith('-') === true ? '↓' : '↑'
  const isNumeric = column.kind === 'metric' || column.id === 'elapsed' || isNumberColumn(column, rows)
  return (
    <div class={`column-head ${isNumeric ? 'numeric' : ''}`} title={headTitle(column, goal)}>
      <button class="column-title" onClick={(event) => toggleSort(column.id, event.shiftKey)}>
        <span class="column-words">
          <span class="column-name">{column.title}</span>
          {column.kind === 'metric' && <GoalWord goal={goal} />}
        </span>
        {column.part !== '' && <span class="part">{column.part}</span>}
        {direction !== undefined && (
          <span class="sorted">
            {direction}
            {sortFields.value.length > 1 ? place + 1 : ''}
          </span>
        )}
      </button>
      <button
        class="quiet menu-button"
        aria-label={`What to do with ${column.title}`}
        aria-expanded={isOpen}
        onClick={() => setOpen(!isOpen)}
      >
        ⋮
      </button>
      {isOpen && <ColumnMenu column={column} onClose={() => setOpen(false)} />}
    </div>
  )
}

/** Whether the first value that is here is a number. */
function isNumberColumn(column: RunColumn, rows: TableRows): boolean {
  if (column.kind !== 'param') return false
  const LOOKED_AT = 30
  for (let row = 0; row < Math.min(LOOKED_AT, rows.count); row += 1) {
    const group = rows.groupCell(row, column.id)
    if (group !== undefined) return group.spread !== null
    const cell = rows.cell(row, column.id)
    if (cell != null) return cell.number !== null
  }
  return false
}

function headTitle(column: RunColumn, goal: WireKnownKey['goal']): string {
  const better = betterText(goal)
  return `${column.id}${better === '' ? '' : `, ${better}`}. Click to sort, with Shift to sort by several.`
}

function ColumnMenu({ column, onClose }: { column: RunColumn; onClose: () => void }) {
  const closing = (act: () => void) => () => {
    act()
    onClose()
  }
  const replace = (next: string): void => setFields(fields.value.map((field) => (field === column.id ? next : field)))
  const base = partOfField(column.id, known.value).field
  const isMovable = !column.isPinned && fields.value.length > 1
  const menu = useMenu(onClose)
  return (
    <div class="menu" role="menu" {...menu}>
      <MenuItem onPick={closing(() => togglePinned(column.id))}>
        {column.isPinned ? 'Unpin' : 'Pin to the left'}
      </MenuItem>
      <MenuItem onPick={closing(() => toggleSort(column.id, true))}>Sort by this too</MenuItem>
      {isMovable && <MenuItem onPick={closing(() => moveField(column.id, -1))}>Move to the left</MenuItem>}
      {isMovable && <MenuItem onPick={closing(() => moveField(column.id, 1))}>Move to the right</MenuItem>}
      {column.kind !== 'metric' && (
        <MenuItem onPick={closing(() => setState({ group: groupField.value === column.id ? '' : column.id }))}>
          {groupField.value === column.id ? 'Do not group' : 'Group by this'}
        </MenuItem>
      )}
      {column.kind === 'metric' &&
        SUMMARY_PARTS.map((part) => (
          <MenuItem key={part} onPick={closing(() => replace(part === 'last' ? base : `${base}.${part}`))}>
            Show the {part} value
          </MenuItem>
        ))}
      <MenuItem onPick={closing(() => setFields(fields.value.filter((field) => field !== column.id)))}>Hide</MenuItem>
    </div>
  )
}

function MenuItem({ onPick, children }: { onPick: () => void; children: preact.ComponentChildren }) {
  return (
    <button role="menuitem" onClick={onPick}>
      {children}
    </button>
  )
}

/** Selects the runs whose rows were brought, which may be far from all that match, or none. */
function SelectAll({ rows }: { rows: TableRows }) {
  const MOST = 100
  const shown = rows.heads().slice(0, MOST)
  const ids = shown.map(({ id }) => id)
  const isAll = ids.length > 0 && ids.every((id) => selected.value.includes(id))
  return (
    <input
      type="checkbox"
      aria-label="Select the runs that are shown"
      title={`Select the runs that are shown, ${MOST} at most`}
      checked={isAll}
      onChange={() => setSelected(isAll ? [] : ids)}
    />
  )
}
