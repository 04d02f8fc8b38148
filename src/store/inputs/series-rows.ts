/**
 * Rows of logged metrics, whatever file they came from, gathered into one series a metric.
 *
 * Nothing is dropped, sorted or merged. A field that is neither a number, a step, a time nor empty is refused.
 */
import { refuse } from '../../domain/failure.ts'
import { parseMetricKey } from '../../domain/key.ts'
import type { MetricKey } from '../../domain/key.ts'
import { buildSeries } from '../../domain/series.ts'
import type { SeriesBuilder, SeriesSet } from '../../domain/series.ts'
import { parseTime } from '../../domain/time-text.ts'

/** One field of a row; `undefined` for a field that is there and empty. */
export type Field = number | string | undefined

/** One row: names beside fields, in file order. */
export interface Row {
  /** Counts from 1. */
  readonly line: number
  readonly names: readonly string[]
  readonly fields: readonly Field[]
}

/** Takes rows in file order. */
export interface SeriesGatherer {
  /** @throws `metric-not-number`, `document-malformed`, `name-invalid` */
  readonly take: (row: Row) => void
  readonly series: () => SeriesSet
}

/** Names of the step, most telling first. The empty name is the index column that pandas writes. */
const STEP_NAMES = ['step', 'global_step', '_step', 'iteration', 'iter', 'epoch', '']
const TIME_NAMES = new Set(['time', 'timestamp', '_timestamp', 'datetime', 'date'])

const NON_FINITE = new Map([
  ['nan', NaN],
  ['inf', Infinity],
  ['+inf', Infinity],
  ['-inf', -Infinity],
  ['infinity', Infinity],
  ['+infinity', Infinity],
  ['-infinity', -Infinity],
])

/** Reads the usual spellings of NaN and the infinities, in any case; `undefined` for other text. */
export function parseNonFinite(text: string): number | undefined {
  return text.length > 9 ? undefined : NON_FINITE.get(text.toLowerCase())
}

/** What the names of a row mean, worked out once for all rows with the same names. */
interface Layout {
  readonly names: readonly string[]
  /** Where a step may be, most telling first. */
  readonly steps: readonly number[]
  readonly times: readonly number[]
  /** In a row that names its metric, where that name and its value are. */
  readonly named?: { readonly metric: number; readonly value: number }
}

/** Starts gathering rows of one file. */
export function gatherSeries(file: string): SeriesGatherer {
  const series = new Map<string, { readonly key: MetricKey; readonly points: SeriesBuilder }>()
  let layout = layoutOf([])
  let rowCount = 0

  function pointsOf(name: string): SeriesBuilder {
    const known = series.get(name)
    if (known !== undefined) return known.points
    const added = { key: parseMetricKey(name), points: buildSeries() }
    series.set(name, added)
    return added.points
  }

  function take(row: Row): void {
    if (!hasNames(layout, row.names)) layout = layoutOf(row.names)
    if (layout.named === undefined) takeWideRow(row, layout, { file, rowCount, pointsOf })
    else takeNamedValue(row, layout, { file, named: layout.named, pointsOf })
    rowCount += 1
  }

  return { take, series: () => new Map([...series.values()].map(({ key, points }) => [key, points.series()])) }
}

function layoutOf(names: readonly string[]): Layout {
  const metric = names.indexOf('metric')
  const value = names.indexOf('value')
  return {
    names,
    steps: STEP_NAMES.map((name) => names.indexOf(name)).filter((index) => index >= 0),
    times: names.flatMap((name, index) => (TIME_NAMES.has(name) ? [index] : [])),
    ...(metric < 0 || value < 0 ? {} : { named: { metric, value } }),
  }
}

function hasNames(layout: Layout, names: readonly string[]): boolean {
  if (layout.names === names) return true
  return layout.names.length === names.length && names.every((name, index) => name === layout.names[index])
}

/** A row of many metrics: every field that is not its step or time is one. */
function takeWideRow(
  row: Row,
  layout: Layout,
  into: { readonly file: string; readonly rowCount: number; readonly pointsOf: (name: string) => SeriesBuilder },
): void {
  const stepAt = stepIndex(row, layout, into.file)
  const timeAt = timeIndex(row, layout)
  const atMs = timeAt === undefined ? undefined : timeOf(row.fields[timeAt])
  const step = stepAt === undefined ? into.rowCount : Number(row.fields[stepAt])
  row.names.forEach((name, index) => {
    if (index === stepAt || index === timeAt) return
    const value = metricValue(row, index, into.file)
    if (value !== undefined) into.pointsOf(name).add(step, value, atMs)
  })
}

/** A row that names its metric: `{"metric": "loss", "step": 1, "value": 0.3}`. Without a step, points are counted. */
function takeNamedValue(
  row: Row,
  layout: Layout,
  into: {
    readonly file: string
    readonly named: NonNullable<Layout['named']>
    readonly pointsOf: (name: string) => SeriesBuilder
  },
): void {
  const name = row.fields[into.named.metric]
  if (typeof name !== 'string') throw malformed(into.file, row.line, 'expected the name of a metric in `metric`')
  const value = metricValue(row, into.named.value, into.file)
  if (value === undefined) throw malformed(into.file, row.line, `metric '${name}' has no value`)
  const points = into.pointsOf(name)
  const stepAt = stepIndex(row, layout, into.file)
  const timeAt = timeIndex(row, layout)
  const step = stepAt === undefined ? points.count() : Number(row.fields[stepAt])
  points.add(step, value, timeAt === undefined ? undefined : timeOf(row.fields[timeAt]))
}

/** A fractional `epoch` is a metric; a fractional `step` is a mistake. */
function stepIndex(row: Row, layout: Layout, file: string): number | undefined {
  for (const index of layout.steps) {
    if (Number.isSafeInteger(row.fields[index])) return index
    if (row.names[index] === 'step') throw malformed(file, row.line, "expected a whole number in 'step'")
  }
  return undefined
}

function timeIndex(row: Row, layout: Layout): number | undefined {
  return layout.times.find((index) => timeOf(row.fields[index]) !== undefined)
}

function timeOf(field: Field): number | undefined {
  return field === undefined ? undefined : parseTime(field)
}

function metricValue(row: Row, index: number, file: string): number | undefined {
  const field = row.fields[index]
  if (typeof field !== 'string') return field
  const value = parseNonFinite(field)
  if (value !== undefined) return value
  const metric = row.names[index] ?? ''
  throw refuse('metric-not-number', { metric, found: 'text', file: `${file}:${row.line}` })
}

function malformed(file: string, line: number, problem: string): Error {
  return refuse('document-malformed', { place: { file, line }, problem })
}
