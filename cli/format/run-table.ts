/**
 * Lists of runs as tables: short on a terminal, exact for a program.
 */
import { instantMs, instantOf } from '../../src/base/clock.ts'
import { compareText, sortedEntries } from '../../src/base/order.ts'
import { ulidMs } from '../../src/base/ulid.ts'
import type { FieldValue } from '../../src/domain/filter.ts'
import { ownMetrics } from '../../src/domain/metric.ts'
import type { Goal } from '../../src/domain/metric.ts'
import { isSystemMetric } from '../../src/domain/key.ts'
import type { MetricKey, ParameterKey } from '../../src/domain/key.ts'
import type { ParameterValue } from '../../src/domain/parameter.ts'
import { parseField } from '../../src/domain/query.ts'
import { elapsedMsOf } from '../../src/domain/run-outline.ts'
import type { RunId, SealedRun } from '../../src/domain/run.ts'
import type { Sparkline } from '../../src/domain/series-sketch.ts'
import type { RunGroup } from '../../src/ops/read/group-runs.ts'
import type { RunRow, VersionLabel } from '../../src/ops/revisions/run-row.ts'
import { bestValue, markedNumber } from './best-mark.ts'
import { column } from './columns.ts'
import type { Column, Table } from './columns.ts'
import { cutToWidth } from './display-width.ts'
import { styled } from './line.ts'
import type { Span } from './line.ts'
import { metricName } from './metric-change.ts'
import { exactNumberText, numberText } from './number.ts'
import { parameterValueText } from './parameter-text.ts'
import { stateSign, stateWord } from './run-state.ts'
import type { RunState } from './run-state.ts'
import { shortId } from './short-id.ts'
import { sparklineText } from './sparkline.ts'
import { agoText, durationText } from './time.ts'

/** For whom a table is made. */
export interface Reader {
  /** A person on a terminal gets rounded numbers and short ids; a program gets all of both. */
  readonly isPerson: boolean
  /** Milliseconds since the Unix epoch, UTC. */
  readonly nowMs: number
}

/** A column of a table of runs. */
export interface RunColumn extends Column {
  readonly cell: (row: RunRow) => Span
}

/** Curves beside metrics. */
export interface ShownCurves {
  /** Metrics that have a column of curves. */
  readonly metrics: readonly MetricKey[]
  readonly of: ReadonlyMap<RunId, ReadonlyMap<MetricKey, Sparkline>>
}

const NO_CURVES: ShownCurves = { metrics: [], of: new Map() }

/**
 * The table of `mlv ls`: state, id, age, duration, status, experiment, version, every metric, message. A person is
 * spared what the machine did and the experiment where all runs are of one, sees the parameters in which the runs
 * differ, and which value is best.
 */
export function runTable(rows: readonly RunRow[], reader: Reader, curves: ShownCurves = NO_CURVES): Table {
  const metrics = metricsIn(rows, reader).flatMap(([key, goal], index) => [
    metricColumn({ key, goal, index, best: bestOf(rows, key, goal) }, reader),
    ...(curves.metrics.includes(key) ? [curveColumn(key, curves, reader)] : []),
  ])
  const differing = reader.isPerson ? differingParameters(rows).map(parameterColumn) : []
  return tableOf([...leadingColumns(rows, reader), ...metrics, ...differing, messageColumn], rows)
}

/** The columns of the table of `mlv ls` for a program but for those of metrics: the same whatever the rows are. */
export function sheetColumns(nowMs: number): { readonly before: readonly RunColumn[]; readonly after: RunColumn } {
  return { before: leadingColumns([], { isPerson: false, nowMs }), after: messageColumn }
}

/** Metrics in the order in which a table has them: those with a goal first, each part by key. */
export function inTableOrder(goals: ReadonlyMap<MetricKey, Goal>): readonly (readonly [MetricKey, Goal])[] {
  return [...goals].sort(([left, leftGoal], [right, rightGoal]) => {
    return Number(leftGoal === 'none') - Number(rightGoal === 'none') || compareText(left, right)
  })
}

/** A table of chosen fields after the id. @throws what `valueOf` refuses */
export function fieldTable(
  rows: readonly RunRow[],
  fields: readonly string[],
  valueOf: (row: RunRow, field: string) => FieldValue | undefined,
  reader: Reader,
  curves: ShownCurves = NO_CURVES,
): Table {
  const chosen = fields.flatMap((field): readonly RunColumn[] => {
    const plain = { ...column(field), cell: (row: RunRow) => fieldText(field, valueOf(row, field), reader) }
    const key = metricOfField(field)
    if (key === undefined) return [plain]
    const goal = goalOf(rows, key)
    const shown = reader.isPerson
      ? { ...metricColumn({ key, goal, index: 0, best: bestOf(rows, key, goal) }, reader), title: field }
      : plain
    const curve = curves.metrics.includes(key) ? [curveColumn(key, curves, reader)] : []
    return [{ ...shown, whenNarrow: 'keep' }, ...curve]
  })
  return tableOf([...(reader.isPerson ? [signColumn] : []), idColumn(reader), ...chosen], rows)
}

