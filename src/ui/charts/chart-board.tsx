/**
 * Charts of many metrics: one set of choices above, and below it a section for each prefix.
 */
import { useEffect, useMemo, useState } from 'preact/hooks'
import { Empty } from '../base/answer.tsx'
import { throttled, useEvents } from '../base/live.ts'
import { setState, stateOf } from '../base/route.ts'
import { searchOf } from '../base/search.ts'
import { ChartCard } from './chart-card.tsx'
import type { ChartRun } from './chart-data.ts'
import type { ChartChoice } from './chart-options.ts'
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
  const [search, setSearch] = useState('')
  const choice = useChoice()
  const version = useRunsGoOn(runs)
  const isFound = searchOf(search)
  const sections = sectionsOf(metrics.filter(isFound))
  return (
    <div class="board">
      <BoardBar choice={choice} search={search} onSearch={setSearch} count={metrics.filter(isFound).length} />
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
      {sections.length === 0 && (
        <Empty title={search === '' ? 'No metric of these runs has more than one point' : 'No metric is called so'}>
          <p>Log a metric at each step, and its curve is drawn here.</p>
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

interface BoardBarProps {
  readonly choice: ChartChoice
  readonly search: string
  readonly onSearch: (text: string) => void
  readonly count: number
}

function BoardBar({ choice, search, onSearch, count }: BoardBarProps) {
  return (
    <div class="board-bar" role="group" aria-label="Choices for all charts">
      <input
        type="search"
        placeholder={`Search ${count} charts`}
        aria-label="Search charts"
        value={search}
        onInput={({ currentTarget }) => onSearch(currentTarget.value)}
      />
      <label class="select">
        x
        <select value={choice.x} onChange={({ currentTarget }) => setState({ x: currentTarget.value, zoom: '' })}>
          <option value="step">step</option>
          <option value="elapsed">time since start</option>
          <option value="time">time of day</option>
        </select>
      </label>
      <button aria-pressed={choice.isLogX} disabled={choice.x === 'time'} onClick={() => toggleLog('x')}>
        log x
      </button>
      <button aria-pressed={choice.isLogY} onClick={() => toggleLog('y')}>
        log y
      </button>
      <button
        aria-pressed={choice.isClipped}
        title="Let the few values far from all others run out of the picture"
        onClick={() => setState({ clip: choice.isClipped ? '' : '1' })}
      >
        ignore outliers
      </button>
      <label class="slider">
        Smooth
        <input
          type="range"
          min="0"
          max="0.99"
          step="0.01"
          value={choice.smoothing}
          onInput={({ currentTarget }) =>
            setState({ smooth: currentTarget.value === '0' ? '' : currentTarget.value }, 'small')
          }
        />
        <output>{choice.smoothing.toFixed(2)}</output>
      </label>
      {choice.zoom !== undefined && <button onClick={() => setZoom(undefined)}>Show all again</button>}
    </div>
  )
}

/** The choices, from the address. */
function useChoice(): ChartChoice {
  const [x, log, smooth, zoom, clip] = ['x', 'log', 'smooth', 'zoom', 'clip'].map(stateOf)
  return useMemo((): ChartChoice => {
    const [from, to] = (zoom ?? '').split(',').map(Number)
    const isRange = from !== undefined && to !== undefined && Number.isFinite(from) && Number.isFinite(to) && from < to
    return {
      x: x === 'elapsed' || x === 'time' ? x : 'step',
      isLogX: log?.includes('x') === true,
      isLogY: log?.includes('y') === true,
      isClipped: clip === '1',
      smoothing: Math.min(0.99, Math.max(0, Number(smooth) || 0)),
      zoom: isRange ? [from, to] : undefined,
    }
  }, [x, log, smooth, zoom, clip])
}

function setZoom(range: readonly [number, number] | undefined): void {
  setState({ zoom: range === undefined ? '' : range.map((end) => Number(end.toPrecision(12))).join() })
}

function toggleLog(axis: 'x' | 'y'): void {
  const present = stateOf('log')
  setState({ log: present.includes(axis) ? present.replace(axis, '') : present + axis })
}

/** Counts up when one of the runs went on, once a second at most. */
export function useRunsGoOn(runs: readonly ChartRun[]): number {
  const [version, setVersion] = useState(0)
  const soon = useMemo(() => throttled(() => setVersion((count) => count + 1), REFRESH_MS), [])
  useEvents(
    (event) => {
      if (event.kind === 'hello' && version > 0) forgetSeries()
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
