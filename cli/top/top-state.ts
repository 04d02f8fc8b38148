/**
 * What the live screen shows, and what each key makes of it. Pure: a key and a state give a state.
 */
import type { MetricKey } from '../../src/domain/key.ts'
import type { RunId } from '../../src/domain/run.ts'
import type { Key } from '../keys.ts'

/** In which order runs stand; `newest` has the running ones first. */
export type TopSort = 'newest' | 'metric' | 'elapsed' | 'step'

const SORTS: readonly TopSort[] = ['newest', 'metric', 'elapsed', 'step']

/** What is on the screen. */
export interface TopState {
  readonly page: 'runs' | 'plot' | 'metrics' | 'help'
  /** The chosen run; the first when absent or not shown. */
  readonly selected: RunId | undefined
  readonly sort: TopSort
  /** What a run must match: a filter of mlv ls, or words that are in what is said of it. */
  readonly filter: string
  /** A filter that is being typed; absent when none is. */
  readonly draft: string | undefined
  /** The metric that is shown first; the usual one when absent. */
  readonly metric: MetricKey | undefined
  /** Of the page of metrics: which is chosen. */
  readonly metricAt: number
  /** Of the page of plots: the first metric shown. */
  readonly plotAt: number
  readonly isLog: boolean
}

/** What keys act on. */
export interface TopSurroundings {
  /** In the order they are shown. */
  readonly runs: readonly RunId[]
  /** All there are to choose from. */
  readonly metrics: readonly MetricKey[]
  /** Metrics of the chosen run. */
  readonly plotted: number
  /** Runs a page. */
  readonly pageSize: number
}

/** Where the screen begins. */
export function firstTopState(filter: string, metric: MetricKey | undefined): TopState {
  return {
    page: 'runs',
    selected: undefined,
    sort: 'newest',
    filter,
    draft: undefined,
    metric,
    metricAt: 0,
    plotAt: 0,
    isLog: false,
  }
}

/** What a key does, in the words of the page of help. */
export const TOP_KEYS: readonly (readonly [keys: string, does: string])[] = [
  ['j k, arrows', 'next run, run before'],
  ['g G', 'first run, last run'],
  ['enter', 'plot the metrics of the run'],
  ['s', 'sort by start, metric, time or step'],
  ['m', 'choose the metric'],
  ['/', 'filter: words, or as for mlv ls; escape clears'],
  ['l', 'logarithmic scale, in a plot'],
  ['?', 'this page'],
  ['q', 'back, or quit'],
]

/** The state after a key; `quit` when it ends the screen. */
export function pressed(state: TopState, key: Key, around: TopSurroundings): TopState | 'quit' {
  if (key === 'ctrl-c') return 'quit'
  if (state.draft !== undefined) return typed(state, state.draft, key)
  switch (state.page) {
    case 'runs':
      return onRuns(state, key, around)
    case 'plot':
      return onPlot(state, key, around)
    case 'metrics':
      return onMetrics(state, key, around)
    case 'help':
      return { ...state, page: 'runs' }
  }
}

function onRuns(state: TopState, key: Key, around: TopSurroundings): TopState | 'quit' {
  const { runs, metrics, pageSize } = around
  const at = Math.max(0, runs.indexOf(state.selected ?? ('' as RunId)))
  const to = (index: number): TopState => {
    return { ...state, selected: runs[Math.max(0, Math.min(runs.length - 1, index))] }
  }
  switch (key) {
    case 'q':
    case 'ctrl-d':
      return 'quit'
    case 'j':
    case 'down':
      return to(at + 1)
    case 'k':
    case 'up':
      return to(at - 1)
    case 'page-down':
      return to(at + pageSize)
    case 'page-up':
      return to(at - pageSize)
    case 'g':
    case 'home':
      return to(0)
    case 'G':
    case 'end':
      return to(runs.length - 1)
    case 'enter':
      return runs.length === 0 ? state : { ...to(at), page: 'plot', plotAt: 0 }
    case 's':
      return { ...state, sort: SORTS[(SORTS.indexOf(state.sort) + 1) % SORTS.length] ?? 'newest' }
    case 'm':
      return { ...state, page: 'metrics', metricAt: Math.max(0, metrics.indexOf(state.metric ?? ('' as MetricKey))) }
    case '/':
      return { ...state, draft: state.filter }
    case 'escape':
      return { ...state, filter: '' }
    case '?':
    case 'h':
      return { ...state, page: 'help' }
    default:
      return state
  }
}

function onPlot(state: TopState, key: Key, { plotted }: TopSurroundings): TopState {
  const to = (index: number): TopState => ({ ...state, plotAt: Math.max(0, Math.min(plotted - 1, index)) })
  switch (key) {
    case 'q':
    case 'escape':
    case 'left':
    case 'backspace':
      return { ...state, page: 'runs' }
    case 'j':
    case 'down':
    case 'page-down':
      return to(state.plotAt + 1)
    case 'k':
    case 'up':
    case 'page-up':
      return to(state.plotAt - 1)
    case 'l':
      return { ...state, isLog: !state.isLog }
    case '?':
      return { ...state, page: 'help' }
    default:
      return state
  }
}

function onMetrics(state: TopState, key: Key, { metrics }: TopSurroundings): TopState {
  const to = (index: number): TopState => ({ ...state, metricAt: Math.max(0, Math.min(metrics.length - 1, index)) })
  switch (key) {
    case 'q':
    case 'escape':
      return { ...state, page: 'runs' }
    case 'enter':
      return { ...state, page: 'runs', metric: metrics[state.metricAt] ?? state.metric }
    case 'j':
    case 'down':
      return to(state.metricAt + 1)
    case 'k':
    case 'up':
      return to(state.metricAt - 1)
    default:
      return state
  }
}

function typed(state: TopState, draft: string, key: Key): TopState {
  switch (key) {
    case 'enter':
      return { ...state, draft: undefined, filter: draft.trim() }
    case 'escape':
      return { ...state, draft: undefined }
    case 'backspace':
      return { ...state, draft: Array.from(draft).slice(0, -1).join('') }
    case 'ctrl-u':
      return { ...state, draft: '' }
    default:
      // Names of keys that write nothing are longer than a character.
      return Array.from(key).length === 1 && draft.length < LIMIT_FILTER ? { ...state, draft: draft + key } : state
  }
}

const LIMIT_FILTER = 500
