/**
 * Rows that the page orders itself: grouped by a field.
 */
import type { WireRunHead } from '../../server/wire.ts'
import { cellNumber } from '../base/wire-value.ts'
import type { FullRow } from './row-source.ts'

/** One row of the table: a run, or a group of runs. */
export type TableRow = { readonly kind: 'run'; readonly row: FullRow } | RunGroup

/** Runs with one value of the field they are grouped by. */
export interface RunGroup {
  readonly kind: 'group'
  /** The value as text; empty for the runs without one. */
  readonly value: string
  readonly rows: readonly FullRow[]
}

/** Mean and spread of the numbers of a group. */
export interface Spread {
  readonly mean: number
  /** The standard deviation of a sample; 0 for one number. */
  readonly deviation: number
  readonly min: number
  readonly max: number
  readonly count: number
}

/** Groups rows by a field, in the order their values are met. */
export function groupRows(rows: readonly FullRow[], field: string): readonly RunGroup[] {
  const groups = new Map<string, FullRow[]>()
  for (const row of rows) {
    const value = String(valueOf(row, field) ?? '')
    const present = groups.get(value)
    if (present === undefined) groups.set(value, [row])
    else present.push(row)
  }
  const ordered = [...groups].map(([value, members]): RunGroup => ({ kind: 'group', value, rows: members }))
  return ordered.sort((left, right) => compareValues(asNumber(left.value), asNumber(right.value)))
}

/** Groups and, below each open one, its runs. */
export function rowsOfGroups(groups: readonly RunGroup[], open: ReadonlySet<string>): readonly TableRow[] {
  return groups.flatMap((group): readonly TableRow[] => {
    const runs = open.has(group.value) ? group.rows.map((row): TableRow => ({ kind: 'run', row })) : []
    return [group, ...runs]
  })
}

/** Mean and spread of a field in a group; `undefined` when no run has a number. */
export function spreadOf(rows: readonly FullRow[], field: string): Spread | undefined {
  const numbers = rows.flatMap((row) => cellNumber(row.cells.get(field)) ?? []).filter((one) => Number.isFinite(one))
  const count = numbers.length
  if (count === 0) return undefined
  const mean = numbers.reduce((sum, one) => sum + one, 0) / count
  const squares = numbers.reduce((sum, one) => sum + (one - mean) ** 2, 0)
  const spread = count === 1 ? 0 : Math.sqrt(squares / (count - 1))
  // What is left of adding up equal numbers is no spread.
  const deviation = spread < Math.abs(mean) * 1e-12 ? 0 : spread
  return { mean, deviation, min: Math.min(...numbers), max: Math.max(...numbers), count }
}

/** What a run is grouped by; `undefined` when it has no such value. */
function valueOf(row: FullRow, field: string): number | string | undefined {
  const cell = row.cells.get(field)
  if (cell !== undefined && cell !== null) return cellNumber(cell) ?? cell.text
  return headValue(row.head, field)
}

function headValue(head: WireRunHead, field: string): number | string | undefined {
  switch (field) {
    case 'created':
      return head.startedAt
    case 'elapsed':
      return head.elapsedMs ?? undefined
    case 'tag':
      return head.tags[0]
    case 'model':
      return head.versions[0]?.model
    case 'name':
      return head.name ?? undefined
    case 'branch':
      return head.branch ?? undefined
    case 'experiment':
    case 'status':
    case 'id':
      return head[field]
    default:
      return undefined
  }
}

/** Numbers before texts, and the runs without a value last. */
function compareValues(left: number | string, right: number | string): number {
  const kinds = rankOf(left) - rankOf(right)
  return kinds !== 0 ? kinds : left < right ? -1 : left > right ? 1 : 0
}

function rankOf(value: number | string): number {
  if (value === '') return 2
  return typeof value === 'string' ? 1 : 0
}

function asNumber(text: string): number | string {
  return text.trim() !== '' && Number.isFinite(Number(text)) ? Number(text) : text
}
