/**
 * Tabs whose choice is in the address.
 */
import { useLayoutEffect, useRef } from 'preact/hooks'
import { setState } from './route.ts'

/** One tab. */
export interface Tab {
  readonly id: string
  readonly title: string
  /** How many things are behind it; not shown when absent. */
  readonly count?: number | undefined
}

/** A row of tabs; the first is in front when none was chosen. */
export function Tabs({ label, tabs, current }: { label: string; tabs: readonly Tab[]; current: string }) {
  const row = useRef<HTMLElement>(null)
  // On a phone the row is scrolled, and the tab in front may be out of sight.
  useLayoutEffect(() => {
    const front = row.current?.querySelector('[aria-pressed="true"]')
    front?.scrollIntoView({ block: 'nearest', inline: 'nearest' })
  }, [current])
  return (
    <nav ref={row} class="tabs page-tabs" aria-label={label}>
      {tabs.map(({ id, title, count }, index) => (
        <button key={id} aria-pressed={id === current} onClick={() => setState({ tab: index === 0 ? '' : id })}>
          {title}
          {count !== undefined && <span class="count">{count}</span>}
        </button>
      ))}
    </nav>
  )
}
