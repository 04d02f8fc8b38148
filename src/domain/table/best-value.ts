/**
 * The best value of a column, as the goal of its metric has it.
 */
import type { Field } from '../filter.ts'
import { valueReader } from './field-reader.ts'
import type { TableRows } from './row-view.ts'
import { tableNumber } from './table-cell.ts'
import type { TableNumber } from './table-cell.ts'
import { goalOf } from './table-keys.ts'

/** The rows that were chosen, and the columns that are shown of them. */
export interface ChosenRows {
  readonly table: TableRows
  readonly rows: Uint32Array
  /** For each chunk, a bit a row. */
  readonly bits: readonly Uint32Array[]
  readonly columns: readonly Field[]
  readonly nowMs: number
}

/** The best value of a metric among the chosen rows; `null` for other fields, without a goal, and without a number. */
export function bestValue(chosen: ChosenRows, field: Field): TableNumber | null {
  const goal = goalOfField(chosen, field)
  if (goal === undefined) return null
  const read = valueReader(chosen.table, field, chosen.nowMs)
  let best = NaN
  for (const row of chosen.rows) {
    const value = read(row)
    if (typeof value === 'number') best = better(goal, best, value)
  }
  return Number.isNaN(best) ? null : tableNumber(best)
}

/** Which way is better in a column; absent where neither is. */
export function goalOfField({ table, bits }: ChosenRows, field: Field): 'min' | 'max' | undefined {
  if (field.kind !== 'metric' || field.part === 'count') return undefined
  const goal = goalOf(table.chunks, bits, field.key)
  return goal === 'none' ? undefined : goal
}

/** The better of two; NaN is worse than any other. */
export function better(goal: 'min' | 'max', left: number, right: number): number {
  if (Number.isNaN(left)) return right
  if (Number.isNaN(right)) return left
  return goal === 'min' ? Math.min(left, right) : Math.max(left, right)
}
