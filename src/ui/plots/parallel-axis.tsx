/**
 * One axis of parallel coordinates: a head that is dragged or opened, and a part to draw brushes on.
 */
import { useState } from 'preact/hooks'
import { px } from '../base/pixels.ts'
import { AxisMenu } from './axis-menu.tsx'
import { useBrush } from './brush.ts'
import type { AxisBrush } from './brushes.ts'
import { axisLeft } from './parallel-marks.ts'
import type { ParallelLayout } from './parallel-marks.ts'
import { brushPlaces } from './plot-axis.ts'
import type { PlotAxis } from './plot-axis.ts'

/** What an axis is told to do. */
export interface AxisActions {
  /** To another place among the axes, counted from 0. */
  readonly onMove: (field: string, index: number) => void
  readonly onLeave: (field: string) => void
  readonly onBrush: (field: string, brush: AxisBrush | undefined) => void
  /** While it is drawn. */
  readonly onLive: (field: string, brush: AxisBrush | undefined) => void
}

interface ParallelAxisProps extends AxisActions {
  readonly axis: PlotAxis
  readonly index: number
  readonly count: number
  readonly brush: AxisBrush | undefined
  readonly layout: ParallelLayout
}

/** The axis. */
export function ParallelAxis(props: ParallelAxisProps) {
  const { axis, index, layout, brush, onBrush } = props
  const left = axisLeft(layout, index)
  return (
    <>
      <AxisHead {...props} left={left} />
      <AxisArea {...props} left={left} />
      {layout.lane !== undefined && axis.missing > 0 && (
        <button
          class="axis-lane"
          style={{ left: px(left - 12), top: px(layout.lane - 10) }}
          aria-pressed={brush?.kind === 'none'}
          title={`${axis.missing} runs have no ${axis.title}`}
          aria-label={`Only the ${axis.missing} runs without ${axis.title}`}
          onClick={() => onBrush(axis.field, brush?.kind === 'none' ? undefined : { kind: 'none' })}
        />
      )}
    </>
  )
}

function AxisHead(props: ParallelAxisProps & { readonly left: number }) {
  const { axis, index, count, left, layout, onMove } = props
  const [isOpen, setOpen] = useState(false)
  const [shift, setShift] = useState(0)
  const onKey = (event: KeyboardEvent): void => {
    const step = { ArrowLeft: -1, ArrowRight: 1 }[event.key]
    if (step === undefined) return
    event.preventDefault()
    onMove(axis.field, Math.min(count - 1, Math.max(0, index + step)))
  }
  const onDrop = (moved: number): void => {
    setShift(0)
    const to = Math.min(count - 1, Math.max(0, Math.round(index + moved / layout.spacing)))
    if (to !== index) onMove(axis.field, to)
  }
  return (
    <div class="axis-head" style={{ left: px(left + shift), width: px(layout.spacing - 8) }}>
      <button
        class={`quiet axis-name ${shift === 0 ? '' : 'is-dragged'}`}
        title={`${axis.field}: drag to another place, click for more`}
        aria-label={`Axis ${axis.title}: arrows move it, Enter opens its menu`}
        aria-expanded={isOpen}
        onKeyDown={onKey}
        onPointerDown={(event) => followDrag(event, setShift, onDrop)}
        onClick={() => shift === 0 && setOpen(!isOpen)}
      >
        <span>{axis.title}</span>
        {axis.isLog && <small>log</small>}
      </button>
      {isOpen && <AxisMenu {...props} left={menuLeft(left, layout)} onClose={() => setOpen(false)} />}
    </div>
  )
}

const MENU_WIDTH = 220

/** Where the menu begins, from where its head does: below the head, and within the plot. */
function menuLeft(axis: number, { width, spacing }: ParallelLayout): number {
  const left = Math.min(width - MENU_WIDTH, Math.max(4, axis - MENU_WIDTH / 2))
  return left - (axis - (spacing - 8) / 2)
}

const DRAG_FROM = 6

/** Tells how far a pointer went, and where it was let go; a click goes nowhere. */
function followDrag(event: PointerEvent, onShift: (pixels: number) => void, onDrop: (pixels: number) => void): void {
  const head = event.currentTarget
  if (!(head instanceof HTMLElement) || event.button !== 0) return
  let moved = 0
  const move = (next: Event): void => {
    if (!(next instanceof PointerEvent)) return
    const by = next.clientX - event.clientX
    if (moved === 0 && Math.abs(by) < DRAG_FROM) return
    if (moved === 0) head.setPointerCapture(event.pointerId)
    moved = by
    onShift(by)
  }
  const stop = (): void => {
    removeEventListener('pointermove', move)
    if (moved !== 0) onDrop(moved)
  }
  addEventListener('pointermove', move)
  addEventListener('pointerup', stop, { once: true })
}

function AxisArea(props: ParallelAxisProps & { readonly left: number }) {
  const { axis, left, layout, brush, onBrush, onLive } = props
  const drawn = useBrush(({ y0, y1 }) => onBrush(axis.field, axis.brush(1 - y0, 1 - y1)), {
    onMove: (now) => onLive(axis.field, now && axis.brush(1 - now.y0, 1 - now.y1)),
    onClick: () => brush !== undefined && onBrush(axis.field, undefined),
  })
  const shown = drawn.brush
  const places =
    shown === undefined
      ? brush === undefined
        ? []
        : brushPlaces(axis, brush)
      : [{ from: 1 - Math.max(shown.y0, shown.y1), to: 1 - Math.min(shown.y0, shown.y1) }]
  return (
    <div
      class="axis-area"
      data-field={axis.field}
      title="Draw along the axis to keep those runs; click to keep all again"
      style={{ left: px(left - 14), top: px(layout.top), height: px(layout.length) }}
      onPointerDown={drawn.start}
    >
      {places.map(({ from, to }) => (
        <i
          key={from}
          class="brush"
          style={{ top: px((1 - to) * layout.length), height: px(Math.max(3, (to - from) * layout.length)) }}
        />
      ))}
    </div>
  )
}
