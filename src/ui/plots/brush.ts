/**
 * Drawing a range with a pointer over a plot.
 */
import { useState } from 'preact/hooks'

/** A rectangle in parts of the plot, from 0 to 1, from left to right and from top to bottom. */
export interface Brush {
  readonly x0: number
  readonly y0: number
  readonly x1: number
  readonly y1: number
}

const LEAST_PIXELS = 5

/**
 * What is drawn now, and what to listen with. `onDone` hears only of what is wide enough to be meant; `onClick` of
 * where the pointer was let go otherwise; `onMove` of each change while it is drawn, and of its end by nothing.
 */
export function useBrush(
  onDone: (brush: Brush) => void,
  also: { readonly onClick?: () => void; readonly onMove?: (brush: Brush | undefined) => void } = {},
) {
  const [brush, setBrush] = useState<Brush>()
  const start = (event: PointerEvent): void => {
    const area = event.currentTarget
    if (!(area instanceof Element) || event.button !== 0) return
    const box = area.getBoundingClientRect()
    const at = (moved: PointerEvent) => ({
      x: Math.min(1, Math.max(0, (moved.clientX - box.left) / box.width)),
      y: Math.min(1, Math.max(0, (moved.clientY - box.top) / box.height)),
    })
    const from = at(event)
    let last: Brush = { x0: from.x, y0: from.y, x1: from.x, y1: from.y }
    const isMeant = (): boolean =>
      Math.abs(last.x1 - last.x0) * box.width > LEAST_PIXELS || Math.abs(last.y1 - last.y0) * box.height > LEAST_PIXELS
    const move = (moved: Event): void => {
      if (!(moved instanceof PointerEvent)) return
      const to = at(moved)
      last = { ...last, x1: to.x, y1: to.y }
      setBrush(last)
      also.onMove?.(isMeant() ? last : undefined)
    }
    const stop = (): void => {
      area.removeEventListener('pointermove', move)
      setBrush(undefined)
      also.onMove?.(undefined)
      if (isMeant()) onDone(last)
      else also.onClick?.()
    }
    area.setPointerCapture(event.pointerId)
    area.addEventListener('pointermove', move)
    area.addEventListener('lostpointercapture', stop, { once: true })
  }
  return { brush, start }
}
