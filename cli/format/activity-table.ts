/**
 * Runs at work as a table: what they do, how far they are, and what their metrics came to.
 */
import { compareText } from '../../src/base/order.ts'
import { instantOf } from '../../src/base/clock.ts'
import { isSystemMetric, parseMetricKey } from '../../src/domain/key.ts'
import type { MetricKey } from '../../src/domain/key.ts'
import { ownMetrics } from '../../src/domain/metric.ts'
import { sparklineOf } from '../../src/domain/series-sketch.ts'
import type { ActivityRow } from '../../src/ops/read/watch-activity.ts'
import { bytesText } from './bytes.ts'
import { column } from './columns.ts'
import type { Column, Table } from './columns.ts'
import { styled } from './line.ts'
import type { Span } from './line.ts'
import { metricName } from './metric-change.ts'
import { exactNumberText, numberText } from './number.ts'
import { stateSign, stateWord } from './run-state.ts'
import { shortId } from './short-id.ts'
import { SPARKLINE_WIDTH, sparklineText } from './sparkline.ts'

interface ActivityColumn extends Column {
  readonly cell: (row: ActivityRow) => Span
}

/** Metrics that have a column, after the first. */
const OTHER_METRICS = 3
const NAME_WIDTH = 14

/** A narrower terminal shows more of the metrics and names instead of what was printed last. */
const LEAST_WIDTH_FOR_LINES = 96

/**
 * For a person: short ids, rounded numbers, and what gives way when it is narrow.
 *
 * @param metric shown first; one with a goal when absent
 */
export function activityTable(rows: readonly ActivityRow[], metric: MetricKey | undefined, width: number): Table {
  const keys = activityMetrics(rows)
  const hasLines = width >= LEAST_WIDTH_FOR_LINES && rows.some(({ lastLine }) => lastLine !== undefined)
  const shown = [...(metric === undefined ? [] : [metric]), ...keys.filter((key) => key !== metric)]
  const columns: readonly ActivityColumn[] = [
    { ...column(''), cell: ({ state }) => stateSign(state) },
    { ...column('run'), cell: ({ row }) => styled('subject', shortId(row.run.id)) },
    { ...column('name'), whenNarrow: 'drop-first', enough: NAME_WIDTH, cell: ({ row }) => nameOf(row) },
    { ...column('state'), whenNarrow: 'drop-first', cell: ({ state }) => stateWord(state) },
    { ...column('time', 'right'), cell: ({ elapsedMs }) => (elapsedMs === undefined ? '' : clockText(elapsedMs)) },
    ...progressColumns(rows),
    ...shown.slice(0, 1 + OTHER_METRICS).flatMap((key, index) => metricColumns(rows, key, index)),
    ...systemColumns(rows),
    ...(hasLines ? [lineColumn] : []),
  ]
  return { columns, rows: rows.map((row) => columns.map(({ cell }) => cell(row))) }
}

/** For a program: whole ids, all digits. */
export function activitySheet(rows: readonly ActivityRow[]): Table {
  const columns: readonly ActivityColumn[] = [
    { ...column('id'), cell: ({ row }) => row.run.id },
    { ...column('state'), cell: ({ state }) => state },
    { ...column('started'), cell: ({ startedAtMs }) => instantOf(startedAtMs) },
    { ...column('elapsed'), cell: ({ elapsedMs }) => numberOr(elapsedMs) },
    { ...column('step'), cell: ({ step }) => numberOr(step) },
    { ...column('steps a second'), cell: ({ stepsPerSecond }) => numberOr(stepsPerSecond) },
    ...activityMetrics(rows).map((key) => ({ ...column(key), cell: lastOf(key) })),
    { ...column('experiment'), cell: ({ row }) => row.run.experiment },
    { ...column('name'), cell: ({ row }) => row.notes.name ?? row.run.message ?? '' },
    { ...column('last line'), cell: ({ lastLine }) => lastLine ?? '' },
  ]
  return { columns, rows: rows.map((row) => columns.map(({ cell }) => cell(row))) }
}

/** The metrics of runs, those with a goal first, then those that are curves, each part by key. */
export function activityMetrics(rows: readonly ActivityRow[]): readonly MetricKey[] {
  const ranks = new Map<MetricKey, number>()
  for (const { row, curves } of rows) {
    for (const [key, { goal }] of ownMetrics(row.run.metrics)) {
      const rank = goal !== 'none' ? 0 : curves.has(key) ? 1 : 2
      ranks.set(key, Math.min(rank, ranks.get(key) ?? rank))
    }
  }
  const ranked = [...ranks].sort(([left, first], [right, second]) => first - second || compareText(left, right))
  return ranked.map(([key]) => key)
}

/** What a run is called, by whoever made it; else its experiment. */
export function nameOf({ notes, run }: ActivityRow['row']): string {
  return notes.name ?? run.message ?? run.experiment
}

