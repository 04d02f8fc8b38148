/**
 * A table of rows and columns that draws what is in sight, with heads that sort.
 */
import type { ComponentChildren } from 'preact'
import { useState } from 'preact/hooks'
import { px } from '../base/pixels.ts'
import { Grid } from '../table/grid.tsx'
import type { GridColumn } from '../table/grid.tsx'
import type { Range } from '../table/visible-range.ts'

/** One column. */
export interface DataColumn {
  readonly id: string
  readonly title: string
  /** In pixels. */
  readonly width: number
  readonly isNumber: boolean
  /** What the column holds, under its name. */
  readonly type?: string | undefined
}

/** Rows to draw. */
export interface DataGridProps {
  readonly label: string
  readonly columns: readonly DataColumn[]
  readonly rowCount: number
  readonly cell: (row: number, column: DataColumn) => ComponentChildren
  readonly rowClass?: (row: number) => string
  readonly onSight?: (rows: Range) => void
  /** The id of a column, with `-` before it for the greatest first; empty when unsorted. */
  readonly sort?: string
  /** Absent where rows cannot be sorted. */
  readonly onSort?: ((sort: string) => void) | undefined
}

const ROW_HEIGHT = 28
/** Of a column on a telephone, until it is drawn wider. */
const NARROW_WIDTH = 160
/** With a scroll bar below. */
const HEAD_HEIGHT = 54

/** A grid of data. */
export function DataGrid(props: DataGridProps) {
  const { label, columns, rowCount, cell, rowClass, onSight, sort = '', onSort } = props
  const [widths, setWidths] = useState<Readonly<Record<string, number>>>({})
  // A name that stays would leave a telephone no room for anything else.
  const isWide = innerWidth > 700
  const shown = columns.map((column, index) => {
    return {
      ...column,
      width: widths[column.id] ?? (isWide ? column.width : Math.min(column.width, NARROW_WIDTH)),
      isPinned: index === 0 && isWide && columns.length > 3,
    }
  })
  return (
    <div class="data-grid" style={{ height: px(Math.max(3, rowCount) * ROW_HEIGHT + HEAD_HEIGHT) }}>
      <Grid<DataColumn & GridColumn>
        label={label}
        columns={shown}
        rowCount={rowCount}
        rowHeight={ROW_HEIGHT}
        head={(column) => <Head column={column} sort={sort} onSort={onSort} />}
        cell={(row, column) => (
          <span class={column.isNumber ? 'number cell-number' : 'cell-text'}>{cell(row, column)}</span>
        )}
        rowKey={(row) => String(row)}
        rowClass={rowClass ?? (() => '')}
        cursor={undefined}
        onCursor={() => undefined}
        onResize={(id, width) => setWidths((known) => ({ ...known, [id]: width }))}
        onSight={(rows) => onSight?.(rows)}
      />
    </div>
  )
}

function Head({ column, sort, onSort }: { column: DataColumn; sort: string; onSort: DataGridProps['onSort'] }) {
  const direction = sort === column.id ? ' ↑' : sort === `-${column.id}` ? ' ↓' : ''
  const title = column.type === undefined ? column.title : `${column.title} (${column.type})`
  const look = `grid-title ${column.isNumber ? 'numeric' : ''}`
  if (onSort === undefined) {
    return (
      <span class={look} title={title}>
        {column.title}
      </span>
    )
  }
  // Once for the least first, again for the greatest, and once more for the order of the file.
  const next = sort === column.id ? `-${column.id}` : sort === `-${column.id}` ? '' : column.id
  return (
    <button class={`quiet ${look}`} title={title} onClick={() => onSort(next)}>
      {column.title}
      {direction}
    </button>
  )
}
