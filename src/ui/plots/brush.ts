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

const LEAST = 0.012

/** What is drawn now, and what to listen with. `onDone` hears only of what is wide enough to be meant. */
export function useBrush(onDone: (brush: Brush) => void) {
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
    const move = (moved: Event): void => {
      if (!(moved instanceof PointerEvent)) return
      const to = at(moved)
      last = { ...last, x1: to.x, y1: to.y }
      setBrush(last)
    }
    const stop = (): void => {
      area.removeEventListener('pointermove', move)
      setBrush(undefined)
      if (Math.abs(last.x1 - last.x0) > LEAST || Math.abs(last.y1 - last.y0) > LEAST) onDone(last)
    }
    area.setPointerCapture(event.pointerId)
    area.addEventListener('pointermove', move)
    area.addEventListener('lostpointercapture', stop, { once: true })
  }
  return { brush, start }
}
