/**
 * How large a plot is drawn: as wide as there is room, so that its words keep their size on a phone.
 */
import { useLayoutEffect, useRef, useState } from 'preact/hooks'

const LEAST = 300
const TALLEST = 620
// What is above it takes more rows on a phone, and the whole plot should be in sight.
const NARROW = 520
const TALLEST_NARROW = 400

/** A reference for the box around the plot, and the size to draw in pixels. */
export function usePlotSize() {
  const box = useRef<HTMLDivElement>(null)
  const [width, setWidth] = useState(1000)
  useLayoutEffect(() => {
    const element = box.current
    if (element === null) return undefined
    const measure = (): void => setWidth(Math.max(LEAST, element.clientWidth))
    measure()
    const observer = new ResizeObserver(measure)
    observer.observe(element)
    return () => observer.disconnect()
  }, [])
  return { box, width, height: Math.min(width < NARROW ? TALLEST_NARROW : TALLEST, Math.max(LEAST, innerHeight - 250)) }
}