/** The metrics that a table of these rows shows, in its order. */
export function shownMetrics(rows: readonly RunRow[], fields: readonly string[] | undefined): readonly MetricKey[] {
  if (fields !== undefined) return fields.flatMap((field) => metricOfField(field) ?? [])
  return metricsIn(rows, { isPerson: true, nowMs: 0 }).map(([key]) => key)
}

/** The metric whose last value a field is; `undefined` for any other field. @throws `filter-invalid` */
function metricOfField(text: string): MetricKey | undefined {
  const field = parseField(text)
  return field.kind === 'metric' && field.part === 'last' ? field.key : undefined
}

/** The table of `mlv ls --group`: the value, how many runs, and mean ± deviation of every metric. */
export function groupTable(groups: readonly RunGroup[], field: string, reader: Reader): Table {
  const measured = [...new Set(groups.flatMap(({ metrics }) => [...metrics.keys()]))].sort(compareText)
  const keys = reader.isPerson ? measured.filter((key) => !isSystemMetric(key)) : measured
  return {
    columns: [column(field), column('runs', 'right'), ...keys.flatMap((key) => groupColumns(key, reader))],
    rows: groups.map(({ value, count, metrics }) => [
      value,
      String(count),
      ...keys.flatMap((key) => groupCells(metrics.get(key), reader)),
    ]),
  }
}

/** Versions of a run: `churn@v12 (production)`. */
export function versionLabelText({ model, number, aliases }: VersionLabel): string {
  return `${model}@v${number}${aliases.length === 0 ? '' : ` (${aliases.join(', ')})`}`
}

function tableOf(columns: readonly RunColumn[], rows: readonly RunRow[]): Table {
  return { columns, rows: rows.map((row) => columns.map(({ cell }) => cell(row))) }
}

function leadingColumns(rows: readonly RunRow[], reader: Reader): readonly RunColumn[] {
  const experiment: RunColumn = {
    ...column('experiment'),
    whenNarrow: 'drop-first',
    cell: ({ run }) => run.experiment,
  }
  const isOneExperiment = new Set(rows.map(({ run }) => run.experiment)).size === 1
  // Where all went well the sign says so.
  const isAllDone = rows.every((row) => stateOf(row) === 'finished')
  return [
    ...(reader.isPerson ? [signColumn] : []),
    idColumn(reader),
    { ...column('created'), whenNarrow: 'drop-first', cell: ({ run }) => createdText(run, reader) },
    ...(reader.isPerson ? [tookColumn(reader)] : []),
    ...(reader.isPerson && isAllDone ? [] : [statusColumn]),
    ...(reader.isPerson && isOneExperiment ? [] : [experiment]),
    ...(reader.isPerson && rows.every(({ versions }) => versions.length === 0) ? [] : [versionColumn]),
  ]
}

const statusColumn: RunColumn = {
  ...column('status'),
  whenNarrow: 'drop-first',
  cell: (row) => stateWord(stateOf(row)),
}

const versionColumn: RunColumn = {
  ...column('version'),
  cell: ({ versions }) => versions.map(versionLabelText).join(', '),
}

// That a run failed must be seen, however narrow the terminal.
const signColumn: RunColumn = { ...column(''), cell: (row) => stateSign(stateOf(row)) }

function stateOf({ run, isLive }: RunRow): RunState {
  return isLive === true ? 'running' : run.status
}

function tookColumn({ nowMs }: Reader): RunColumn {
  return {
    ...column('took', 'right'),
    whenNarrow: 'drop-first',
    cell: ({ run, isLive }) => {
      const elapsedMs = isLive === true ? Math.max(0, nowMs - instantMs(run.startedAt)) : elapsedMsOf(run)
      return elapsedMs === undefined ? '' : durationText(elapsedMs)
    },
  }
}

function idColumn({ isPerson }: Reader): RunColumn {
  return { ...column('id'), cell: ({ run }) => styled('subject', isPerson ? shortId(run.id) : run.id) }
}

const messageColumn: RunColumn = {
  ...column('message'),
  whenNarrow: 'cut',
  cell: ({ run, notes }) => [notes.name, run.message, ...notes.tags.map((tag) => `#${tag}`)].filter(Boolean).join(' '),
}

interface MetricPlace {
  readonly key: MetricKey
  readonly goal: Goal
  /** Counts from 0; the first metric is the last to give way. */
  readonly index: number
  /** The value to mark; absent where none is better than the others. */
  readonly best: number | undefined
}

function metricColumn({ key, goal, index, best }: MetricPlace, { isPerson }: Reader): RunColumn {
  return {
    ...column(isPerson ? metricName(key, goal) : key, 'right'),
    whenNarrow: goal === 'none' && index > 0 ? 'drop-first' : 'drop',
    cell: ({ run }) => {
      const value = run.metrics.get(key)?.summary.last
      if (value === undefined) return ''
      return isPerson ? markedNumber(value, best) : exactNumberText(value)
    },
  }
}

