/**
 * A table of any size: rows and columns that are out of sight are no part of the document. Pinned columns stay.
 */
import type { ComponentChildren } from 'preact'
import { useEffect, useLayoutEffect, useMemo, useRef, useState } from 'preact/hooks'
import { px } from '../base/pixels.ts'
import { columnStarts, visibleColumns, visibleRows } from './visible-range.ts'
import type { Range } from './visible-range.ts'

/** One column. */
export interface GridColumn {
  readonly id: string
  /** In pixels. */
  readonly width: number
  readonly isPinned: boolean
}

/** What to show and what to tell. */
export interface GridProps<Column extends GridColumn> {
  readonly label: string
  readonly columns: readonly Column[]
  readonly rowCount: number
  /** In pixels. */
  readonly rowHeight: number
  readonly head: (column: Column) => ComponentChildren
  readonly cell: (row: number, column: Column) => ComponentChildren
  readonly rowKey: (row: number) => string
  readonly rowClass: (row: number) => string
  /** The row that the keyboard is at; it is scrolled into sight when it changes. */
  readonly cursor: number | undefined
  readonly onCursor: (row: number) => void
  readonly onResize: (id: string, width: number) => void
  /** Tells what is in sight, so that it can be brought. */
  readonly onSight: (rows: Range, columns: readonly Column[]) => void
}

const HEAD_HEIGHT = 34

/** A table that draws what is in sight. */
export function Grid<Column extends GridColumn>(props: GridProps<Column>) {
  const box = useRef<HTMLDivElement>(null)
  const view = useView(box)
  const pinned = useMemo(() => props.columns.filter((column) => column.isPinned), [props.columns])
  const loose = useMemo(() => props.columns.filter((column) => !column.isPinned), [props.columns])
  const pinnedWidth = pinned.reduce((sum, { width }) => sum + width, 0)
  const starts = useMemo(() => columnStarts(loose.map(({ width }) => width)), [loose])
  const total = pinnedWidth + (starts.at(-1) ?? 0)
  const rows = visibleRows(view.top, view.height, props.rowHeight, props.rowCount)
  const range = visibleColumns(view.left, Math.max(0, view.width - pinnedWidth), starts)
  const shown = loose.slice(range.from, range.until)
  useEffect(() => props.onSight(rows, [...pinned, ...shown]), [rows.from, rows.until, range.from, range.until, props])
  const pointed = useCursorInSight(box, props.cursor, props.rowHeight)
  const places = { pinned, shown, starts, first: range.from, pinnedWidth, total }
  return (
    <div
      class="grid"
      ref={box}
      role="grid"
      aria-label={props.label}
      aria-rowcount={props.rowCount + 1}
      aria-colcount={props.columns.length}
      tabIndex={0}
    >
      <div class="grid-head" role="row" aria-rowindex={1} style={{ width: px(total), height: px(HEAD_HEIGHT) }}>
        <Cells places={places} role="columnheader" content={props.head} onResize={props.onResize} />
      </div>
      <div class="grid-body" style={{ width: px(total), height: px(props.rowCount * props.rowHeight) }}>
        {indices(rows).map((row) => (
          <div
            key={props.rowKey(row)}
            role="row"
            aria-rowindex={row + 2}
            class={`grid-row ${props.rowClass(row)} ${row === props.cursor ? 'at-cursor' : ''}`}
            style={{ top: px(row * props.rowHeight), height: px(props.rowHeight), width: px(total) }}
            onPointerDown={() => {
              pointed.current = row
              props.onCursor(row)
            }}
          >
            <Cells places={places} role="gridcell" content={(column) => props.cell(row, column)} />
          </div>
        ))}
      </div>
    </div>
  )
}

interface Places<Column> {
  readonly pinned: readonly Column[]
  readonly shown: readonly Column[]
  readonly starts: readonly number[]
  readonly first: number
  readonly pinnedWidth: number
  readonly total: number
}

