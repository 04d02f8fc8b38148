/**
 * Tabs whose choice is in the address.
 */
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
  return (
    <nav class="tabs page-tabs" aria-label={label}>
      {tabs.map(({ id, title, count }, index) => (
        <button key={id} aria-pressed={id === current} onClick={() => setState({ tab: index === 0 ? '' : id })}>
          {title}
          {count !== undefined && <span class="count">{count}</span>}
        </button>
      ))}
    </nav>
  )
}
