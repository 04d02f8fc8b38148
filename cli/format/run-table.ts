/**
 * Lists of runs as tables: short on a terminal, exact for a program.
 */
import { compareText } from '../../src/base/order.ts'
import { instantOf } from '../../src/base/clock.ts'
import { ulidMs } from '../../src/base/ulid.ts'
import type { FieldValue } from '../../src/domain/filter.ts'
import { ownMetrics } from '../../src/domain/metric.ts'
import type { Goal } from '../../src/domain/metric.ts'
import { isSystemMetric } from '../../src/domain/key.ts'
import type { MetricKey } from '../../src/domain/key.ts'
import type { SealedRun } from '../../src/domain/run.ts'
import type { RunGroup } from '../../src/ops/read/group-runs.ts'
import type { RunRow, VersionLabel } from '../../src/ops/revisions/run-row.ts'
import { column } from './columns.ts'
import type { Column, Table } from './columns.ts'
import { styled } from './line.ts'
import type { Span, Style } from './line.ts'
import { metricName } from './metric-change.ts'
import { exactNumberText, numberText } from './number.ts'
import { shortId } from './short-id.ts'
import { agoText, durationText } from './time.ts'

/** For whom a table is made. */
export interface Reader {
  /** A person on a terminal gets rounded numbers and short ids; a program gets all of both. */
  readonly isPerson: boolean
  /** Milliseconds since the Unix epoch, UTC. */
  readonly nowMs: number
}

interface RunColumn extends Column {
  readonly cell: (row: RunRow) => Span
}

const STATUS_STYLES: { readonly [S in SealedRun['status']]: Style } = {
  finished: 'good',
  failed: 'bad',
  killed: 'warning',
}

/**
 * The table of `mlv ls`: id, age, status, experiment, version, every metric, message. A person is spared what the
 * machine did, and the experiment where all runs are of one.
 */
export function runTable(rows: readonly RunRow[], reader: Reader): Table {
  const metrics = metricsIn(rows, reader).map(([key, goal], index) => metricColumn({ key, goal, index }, reader))
  return tableOf([...leadingColumns(rows, reader), ...metrics, messageColumn], rows)
}

/** A table of chosen fields after the id. @throws what `valueOf` refuses */
export function fieldTable(
  rows: readonly RunRow[],
  fields: readonly string[],
  valueOf: (row: RunRow, field: string) => FieldValue | undefined,
  reader: Reader,
): Table {
  const chosen = fields.map((field) => ({
    ...column(field),
    cell: (row: RunRow) => fieldText(field, valueOf(row, field), reader),
  }))
  return tableOf([idColumn(reader), ...chosen], rows)
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
  // That a run failed must be seen, however narrow the terminal.
  const isAllDone = rows.every(({ run, isLive }) => run.status === 'finished' && isLive !== true)
  return [
    idColumn(reader),
    { ...column('created'), whenNarrow: 'drop-first', cell: ({ run }) => createdText(run, reader) },
    {
      ...column('status'),
      whenNarrow: isAllDone ? 'drop-first' : 'keep',
      cell: ({ run, isLive }) =>
        isLive === true ? styled('strong', 'running') : styled(STATUS_STYLES[run.status], run.status),
    },
    ...(reader.isPerson && isOneExperiment ? [] : [experiment]),
    { ...column('version'), cell: ({ versions }) => versions.map(versionLabelText).join(', ') },
  ]
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
}

function metricColumn({ key, goal, index }: MetricPlace, { isPerson }: Reader): RunColumn {
  return {
    ...column(isPerson ? metricName(key, goal) : key, 'right'),
    whenNarrow: goal === 'none' && index > 0 ? 'drop-first' : 'drop',
    cell: ({ run }) => {
      const value = run.metrics.get(key)?.summary.last
      if (value === undefined) return ''
      return isPerson ? numberText(value) : exactNumberText(value)
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
  return [...goals].sort(([left, leftGoal], [right, rightGoal]) => {
    return Number(leftGoal === 'none') - Number(rightGoal === 'none') || compareText(left, right)
  })
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
