/**
 * Charts of the runs that are selected, or of the first that match: a list of runs beside their charts.
 */
import { useEffect, useMemo, useState } from 'preact/hooks'
import type { WireRun, WireRunHead } from '../../server/wire.ts'
import { api } from '../base/api.ts'
import { looksOf } from '../base/colour.ts'
import type { Look } from '../base/colour.ts'
import { setState, stateOf } from '../base/route.ts'
import { theme } from '../base/theme.ts'
import { runTitle } from '../base/wire-value.ts'
import { StatusDot, runAddress } from '../runs/cells.tsx'
import { selected } from '../runs/runs-state.ts'
import type { TableRows } from '../runs/use-rows.ts'
import { ChartBoard } from './chart-board.tsx'
import { highlightedRun } from './highlight.ts'
import type { ChartRun } from './chart-data.ts'

const MOST = 20

/** Charts beside the list of their runs. */
export function ChartsView({ rows }: { rows: TableRows }) {
  const runs = useRunDetails(rows)
  const hidden = useMemo(
    () =>
      new Set(
        stateOf('hide')
          .split(',')
          .filter((id) => id !== ''),
      ),
    [stateOf('hide')],
  )
  const looks = looksOf(runs.map(({ id }) => id))
  const drawn = useMemo(
    (): readonly ChartRun[] =>
      runs
        .filter(({ id }) => !hidden.has(id))
        .map((run) => ({
          id: run.id,
          title: runTitle(run),
          ...(looks.get(run.id) ?? { colour: '#888888', dash: [] }),
        })),
    [runs, hidden, theme.value],
  )
  const metrics = useMemo(() => [...new Set(runs.flatMap(({ series }) => series))].sort(), [runs])
  return (
    <div class="charts-view">
      <RunList runs={runs} hidden={hidden} looks={looks} total={rows.total ?? 0} />
      <ChartBoard metrics={metrics} runs={drawn} />
    </div>
  )
}

interface RunListProps {
  readonly runs: readonly WireRun[]
  readonly hidden: ReadonlySet<string>
  readonly looks: ReadonlyMap<string, Look>
  readonly total: number
}

/** The runs of the charts, each with its colour; those that are hidden stay in the list. */
function RunList({ runs, hidden, looks, total }: RunListProps) {
  const hide = (ids: readonly string[]): void => setState({ hide: ids.join(',') }, 'small')
  const toggle = (id: string): void => hide(hidden.has(id) ? [...hidden].filter((one) => one !== id) : [...hidden, id])
  const ids = runs.map(({ id }) => id)
  return (
    <aside class="run-list" aria-label="Runs in the charts">
      <p class="muted">
        {selected.value.length > 0 ? 'The selected runs' : `The first ${runs.length} of ${total} runs`}
        {hidden.size > 0 && (
          <button class="quiet link" onClick={() => hide([])}>
            show all
          </button>
        )}
      </p>
      {runs.map((run) => (
        <RunLine
          key={run.id}
          run={run}
          colour={looks.get(run.id)?.colour ?? ''}
          isHidden={hidden.has(run.id)}
          onToggle={() => toggle(run.id)}
          onOnly={() => hide(ids.filter((id) => id !== run.id))}
        />
      ))}
    </aside>
  )
}

interface RunLineProps {
  readonly run: WireRunHead
  readonly colour: string
  readonly isHidden: boolean
  readonly onToggle: () => void
  readonly onOnly: () => void
}

function RunLine({ run, colour, isHidden, onToggle, onOnly }: RunLineProps) {
  const look = highlightedRun.value
  return (
    <div
      class={`run-line ${isHidden ? 'is-hidden' : ''} ${look === run.id ? 'is-looked-at' : ''}`}
      onPointerEnter={() => (highlightedRun.value = run.id)}
      onPointerLeave={() => (highlightedRun.value = undefined)}
    >
      <button
        class="quiet swatch-button"
        aria-pressed={!isHidden}
        aria-label={`Show ${runTitle(run)}`}
        title="Show or hide; with a double click this one alone"
        onClick={onToggle}
        onDblClick={onOnly}
      >
        <span class="swatch" style={isHidden ? {} : { background: colour }} />
      </button>
      <a href={runAddress(run.id)} title={run.message ?? run.id}>
        {runTitle(run)}
      </a>
      {run.status !== 'finished' && <StatusDot status={run.status} />}
    </div>
  )
}

/** The runs to draw with the metrics they have. Answers come one by one, and the charts appear with the first. */
function useRunDetails(rows: TableRows): readonly WireRun[] {
  const [details, setDetails] = useState<ReadonlyMap<string, WireRun>>(new Map())
  const heads = rows.heads()
  const ids = selected.value.length > 0 ? selected.value.slice(0, 100) : heads.slice(0, MOST).map(({ id }) => id)
  const key = ids.join()
  useEffect(() => {
    const stop = new AbortController()
    const load = (id: string) =>
      api.run(id, stop.signal).then(
        (run) => [[id, run] as const],
        () => [],
      )
    void Promise.all(ids.map(load)).then((found) => {
      if (!stop.signal.aborted) setDetails(new Map(found.flat()))
    })
    return () => stop.abort()
  }, [key])
  return useMemo(() => ids.flatMap((id) => details.get(id) ?? []), [key, details])
}
