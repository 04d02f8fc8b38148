/**
 * Tables: aligned columns for people, tab-separated values for programs.
 */
import { printable } from '../../src/base/printable.ts'
import { cutToWidth, displayWidth } from './display-width.ts'
import { styled } from './line.ts'
import type { Line, Span } from './line.ts'

/** One column of a table. */
export interface Column {
  readonly title: string
  readonly align: 'left' | 'right'
  /**
   * What gives way when the table is too wide: first `drop-first` columns from the last on, then `drop` columns from
   * the last on. A `cut` column takes what room is left.
   */
  readonly whenNarrow: 'keep' | 'cut' | 'drop' | 'drop-first'
  /** Cells it makes do with, so that others need not give way; it takes more where there is room. */
  readonly enough?: number
}

/** A table: one cell a column in each row. */
export interface Table {
  readonly columns: readonly Column[]
  readonly rows: readonly (readonly Span[])[]
}

const GAP = '  '
const LEAST_CUT_WIDTH = 12
/** A column that is cut has this much before a column with `enough` takes more than that. */
const FAIR_CUT_WIDTH = 24

/** A column that keeps its width. */
export function column(title: string, align: Column['align'] = 'left'): Column {
  return { title, align, whenNarrow: 'keep' }
}

/** Draws a table with its titles, no wider than `width` cells where columns allow it. Never wraps. */
export function tableLines(table: Table, width: number | undefined): readonly Line[] {
  return drawTable(table, width).lines
}

/** Draws a table as `tableLines` does, and tells how many columns had no room. */
export function drawTable(
  table: Table,
  width: number | undefined,
): { readonly lines: readonly Line[]; readonly hidden: number } {
  const { columns, rows } = fitTo(table, width)
  const titles = columns.map(({ title }) => styled('faint', title))
  const lines = aligned({ columns, rows: [titles, ...rows] }, width)
  return { lines, hidden: table.columns.length - columns.length }
}

/** Aligns rows without titles; every cell but the last of a row is padded. */
export function alignedRows(rows: readonly (readonly Span[])[], indent = ''): readonly Line[] {
  const count = Math.max(0, ...rows.map((row) => row.length))
  const columns = Array.from({ length: count }, () => column(''))
  return aligned({ columns, rows }, undefined).map((line) => [indent, ...line])
}

/** Writes a table as tab-separated text, one string a row, titles first. Tabs and line ends in cells are escaped. */
export function sheetRows({ columns, rows }: Table): readonly string[] {
  const titles = columns.map(({ title }) => title)
  return [titles, ...rows.map((row) => row.map(textOf))].map((cells) => cells.map(printable).join('\t'))
}

/** The text of a cell without its style. */
export function textOf(span: Span): string {
  return typeof span === 'string' ? span : span.text
}

function aligned({ columns, rows }: Table, width: number | undefined): readonly Line[] {
  const widths = columns.map((_, index) => widthOfColumn(rows, index))
  if (width !== undefined) narrow(columns, widths, width)
  return rows.map((row) => alignedRow(row, columns, widths))
}

/** Takes from the widths what is too much: from the cut column, then where there is more than enough, then again. */
function narrow(columns: readonly Column[], widths: number[], width: number): void {
  const take = (index: number, least: number): void => {
    const own = widths[index] ?? 0
    const excess = totalOf(widths) - width
    if (excess > 0 && own > least) widths[index] = Math.max(least, own - excess)
  }
  const cutAt = columns.findIndex(({ whenNarrow }) => whenNarrow === 'cut')
  take(cutAt, FAIR_CUT_WIDTH)
  for (const [index, { enough }] of columns.entries()) if (enough !== undefined) take(index, enough)
  take(cutAt, LEAST_CUT_WIDTH)
}

function alignedRow(cells: readonly Span[], columns: readonly Column[], widths: readonly number[]): Line {
  // Empty cells at the end would only be spaces that nobody sees.
  const row = cells.slice(0, cells.findLastIndex((cell) => textOf(cell) !== '') + 1)
  return row.flatMap((cell, index) => {
    const width = widths[index] ?? 0
    const shown = cutCell(cell, width)
    const padding = ' '.repeat(Math.max(0, width - displayWidth(textOf(shown))))
    const gap = index === 0 ? [] : [GAP]
    if (columns[index]?.align === 'right') return [...gap, padding, shown]
    return index === row.length - 1 ? [...gap, shown] : [...gap, shown, padding]
  })
}

function cutCell(cell: Span, width: number): Span {
  if (typeof cell === 'string') return cutToWidth(cell, width)
  return { ...cell, text: cutToWidth(cell.text, width) }
}

function fitTo(table: Table, width: number | undefined): Table {
  if (width === undefined || naturalWidth(table) <= width) return table
  const first = lastColumnThat('drop-first', table)
  const at = first < 0 ? lastColumnThat('drop', table) : first
  return at < 0 ? table : fitTo(withoutColumn(table, at), width)
}

function lastColumnThat(whenNarrow: Column['whenNarrow'], { columns }: Table): number {
  return columns.findLastIndex((candidate) => candidate.whenNarrow === whenNarrow)
}

/** The least width the table can be drawn in: columns that may be cut count with the least they can be cut to. */
function naturalWidth({ columns, rows }: Table): number {
  const widths = columns.map(({ title, whenNarrow, enough }, index) => {
    const natural = Math.max(displayWidth(title), widthOfColumn(rows, index))
    return Math.min(natural, whenNarrow === 'cut' ? LEAST_CUT_WIDTH : (enough ?? natural))
  })
  return totalOf(widths)
}

function withoutColumn({ columns, rows }: Table, at: number): Table {
  return { columns: columns.toSpliced(at, 1), rows: rows.map((row) => row.toSpliced(at, 1)) }
}

function widthOfColumn(rows: readonly (readonly Span[])[], index: number): number {
  // No spread of all rows into one call: ten thousand arguments are near what the stack takes.
  return rows.reduce((widest, row) => Math.max(widest, displayWidth(textOf(row[index] ?? ''))), 0)
}

function totalOf(widths: readonly number[]): number {
  return widths.reduce((sum, width) => sum + width, 0) + GAP.length * Math.max(0, widths.length - 1)
}
