/**
 * The live screen as lines: exactly as many as the terminal has, none wider. Pure.
 */
import type { MetricKey } from '../../src/domain/key.ts'
import type { Activity, ActivityRow } from '../../src/ops/read/watch-activity.ts'
import { activityMetrics, activityTable, curveText, nameOf, systemTexts } from '../format/activity-table.ts'
import { countText } from '../format/bytes.ts'
import { alignedRows, tableLines } from '../format/columns.ts'
import { cutToWidth, displayWidth } from '../format/display-width.ts'
import { plainText, styled } from '../format/line.ts'
import type { Line, Span } from '../format/line.ts'
import { metricName } from '../format/metric-change.ts'
import { numberText } from '../format/number.ts'
import { parameterValueText } from '../format/parameter-text.ts'
import { stateSign, stateWord } from '../format/run-state.ts'
import { shortId } from '../format/short-id.ts'
import { agoText } from '../format/time.ts'
import type { ScreenSize } from '../terminal-screen.ts'
import { plotLines } from './top-plot.ts'
import { topRows } from './top-rows.ts'
import { TOP_KEYS } from './top-state.ts'
import type { TopState, TopSurroundings } from './top-state.ts'

/** A terminal with fewer lines has no room for more than the list. */
const LEAST_FOR_DETAIL = 14
/** What the list keeps of a small terminal. */
const LEAST_LIST = 5
/** The line above and the two below the list: heading, titles, keys. */
const AROUND_LIST = 3

/** The screen, and what keys act on while it is shown. */
export interface TopView {
  readonly lines: readonly Line[]
  readonly around: TopSurroundings
}

/** Draws the screen. */
export function topView(activity: Activity, state: TopState, size: ScreenSize): TopView {
  const metrics = activityMetrics(activity.rows)
  const metric = state.metric ?? metrics[0]
  const order = { filter: state.draft ?? state.filter, sort: state.sort, metric, nowMs: activity.atMs }
  const rows = topRows(activity.rows, order)
  const at = Math.max(
    0,
    rows.findIndex(({ row }) => row.run.id === state.selected),
  )
  const chosen = rows[at]
  const detail = size.rows < LEAST_FOR_DETAIL || chosen === undefined ? [] : detailLines(chosen, activity.atMs, size)
  const room = Math.max(1, size.rows - AROUND_LIST - detail.length)
  const own = chosen === undefined ? [] : activityMetrics([chosen]).filter((key) => chosen.curves.has(key))
  const around: TopSurroundings = {
    runs: rows.map(({ row }) => row.run.id),
    metrics,
    plotted: own.length,
    pageSize: room,
  }
  const body = (): readonly Line[] => {
    if (state.page === 'help') return helpLines()
    if (state.page === 'metrics') return metricLines(metrics, state.metricAt, size.rows - 1)
    if (state.page === 'plot' && chosen !== undefined) return plotLines(chosen, own, state, size)
    const list = listLines(rows, at, { metric, room, width: size.columns })
    return [headLine(activity, rows, state), ...list, ...blank(room + 1 - list.length), ...detail]
  }
  const lines = body().slice(0, size.rows - 1)
  const screen = [...lines, ...blank(size.rows - 1 - lines.length), footLine(state)]
  return { lines: screen.map((line) => cutLine(line, size.columns)), around }
}

function headLine({ rows: all }: Activity, rows: readonly ActivityRow[], { sort, filter, draft }: TopState): Line {
  const count = (state: string): number => all.filter((row) => row.state === state).length
  const [running, interrupted] = [count('running'), count('interrupted')]
  const states = [
    `${running} running`,
    ...(interrupted === 0 ? [] : [`${interrupted} interrupted`]),
    `${all.length - running - interrupted} ended`,
  ]
  const shown =
    (draft ?? filter) === '' ? [] : [`  ${rows.length} of ${all.length} match `, styled('strong', draft ?? filter)]
  return [
    styled('strong', 'mlv top'),
    `  ${states.join(', ')}`,
    ...(sort === 'newest' ? [] : [`  by ${sort}`]),
    ...shown,
  ]
}

function listLines(
  rows: readonly ActivityRow[],
  at: number,
  { metric, room, width }: { readonly metric: MetricKey | undefined; readonly room: number; readonly width: number },
): readonly Line[] {
  if (rows.length === 0) return [[], [styled('faint', 'no runs to show; start one with mlv run')]]
  // The chosen run stays in sight, in the middle of a list that is longer than its room.
  const start = Math.max(0, Math.min(at - Math.floor(room / 2), rows.length - room))
  const visible = rows.slice(start, start + room)
  const [titles = [], ...lines] = tableLines(activityTable(visible, metric, width), width - 2)
  const marked = lines.map((line, index): Line => {
    if (start + index !== at) return ['  ', ...line]
    const text = `> ${plainText(line)}`
    return [styled('chosen', text + ' '.repeat(Math.max(0, width - displayWidth(text))))]
  })
  return [['  ', ...titles], ...marked]
}

