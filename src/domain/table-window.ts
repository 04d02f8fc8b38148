/**
 * A window of a table that is known whole: searched, sorted, cut.
 */
import { compareText } from '../base/order.ts'
import type { Column } from './dataset.ts'
import { refuse } from './failure.ts'

/** One cell; `null` where the row has none. */
export type Cell = string | null

/** A table, whole. */
export interface TextTable {
  readonly columns: readonly Column[]
  readonly rows: readonly (readonly Cell[])[]
  /** Some columns or cells are not shown. */
  readonly isCut: boolean
}

/** A table with the order it was last sorted in, so that its windows need not sort it anew. */
export interface WholeTable extends TextTable {
  order?: { readonly by: string; readonly rows: readonly number[] }
}

/** Which rows. */
export interface WindowQuestion {
  readonly from: number
  readonly count: number
  /** A column, with `-` before it for the greatest first. */
  readonly sort?: string | undefined
  /** Rows with this text in a cell, whatever the case. */
  readonly search?: string | undefined
}

/** Rows of a table. */
export interface RowWindow {
  readonly rows: readonly (readonly Cell[])[]
  /** Of all rows that are searched for. */
  readonly total: number
}

/** Answers a question about a whole table. @throws `usage-invalid` for a column that it does not have */
export function windowOfTable(table: WholeTable, { from, count, sort, search }: WindowQuestion): RowWindow {
  const all = sort === undefined ? table.rows.map((_, index) => index) : orderOf(table, sort)
  const wanted = search?.toLowerCase()
  const found = wanted === undefined ? all : all.filter((index) => hasText(table.rows[index], wanted))
  return { rows: found.slice(from, from + count).map((index) => table.rows[index] ?? []), total: found.length }
}

function hasText(row: readonly Cell[] | undefined, wanted: string): boolean {
  return row?.some((cell) => cell !== null && cell.toLowerCase().includes(wanted)) === true
}

/** Numbers by value, all else by text; rows without the cell come last either way. */
function orderOf(table: WholeTable, sort: string): readonly number[] {
  if (table.order?.by === sort) return table.order.rows
  const name = sort.replace(/^-/, '')
  const at = table.columns.findIndex((column) => column.name === name)
  if (at < 0) throw refuse('usage-invalid', { problem: `the table has no column ${name}` })
  const type = table.columns[at]?.type ?? ''
  const sign = sort.startsWith('-') ? -1 : 1
  const keys = table.rows.map((row) => keyOf(row[at] ?? null, type))
  const rows = table.rows.map((_, index) => index).sort((left, right) => compared(keys[left], keys[right], sign))
  table.order = { by: sort, rows }
  return rows
}

/** Types of numbers, as texts look and as Parquet says. */
const NUMBERS = /^(?:integer|u?int\d+|float(?:16)?|double|decimal\([\d, ]+\))$/

type Key = string | number | bigint | undefined

function keyOf(cell: Cell, type: string): Key {
  if (cell === null || cell === '') return undefined
  // A fraction of a second comes after none, and would come before the letter.
  if (type.startsWith('timestamp')) return cell.replace(/Z$/, '')
  if (!NUMBERS.test(type)) return cell
  const number = Number(cell)
  if (Number.isNaN(number)) return undefined
  return Number.isSafeInteger(number) || !/^-?\d+$/.test(cell) ? number : BigInt(cell)
}

function compared(left: Key, right: Key, sign: number): number {
  if (left === undefined || right === undefined) return left === right ? 0 : left === undefined ? 1 : -1
  if (typeof left !== 'string' && typeof right !== 'string') return left < right ? -sign : left > right ? sign : 0
  return sign * compareText(String(left), String(right))
}
