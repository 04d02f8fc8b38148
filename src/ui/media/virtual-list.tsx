/**
 * A list of any length, all lines of one height: lines that are out of sight are no part of the document. Browsers
 * draw nothing taller than some 30 million pixels, so longer lists come in blocks.
 */
import type { ComponentChildren } from 'preact'
import { useEffect, useLayoutEffect, useRef, useState } from 'preact/hooks'
import { px } from '../base/pixels.ts'
import { visibleRows } from '../table/visible-range.ts'
import type { Range } from '../table/visible-range.ts'

/** Lines of one block. */
export const BLOCK_LINES = 500_000

/** A list. */
export interface VirtualListProps {
  readonly label: string
  readonly role?: 'list' | 'tree' | 'log'
  readonly count: number
  /** In pixels. */
  readonly lineHeight: number
  readonly line: (index: number) => ComponentChildren
  /** Tells what is in sight, so that it can be brought. */
  readonly onSight?: (range: Range) => void
  /** Brought into sight whenever it changes. */
  readonly target?: number | undefined
  /** Is no taller than its lines; what its style allows at most. */
  readonly isFitting?: boolean
  /** Stays at the end while it is there and lines are added. */
  readonly isFollowing?: boolean
}

/** Draws what is in sight. */
export function VirtualList(props: VirtualListProps) {
  const { label, role = 'list', count, lineHeight, line, onSight, target, isFollowing, isFitting } = props
  const box = useRef<HTMLDivElement>(null)
  const { view, isAtEnd } = useSight(box, lineHeight)
  const rows = visibleRows(view.top, view.height, lineHeight, count, 12)
  useEffect(() => onSight?.(rows), [rows.from, rows.until, count])
  useLayoutEffect(() => {
    const element = box.current
    if (element === null || target === undefined) return
    element.scrollTop = Math.max(0, target * lineHeight - element.clientHeight / 3)
  }, [target, target !== undefined && target < count])
  useLayoutEffect(() => {
    const element = box.current
    if (element !== null && isFollowing === true && isAtEnd.current) element.scrollTop = element.scrollHeight
  }, [count, isFollowing])
  return (
    <div
      class="virtual"
      ref={box}
      role={role}
      aria-label={label}
      tabIndex={0}
      style={isFitting === true ? { height: px(count * lineHeight + 2) } : {}}
    >
      <div class="virtual-body" style={{ height: px(count * lineHeight) }}>
        <div class="virtual-lines" style={{ transform: `translateY(${px(rows.from * lineHeight)})` }}>
          {Array.from({ length: Math.max(0, rows.until - rows.from) }, (_, index) => line(rows.from + index))}
        </div>
      </div>
    </div>
  )
}

/** What part of the list is in sight, and whether its reader is at the end. Both in pixels. */
function useSight(box: { readonly current: HTMLDivElement | null }, lineHeight: number) {
  const isAtEnd = useRef(true)
  const [view, setView] = useState({ top: 0, height: 600 })
  useLayoutEffect(() => {
    const element = box.current
    if (element === null) return undefined
    const measure = (): void => {
      const { scrollTop: top, clientHeight: height } = element
      setView({ top, height })
    }
    const scrolled = (): void => {
      // Lines that are added move nobody: only who scrolls leaves the end, or comes back to it.
      isAtEnd.current = element.scrollTop + element.clientHeight > element.scrollHeight - lineHeight
      measure()
    }
    measure()
    element.addEventListener('scroll', scrolled, { passive: true })
    const observer = new ResizeObserver(measure)
    observer.observe(element)
    return () => {
      element.removeEventListener('scroll', scrolled)
      observer.disconnect()
    }
  }, [])
  return { view, isAtEnd }
}