/** The best last value of several runs, which not all of them have. */
function bestOf(rows: readonly RunRow[], key: MetricKey, goal: Goal): number | undefined {
  const values = rows.flatMap(({ run }) => run.metrics.get(key)?.summary.last ?? [])
  return bestValue(values, goal)
}

function goalOf(rows: readonly RunRow[], key: MetricKey): Goal {
  const goals = rows.map(({ run }) => run.metrics.get(key)?.goal ?? 'none')
  return goals.find((goal) => goal !== 'none') ?? 'none'
}

function curveColumn(key: MetricKey, { of }: ShownCurves, { isPerson }: Reader): RunColumn {
  return {
    ...column(isPerson ? '' : `sparkline ${key}`),
    whenNarrow: 'drop',
    cell: ({ run }) => {
      const values = of.get(run.id)?.get(key) ?? []
      return isPerson ? sparklineText(values) : values.map(exactNumberText).join(',')
    },
  }
}

/** More columns than this are no help. */
const MOST_PARAMETERS = 12
const PARAMETER_WIDTH = 20
const PARAMETER_DIGITS = 6

/** Keys of the parameters that not all of these runs have with one value, by key. */
function differingParameters(rows: readonly RunRow[]): readonly ParameterKey[] {
  const known = new Map<ParameterKey, { readonly value: ParameterValue; count: number; differs: boolean }>()
  for (const { run } of rows) {
    for (const [key, value] of run.parameters) {
      const seen = known.get(key) ?? { value, count: 0, differs: false }
      seen.count += 1
      seen.differs ||= !isSameValue(seen.value, value)
      known.set(key, seen)
    }
  }
  const differing = sortedEntries(known).filter(([, { count, differs }]) => differs || count < rows.length)
  return differing.slice(0, MOST_PARAMETERS).map(([key]) => key)
}

function isSameValue(left: ParameterValue, right: ParameterValue): boolean {
  if (typeof left !== 'object' || typeof right !== 'object') return Object.is(left, right)
  return parameterValueText(left) === parameterValueText(right)
}

/** Floats that were computed have digits that say nothing. */
function shortValueText(value: ParameterValue): string {
  if (typeof value !== 'number' || !Number.isFinite(value)) return parameterValueText(value)
  return parameterValueText(Number(value.toPrecision(PARAMETER_DIGITS)))
}

function parameterColumn(key: ParameterKey): RunColumn {
  return {
    ...column(cutToWidth(key, PARAMETER_WIDTH), 'right'),
    whenNarrow: 'drop-first',
    cell: ({ run }) => {
      const value = run.parameters.get(key)
      return value === undefined ? '' : cutToWidth(shortValueText(value), PARAMETER_WIDTH)
    },
  }
}

/** Every metric of the runs, those with a goal first, each part by key. The newest run's goal is the one shown. */
function metricsIn(rows: readonly RunRow[], { isPerson }: Reader): readonly (readonly [MetricKey, Goal])[] {
  const goals = new Map<MetricKey, Goal>()
  for (const { run } of rows) {
    const metrics = isPerson ? ownMetrics(run.metrics) : run.metrics
    for (const [key, { goal }] of metrics) if ((goals.get(key) ?? 'none') === 'none') goals.set(key, goal)
  }
  return inTableOrder(goals)
}

function createdText(run: SealedRun, { isPerson, nowMs }: Reader): string {
  return isPerson ? agoText(ulidMs(run.id), nowMs) : instantOf(ulidMs(run.id))
}

function fieldText(field: string, value: FieldValue | undefined, { isPerson, nowMs }: Reader): string {
  if (value === undefined) return ''
  if (field === 'created' && typeof value === 'number') return isPerson ? agoText(value, nowMs) : instantOf(value)
  if (field === 'elapsed' && typeof value === 'number' && isPerson) return durationText(value)
  if (typeof value === 'number') return isPerson ? numberText(value) : exactNumberText(value)
  return String(value)
}

function groupColumns(key: string, { isPerson }: Reader): readonly Column[] {
  if (isPerson) return [{ ...column(key, 'right'), whenNarrow: 'drop' }]
  return ['mean', 'deviation', 'count'].map((part) => column(`${key} ${part}`, 'right'))
}

type Spread = RunGroup['metrics'] extends ReadonlyMap<MetricKey, infer Item> ? Item : never

function groupCells(spread: Spread | undefined, { isPerson }: Reader): readonly string[] {
  if (spread === undefined) return isPerson ? [''] : ['', '', '']
  const { mean, deviation, count } = spread
  if (!isPerson) return [exactNumberText(mean), exactNumberText(deviation), String(count)]
  return [count === 1 ? numberText(mean) : `${numberText(mean)} ± ${numberText(deviation)}`]
}
