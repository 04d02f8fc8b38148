/**
 * Charts of many metrics: one set of choices above, and below it a section for each prefix.
 */
import { useEffect, useMemo, useState } from 'preact/hooks'
import { Empty } from '../base/answer.tsx'
import { hasConnectedAgain, throttled, useEvents } from '../base/live.ts'
import { stateOf } from '../base/route.ts'
import { searchOf } from '../base/search.ts'
import { BoardBar, setZoom, useChoice } from './board-bar.tsx'
import { ChartCard } from './chart-card.tsx'
import type { ChartRun } from './chart-data.ts'
import { chosenKeys, KeyTree } from './key-tree.tsx'
import { forgetSeries } from './series-loader.ts'

const REFRESH_MS = 1000
const SECTION = 60
// A heading for one chart or two would be more heading than chart.
const SECTION_LEAST = 4

interface ChartBoardProps {
  readonly metrics: readonly string[]
  readonly runs: readonly ChartRun[]
}

/** All charts of some runs, with what is chosen for all of them. */
export function ChartBoard({ metrics, runs }: ChartBoardProps) {
  // A link to the chart of one metric brings its name.
  const [search, setSearch] = useState(stateOf('q'))
  const choice = useChoice()
  const version = useRunsGoOn(runs)
  const isFound = searchOf(search)
  const found = chosenKeys(metrics).filter(isFound)
  const sections = sectionsOf(found)
  return (
    <div class="board">
      {metrics.length > 0 && (
        <BoardBar choice={choice} search={search} metrics={metrics} onSearch={setSearch} count={found.length} />
      )}
      <KeyTree metrics={metrics} />
      {sections.map(({ title, keys }) => (
        <Section
          key={title}
          title={title}
          keys={keys}
          isOpen={title !== 'system' || sections.length === 1 || search !== ''}
        >
          {(metric) => (
            <ChartCard key={metric} metric={metric} runs={runs} choice={choice} onZoom={setZoom} version={version} />
          )}
        </Section>
      ))}
      {sections.length === 0 && search === '' && (
        <Empty title="No metric of these runs has more than one point">
          <p>Log a metric at each step, and its curve is drawn here.</p>
        </Empty>
      )}
      {sections.length === 0 && search !== '' && (
        <Empty title="No metric is called so">
          <p>
            <button onClick={() => setSearch('')}>Show all charts</button>
          </p>
        </Empty>
      )}
    </div>
  )
}

interface SectionProps {
  readonly title: string
  readonly keys: readonly string[]
  readonly isOpen: boolean
  readonly children: (metric: string) => preact.ComponentChildren
}

/** Charts of one prefix. Those beyond a bound are drawn on demand: a thousand cards are slow even when empty. */
function Section({ title, keys, isOpen, children }: SectionProps) {
  const [bound, setBound] = useState(SECTION)
  const [open, setOpen] = useState(isOpen)
  useEffect(() => setOpen(isOpen), [isOpen])
  return (
    <section class="chart-section">
      <h2>
        <button class="quiet" aria-expanded={open} onClick={() => setOpen(!open)}>
          {open ? '▾' : '▸'} {title} <span class="muted">{keys.length}</span>
        </button>
      </h2>
      {open && <div class="cards">{keys.slice(0, bound).map(children)}</div>}
      {open && keys.length > bound && (
        <button onClick={() => setBound(bound + SECTION)}>{keys.length - bound} more</button>
      )}
    </section>
  )
}

/** Counts up when one of the runs went on, once a second at most. */
export function useRunsGoOn(runs: readonly ChartRun[]): number {
  const [version, setVersion] = useState(0)
  const soon = useMemo(() => throttled(() => setVersion((count) => count + 1), REFRESH_MS), [])
  useEvents(
    (event) => {
      if (event.kind === 'hello') {
        // What happened while nothing was heard is not told: whatever went on is asked for.
        if (hasConnectedAgain()) forgetSeries()
        for (const run of event.live) forgetSeries(run)
        if (hasConnectedAgain() || runs.some(({ id }) => event.live.includes(id))) soon()
      }
      if (event.kind !== 'points' && event.kind !== 'run-ended') return
      forgetSeries(event.run)
      if (runs.some(({ id }) => id === event.run)) soon()
    },
    [runs],
  )
  return version
}

/** Metrics by the word before their first slash; those without one first, those of the machine last. */
export function sectionsOf(
  metrics: readonly string[],
): readonly { readonly title: string; readonly keys: readonly string[] }[] {
  const sections = new Map<string, string[]>()
  const isLarge = (prefix: string): boolean =>
    prefix === 'system/' || metrics.filter((metric) => metric.startsWith(prefix)).length >= SECTION_LEAST
  for (const metric of metrics) {
    const slash = metric.indexOf('/')
    const title = slash <= 0 || !isLarge(metric.slice(0, slash + 1)) ? 'metrics' : metric.slice(0, slash)
    sections.set(title, [...(sections.get(title) ?? []), metric])
  }
  const rank = (title: string): number => (title === 'metrics' ? 0 : title === 'system' ? 2 : 1)
  return [...sections]
    .map(([title, keys]) => ({ title, keys }))
    .sort((left, right) => rank(left.title) - rank(right.title))
}