/** Of one run: what it is called and was given, its metrics, what it takes, and its last words. */
function detailLines(chosen: ActivityRow, nowMs: number, { columns, rows }: ScreenSize): readonly Line[] {
  const { row, state, startedAtMs, lastLine } = chosen
  const parameters = [...row.run.parameters].map(([key, value]) => `${key}=${parameterValueText(value)}`)
  const system = systemTexts(chosen).map(([name, text]) => `${name} ${text}`)
  const before: readonly Line[] = [
    [styled('faint', '─'.repeat(columns))],
    [
      stateSign(state),
      ' ',
      stateWord(state),
      ' ',
      styled('subject', shortId(row.run.id)),
      ` ${nameOf(row)}`,
      styled('faint', `  started ${agoText(startedAtMs, nowMs)}`),
    ],
    ...(parameters.length === 0 ? [] : [[styled('faint', parameters.join(' '))]]),
  ]
  const after: readonly Line[] = [
    ...(system.length === 0 ? [] : [[system.join('  ')]]),
    ...(lastLine === undefined ? [] : [[styled('faint', '| '), lastLine]]),
    ...(state === 'interrupted' ? [[styled('warning', "run 'mlv commit --recover' to record it")]] : []),
  ]
  const room = rows - AROUND_LIST - LEAST_LIST - before.length - after.length
  return [...before, ...detailMetrics(chosen, columns).slice(0, Math.max(0, Math.min(6, room))), ...after]
}

const CURVE_WIDTH = 32

function detailMetrics(chosen: ActivityRow, columns: number): readonly Line[] {
  const width = Math.max(8, Math.min(CURVE_WIDTH, columns - 48))
  return alignedRows(
    activityMetrics([chosen]).flatMap((key) => {
      const metric = chosen.row.run.metrics.get(key)
      if (metric === undefined) return []
      const { last, best, count } = metric.summary
      const unit = metric.unit === undefined ? '' : ` ${metric.unit}`
      const bestText = best === undefined || count === 1 ? '' : `best ${numberText(best.value)}`
      return [[metricName(key, metric.goal), `${numberText(last)}${unit}`, bestText, curveText(chosen, key, width)]]
    }),
  )
}

function metricLines(metrics: readonly MetricKey[], at: number, room: number): readonly Line[] {
  if (metrics.length === 0) return [[styled('strong', 'choose a metric')], [], ['no run has logged one yet']]
  const list = room - 2
  const start = Math.max(0, Math.min(at - Math.floor(list / 2), metrics.length - list))
  const lines = metrics.slice(start, start + list).map((key, index): Line => {
    return start + index === at ? [styled('chosen', `> ${key} `)] : [`  ${key}`]
  })
  return [[styled('strong', 'choose a metric'), `  ${countText(metrics.length, 'metric')}`], [], ...lines]
}

function helpLines(): readonly Line[] {
  const keys = TOP_KEYS.map(([name, does]): readonly Span[] => [styled('strong', name), does])
  const states = (['running', 'finished', 'failed', 'killed', 'interrupted'] as const).map((state): readonly Span[] => {
    return [stateSign(state), stateWord(state)]
  })
  return [[styled('strong', 'mlv top')], [], ...alignedRows(keys, '  '), [], ...alignedRows(states, '  ')]
}

function footLine({ page, draft, isLog }: TopState): Line {
  if (draft !== undefined) return [styled('strong', 'filter: '), draft, styled('chosen', ' ')]
  const words = {
    runs: 'j/k move  enter plot  s sort  / filter  m metric  ? help  q quit',
    plot: `j/k metrics  l ${isLog ? 'linear' : 'log'}  q back`,
    metrics: 'j/k move  enter choose  q back',
    help: 'any key goes back',
  }
  return [styled('faint', words[page])]
}

function blank(count: number): readonly Line[] {
  return Array.from({ length: Math.max(0, count) }, () => [])
}

/** Nothing is ever wrapped: what is beyond the edge is cut. */
function cutLine(line: Line, width: number): Line {
  if (displayWidth(plainText(line)) <= width) return line
  const cut: Span[] = []
  let left = width
  for (const span of line) {
    const text = typeof span === 'string' ? span : span.text
    const kept = cutToWidth(text, left)
    left -= displayWidth(kept)
    cut.push(typeof span === 'string' ? kept : { ...span, text: kept })
    if (left <= 0) break
  }
  return cut
}