/** The cells of one row: the pinned ones in a block that stays, the others where they belong. */
function Cells<Column extends GridColumn>({ places, role, content, onResize }: CellsProps<Column>) {
  const one = (column: Column, left: number) => (
    <div key={column.id} role={role} class="grid-cell" style={{ left: px(left), width: px(column.width) }}>
      {content(column)}
      {onResize !== undefined && <ResizeHandle column={column} onResize={onResize} />}
    </div>
  )
  const pinnedStarts = columnStarts(places.pinned.map(({ width }) => width))
  return (
    <>
      <div class="grid-pinned" role="presentation" style={{ width: px(places.pinnedWidth) }}>
        {places.pinned.map((column, index) => one(column, pinnedStarts[index] ?? 0))}
      </div>
      {places.shown.map((column, index) =>
        one(column, places.pinnedWidth + (places.starts[places.first + index] ?? 0)),
      )}
    </>
  )
}

interface CellsProps<Column> {
  readonly places: Places<Column>
  readonly role: 'columnheader' | 'gridcell'
  readonly content: (column: Column) => ComponentChildren
  readonly onResize?: (id: string, width: number) => void
}

/** The edge of a head that can be drawn wider. */
function ResizeHandle({ column, onResize }: { column: GridColumn; onResize: (id: string, width: number) => void }) {
  const start = (event: PointerEvent): void => {
    event.preventDefault()
    event.stopPropagation()
    const handle = event.currentTarget
    if (!(handle instanceof HTMLElement)) return
    handle.setPointerCapture(event.pointerId)
    const move = (moved: PointerEvent): void =>
      onResize(column.id, Math.min(900, Math.max(56, Math.round(column.width + moved.clientX - event.clientX))))
    const stop = (): void => handle.removeEventListener('pointermove', move)
    handle.addEventListener('pointermove', move)
    handle.addEventListener('lostpointercapture', stop, { once: true })
  }
  return <span class="grid-resize" aria-hidden="true" onPointerDown={start} />
}

interface View {
  readonly top: number
  readonly left: number
  readonly width: number
  readonly height: number
}

/** What part of the table is in sight; measured once a frame at most. */
function useView(box: { readonly current: HTMLDivElement | null }): View {
  const [view, setView] = useState<View>({ top: 0, left: 0, width: 1200, height: 800 })
  useLayoutEffect(() => {
    const element = box.current
    if (element === null) return undefined
    let frame = 0
    const measure = (): void => {
      frame = 0
      const { scrollTop: top, scrollLeft: left, clientWidth: width, clientHeight: height } = element
      setView({ top, left, width, height })
    }
    const soon = (): void => {
      if (frame === 0) frame = requestAnimationFrame(measure)
    }
    measure()
    element.addEventListener('scroll', soon, { passive: true })
    const observer = new ResizeObserver(soon)
    observer.observe(element)
    return () => {
      cancelAnimationFrame(frame)
      element.removeEventListener('scroll', soon)
      observer.disconnect()
    }
  }, [])
  return view
}

/** Scrolls to the row the keyboard is at. A row that was pointed at stays where it is, or the click would miss it. */
function useCursorInSight(
  box: { readonly current: HTMLDivElement | null },
  cursor: number | undefined,
  height: number,
): { current: number | undefined } {
  const pointed = useRef<number | undefined>(undefined)
  useEffect(() => {
    const element = box.current
    const isPointed = pointed.current === cursor
    pointed.current = undefined
    if (element === null || cursor === undefined || isPointed) return
    const top = cursor * height
    const space = element.clientHeight - HEAD_HEIGHT
    if (top < element.scrollTop) element.scrollTop = top
    else if (top + height > element.scrollTop + space) element.scrollTop = top + height - space
  }, [cursor])
  return pointed
}

function indices({ from, until }: Range): readonly number[] {
  return Array.from({ length: Math.max(0, until - from) }, (_, index) => from + index)
}