/** A duration as a clock has it: `0:42`, `12:04`, `2:05:09`, `3 d 2 h`. */
export function clockText(ms: number): string {
  const seconds = Math.floor(ms / 1000)
  const [days, hours] = [Math.floor(seconds / 86_400), Math.floor(seconds / 3600)]
  if (days > 0) return `${days} d ${hours % 24} h`
  const two = (part: number): string => String(part).padStart(2, '0')
  const [minute, second] = [Math.floor(seconds / 60) % 60, seconds % 60]
  return hours > 0 ? `${hours}:${two(minute)}:${two(second)}` : `${minute}:${two(second)}`
}

/** What a run takes of its machine now, in words; those that are known. */
export function systemTexts({ curves, state }: ActivityRow): readonly (readonly [name: string, text: string])[] {
  if (state !== 'running') return []
  const last = (key: string): number | undefined => curves.get(parseMetricKey(key))?.at(-1)?.last
  const [cpu, memory] = [last('system/cpu.percent'), last('system/memory.bytes')]
  const gpu = gpuOf(curves)
  return [
    ...(cpu === undefined ? [] : [['cpu', `${Math.round(cpu)}%`] as const]),
    ...(memory === undefined ? [] : [['memory', bytesText(memory)] as const]),
    ...(gpu.percent === undefined ? [] : [['gpu', `${Math.round(gpu.percent)}%`] as const]),
    ...(gpu.memoryBytes === undefined ? [] : [['gpu memory', bytesText(gpu.memoryBytes)] as const]),
  ]
}

/** Of all cards: the mean of what they do, the sum of what they hold. */
function gpuOf(curves: ActivityRow['curves']): { readonly percent?: number; readonly memoryBytes?: number } {
  const lasts = (end: string): readonly number[] =>
    [...curves].flatMap(([key, blocks]) => {
      return isSystemMetric(key) && key.startsWith('system/gpu.') && key.endsWith(end)
        ? [blocks.at(-1)?.last ?? NaN]
        : []
    })
  const sum = (values: readonly number[]): number => values.reduce((total, value) => total + value, 0)
  const [memory, all] = [lasts('.memory.bytes'), lasts('.percent')]
  return {
    ...(all.length === 0 ? {} : { percent: sum(all) / all.length }),
    ...(memory.length === 0 ? {} : { memoryBytes: sum(memory) }),
  }
}

const lineColumn: ActivityColumn = {
  ...column('last line'),
  whenNarrow: 'cut',
  cell: ({ lastLine }) => styled('faint', lastLine ?? ''),
}

function progressColumns(rows: readonly ActivityRow[]): readonly ActivityColumn[] {
  const step: ActivityColumn = {
    ...column('step', 'right'),
    whenNarrow: 'drop',
    cell: (row) => (row.step === undefined ? '' : String(row.step)),
  }
  const rate: ActivityColumn = {
    ...column('steps/s', 'right'),
    whenNarrow: 'drop-first',
    cell: ({ stepsPerSecond }) => (stepsPerSecond === undefined ? '' : rateText(stepsPerSecond)),
  }
  const hasRate = rows.some(({ stepsPerSecond }) => stepsPerSecond !== undefined)
  return [...(rows.some((row) => row.step !== undefined) ? [step] : []), ...(hasRate ? [rate] : [])]
}

/** Three digits: a rate is never exact. */
export function rateText(rate: number): string {
  if (rate >= 1000) return String(Math.round(rate))
  return String(Number(rate.toPrecision(3)))
}

function metricColumns(rows: readonly ActivityRow[], key: MetricKey, index: number): readonly ActivityColumn[] {
  const goals = rows.map(({ row }) => row.run.metrics.get(key)?.goal ?? 'none')
  const whenNarrow = index === 0 ? 'drop' : 'drop-first'
  const value: ActivityColumn = {
    ...column(metricName(key, goals.find((goal) => goal !== 'none') ?? 'none'), 'right'),
    whenNarrow,
    cell: ({ row }) => {
      const last = row.run.metrics.get(key)?.summary.last
      return last === undefined ? '' : Number.isFinite(last) ? numberText(last) : styled('bad', numberText(last))
    },
  }
  const curve: ActivityColumn = { ...column(''), whenNarrow, cell: (row) => curveText(row, key, SPARKLINE_WIDTH) }
  return [value, ...(rows.some((row) => curveText(row, key, 2) !== '') ? [curve] : [])]
}

/** The curve of a metric; empty for one value or none. */
export function curveText({ curves }: ActivityRow, key: MetricKey, width: number): string {
  const blocks = curves.get(key) ?? []
  return blocks.length < 2 ? '' : sparklineText(sparklineOf(blocks, width))
}

function systemColumns(rows: readonly ActivityRow[]): readonly ActivityColumn[] {
  const names = ['cpu', 'memory', 'gpu', 'gpu memory'].filter((name) => {
    return rows.some((row) => systemTexts(row).some(([known]) => known === name))
  })
  return names.map((name) => ({
    ...column(name, 'right'),
    whenNarrow: 'drop-first',
    cell: (row) => systemTexts(row).find(([known]) => known === name)?.[1] ?? '',
  }))
}

function lastOf(key: MetricKey): (row: ActivityRow) => string {
  return ({ row }) => numberOr(row.run.metrics.get(key)?.summary.last)
}

function numberOr(value: number | undefined): string {
  return value === undefined ? '' : exactNumberText(value)
}
