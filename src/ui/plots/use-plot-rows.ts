/**
 * The runs of a plot, the fields there are to lay along its axes, and the scale of each.
 */
import type { ComponentChild } from 'preact'
import { useEffect, useMemo, useRef, useState } from 'preact/hooks'
import type { Direction } from '../../domain/statistics/pareto.ts'
import type { WireKnownKey } from '../../server/wire.ts'
import { api } from '../base/api.ts'
import type { Refusal } from '../base/api.ts'
import { refusalOf } from '../base/answer.tsx'
import { throttled, useEvents } from '../base/live.ts'
import { setState, stateOf } from '../base/route.ts'
import { HEAD_FIELDS, partOfField } from '../runs/columns.ts'
import type { FullRow } from '../runs/row-source.ts'
import { known } from '../runs/runs-state.ts'
import type { ScaleKind } from './plot-axis.ts'

/** More than this many marks are a smear. */
export const PLOT_BOUND = 10_000

const AT_ONCE = 1000
const TOGETHER = 3
const REFRESH_MS = 3000
const SEPARATOR = '\n'

/** The runs of a plot as far as they are known. */
export interface PlotRows {
  readonly rows: readonly FullRow[] | undefined
  /** Whether the rows have what was asked for last: those of before have not all of its fields. */
  readonly isWhole: boolean
  /** How many match; more than there are rows while they come, and beyond the bound. */
  readonly total: number
  readonly refusal: Refusal | undefined
}

/** Every run that matches, up to a bound, with some fields. Rows that are here are shown while the others come. */
export function usePlotRows(filter: string, fields: readonly string[]): PlotRows {
  const [answer, setAnswer] = useState<Answered>({ rows: undefined, total: 0, refusal: undefined, fields: new Set() })
  const [turn, setTurn] = useState(0)
  const soon = useMemo(() => throttled(() => setTurn((count) => count + 1), REFRESH_MS), [])
  useEvents((event) => event.kind === 'branch-moved' && soon(), [])
  useEffect(() => {
    const stop = new AbortController()
    const asked = new Set(fields)
    bringRows(filter, [...asked], stop.signal, (rows, total) => {
      setAnswer({ rows, total, refusal: undefined, fields: asked })
    }).catch((error: unknown) => {
      if (!stop.signal.aborted) setAnswer((last) => ({ ...last, refusal: refusalOf(error) }))
    })
    return () => stop.abort()
  }, [filter, fields.join(SEPARATOR), turn])
  const { rows, total, refusal } = answer
  return { rows, total, refusal, isWhole: fields.every((field) => answer.fields.has(field)) }
}

type Answered = Omit<PlotRows, 'isWhole'> & { readonly fields: ReadonlySet<string> }

/** A drawing that stays as it was until there is another: half of one would say what is not so. */
export function useKeptDrawing(drawing: ComponentChild): ComponentChild {
  const kept = useRef<ComponentChild>(undefined)
  if (drawing !== undefined) kept.current = drawing
  return kept.current
}

async function bringRows(
  filter: string,
  columns: readonly string[],
  stop: AbortSignal,
  tell: (rows: readonly FullRow[], total: number) => void,
): Promise<void> {
  const bring = async (from: number): Promise<{ readonly rows: readonly FullRow[]; readonly total: number }> => {
    const answer = await api.runs({ filter, sort: '', columns, from, count: AT_ONCE, isWithoutKeys: true }, stop)
    const rows = answer.rows.map((head) => {
      return { head, cells: new Map(answer.columns.map((field, index) => [field, head.cells[index] ?? null])) }
    })
    return { rows, total: answer.total }
  }
  const { rows, total } = await bring(0)
  const starts: number[] = []
  for (let from = AT_ONCE; from < Math.min(total, PLOT_BOUND); from += AT_ONCE) starts.push(from)
  const all = [rows]
  if (!stop.aborted) tell(rows, total)
  while (starts.length > 0) {
    const next = await Promise.all(starts.splice(0, TOGETHER).map(bring))
    all.push(...next.map((one) => one.rows))
  }
  if (!stop.aborted && all.length > 1) tell(all.flat(), total)
}

/** Fields that can be laid along an axis. */
export interface PlotFields {
  /** Those that differ first, and of these those that have a goal. */
  readonly metrics: readonly string[]
  readonly parameters: readonly string[]
  /** What every run has something for, but for what is its own. */
  readonly heads: readonly string[]
  /** Metrics and parameters that differ, in that order. */
  readonly varying: ReadonlySet<string>
}

const OWN_FIELDS = new Set(['name', 'id'])

/** The fields of the runs that match. */
export function plotFields(): PlotFields {
  const { metrics, parameters } = known.value
  const own = metrics.filter(({ key }) => !key.startsWith('system/'))
  // A score says more of a run than what it cost.
  const rank = ({ varies, goal }: WireKnownKey): number =>
    (varies ? 0 : 3) + (goal === 'max' || goal === null ? 0 : goal === 'min' ? 1 : 2)
  const names = (keys: readonly WireKnownKey[]): readonly string[] =>
    [...keys].sort((left, right) => rank(left) - rank(right)).map(({ field }) => field)
  return {
    metrics: names(own),
    parameters: names(parameters),
    heads: HEAD_FIELDS.map(({ field }) => field).filter((field) => !OWN_FIELDS.has(field)),
    varying: new Set([...own, ...parameters].filter(({ varies }) => varies).map(({ field }) => field)),
  }
}

/** Which way is better in a field; `undefined` where nobody declared it. */
export function goalOfField(field: string): Direction | undefined {
  const { field: metric, part } = partOfField(field, known.value)
  const goal = known.value.metrics.find((one) => one.field === metric)?.goal
  return part !== 'count' && (goal === 'min' || goal === 'max') ? goal : undefined
}

/** The scale that was chosen for a field. */
export function scaleOf(field: string): ScaleKind {
  const chosen = stateOf('scales').split(SEPARATOR)
  return chosen.includes(`log ${field}`) ? 'log' : chosen.includes(`linear ${field}`) ? 'linear' : 'auto'
}

/** Chooses a scale for a field, on all plots. */
export function setScale(field: string, scale: ScaleKind): void {
  const others = stateOf('scales')
    .split(SEPARATOR)
    .filter((one) => one !== '' && one !== `log ${field}` && one !== `linear ${field}`)
  setState({ scales: [...others, ...(scale === 'auto' ? [] : [`${scale} ${field}`])].join(SEPARATOR) }, 'small')
}
