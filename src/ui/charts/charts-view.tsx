/**
 * Charts of the runs that are selected, or of the first that match: a list of runs beside their charts.
 */
import { useEffect, useMemo, useState } from 'preact/hooks'
import type { WireRunHead } from '../../server/wire.ts'
import { api } from '../base/api.ts'
import { looksOf, swatchStyle } from '../base/colour.ts'
import type { Look } from '../base/colour.ts'
import { throttled, useEvents } from '../base/live.ts'
import { setState, stateOf } from '../base/route.ts'
import { theme } from '../base/theme.ts'
import { runTitle } from '../base/wire-value.ts'
import { StatusDot, runAddress } from '../runs/cells.tsx'
import { selected } from '../runs/runs-state.ts'
import type { TableRows } from '../runs/use-rows.ts'
import { ChartBoard } from './chart-board.tsx'
import { highlightedRun } from './highlight.ts'
import type { ChartGroup, ChartRun } from './chart-data.ts'
import { chartGroupField, ChartGroupSelect, useChartGroups } from './chart-groups.tsx'
import { groupId } from './group-bands.ts'

const MOST = 20
const MOST_GROUPED = 100
const KEYS_MS = 3000

/** Charts beside the list of their runs. */
export function ChartsView({ rows }: { rows: TableRows }) {
  const runs = useChosenRuns(rows)
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
  const groups = useChartGroups(runs.map(({ id }) => id))
  const drawn = useMemo(
    (): readonly ChartRun[] =>
      runs
        .filter(({ id }) => !hidden.has(id))
        .map((run) => ({
          id: run.id,
          title: runTitle(run),
          ...(looks.get(run.id) ?? { colour: '#888888', dash: [] }),
          ...groupOf(groups, run.id),
        })),
    [runs, hidden, groups, theme.value],
  )
  const metrics = useCurveKeys(runs)
  return (
    <div class="charts-view">
      <RunList runs={runs} hidden={hidden} looks={looks} groups={groups} total={rows.total ?? 0} />
      <ChartBoard metrics={metrics} runs={drawn} />
    </div>
  )
}

function groupOf(groups: ReadonlyMap<string, ChartGroup>, id: string): Pick<ChartRun, 'group'> {
  const group = groups.get(id)
  return group === undefined ? {} : { group }
}

function lineOf(groups: ReadonlyMap<string, ChartGroup>, id: string): string {
  const group = groups.get(id)
  return group === undefined ? id : groupId(group.name)
}

interface RunListProps {
  readonly runs: readonly WireRunHead[]
  readonly hidden: ReadonlySet<string>
  readonly looks: ReadonlyMap<string, Look>
  readonly groups: ReadonlyMap<string, ChartGroup>
  readonly total: number
}

/** The runs of the charts, each with its colour; those that are hidden stay in the list. */
function RunList({ runs, hidden, looks, groups, total }: RunListProps) {
  const hide = (ids: readonly string[]): void => setState({ hide: ids.join(',') }, 'small')
  const toggle = (id: string): void => hide(hidden.has(id) ? [...hidden].filter((one) => one !== id) : [...hidden, id])
  const ids = runs.map(({ id }) => id)
  return (
    <aside class="run-list" aria-label="Runs in the charts">
      <p class="muted">
        {selected.value.length > 0 ? 'The selected runs' : shownText(runs.length, total)}
        {hidden.size > 0 && (
          <button class="quiet link" onClick={() => hide([])}>
            show all
          </button>
        )}
      </p>
      <ChartGroupSelect />
      {runs.map((run) => (
        <RunLine
          key={run.id}
          run={run}
          look={groups.get(run.id) ?? looks.get(run.id)}
          line={lineOf(groups, run.id)}
          isHidden={hidden.has(run.id)}
          onToggle={() => toggle(run.id)}
          onOnly={() => hide(ids.filter((id) => id !== run.id))}
        />
      ))}
    </aside>
  )
}

/** `12 runs`, or how many of all they are. */
function shownText(shown: number, total: number): string {
  if (shown < total) return `The first ${shown} of ${total.toLocaleString('en-GB')} runs`
  return shown === 1 ? '1 run' : `${shown} runs`
}

interface RunLineProps {
  readonly run: WireRunHead
  /** Of its group where it has one. */
  readonly look: Look | undefined
  /** The id of the line it is drawn in. */
  readonly line: string
  readonly isHidden: boolean
  readonly onToggle: () => void
  readonly onOnly: () => void
}

function RunLine({ run, look, line, isHidden, onToggle, onOnly }: RunLineProps) {
  const lookedAt = highlightedRun.value
  return (
    <div
      class={`run-line ${isHidden ? 'is-hidden' : ''} ${lookedAt === line ? 'is-looked-at' : ''}`}
      onPointerEnter={() => (highlightedRun.value = line)}
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
        <span class="swatch" style={isHidden || look === undefined ? {} : swatchStyle(look)} />
      </button>
      <a href={runAddress(run.id)} title={run.message ?? run.id}>
        {runTitle(run)}
      </a>
      {run.status !== 'finished' && <StatusDot status={run.status} />}
    </div>
  )
}

/** The runs to draw, in order; those that are selected and in no row that is here are asked for by themselves. */
function useChosenRuns(rows: TableRows): readonly WireRunHead[] {
  const [others, setOthers] = useState<ReadonlyMap<string, WireRunHead>>(new Map())
  const heads = rows.heads()
  const most = chartGroupField() === '' ? MOST : MOST_GROUPED
  const here = new Map(heads.map((head) => [head.id, head]))
  const ids = selected.value.length > 0 ? selected.value.slice(0, 100) : heads.slice(0, most).map(({ id }) => id)
  const missing = ids.filter((id) => !here.has(id) && !others.has(id))
  useEffect(() => {
    const stop = new AbortController()
    const load = (id: string) =>
      api.run(id, stop.signal).then(
        (run) => [[id, run] as const],
        () => [],
      )
    void Promise.all(missing.map(load)).then((found) => {
      if (!stop.signal.aborted && found.length > 0) setOthers((known) => new Map([...known, ...found.flat()]))
    })
    return () => stop.abort()
  }, [missing.join()])
  const key = ids.map((id) => `${id} ${here.get(id)?.status ?? ''}`).join()
  return useMemo(() => ids.flatMap((id) => here.get(id) ?? others.get(id) ?? []), [key, others])
}

/** Metrics that any of the runs has a curve of; looked for again when one goes on, which may log new ones. */
function useCurveKeys(runs: readonly WireRunHead[]): readonly string[] {
  const [keys, setKeys] = useState<readonly string[]>([])
  const [version, setVersion] = useState(0)
  const soon = useMemo(() => throttled(() => setVersion((count) => count + 1), KEYS_MS), [])
  const ids = runs.map(({ id }) => id).join()
  useEvents(
    (event) => {
      if ('run' in event && ids.includes(event.run)) soon()
    },
    [ids],
  )
  useEffect(() => {
    if (ids === '') return undefined
    const stop = new AbortController()
    api.lines({ runs: ids.split(','), metrics: [], x: 'step', points: 1 }, stop.signal).then(
      (answer) => setKeys((known) => (known.join() === answer.keys?.join() ? known : (answer.keys ?? []))),
      () => undefined,
    )
    return () => stop.abort()
  }, [ids, version])
  return keys
}
