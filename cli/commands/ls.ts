/**
 * `mlv ls`: the runs, filtered, sorted, in columns of one's choice, or grouped.
 */
import { printable } from '../../src/base/printable.ts'
import { closestNames } from '../../src/base/suggest.ts'
import { isFailure, refuse } from '../../src/domain/failure.ts'
import { parseMetricKey } from '../../src/domain/key.ts'
import type { MetricKey } from '../../src/domain/key.ts'
import { sortKeyOf } from '../../src/domain/query-sort.ts'
import type { Sparkline } from '../../src/domain/series-sketch.ts'
import { valueMap } from '../../src/base/value.ts'
import type { Value, ValueMap } from '../../src/base/value.ts'
import { fieldValue } from '../../src/ops/revisions/field-value.ts'
import { groupRuns } from '../../src/ops/read/group-runs.ts'
import type { RunGroup } from '../../src/ops/read/group-runs.ts'
import { leftBehind } from '../../src/ops/repository/left-behind.ts'
import { listRuns, listRunsInParts } from '../../src/ops/read/list-runs.ts'
import type { ListRunsOptions } from '../../src/ops/read/list-runs.ts'
import { readSparklines } from '../../src/ops/read/read-sparklines.ts'
import type { Repository } from '../../src/ops/repository/repository.ts'
import type { RunRow } from '../../src/ops/revisions/run-row.ts'
import { defineCommand } from '../command.ts'
import type { Session } from '../command.ts'
import { AT } from '../common-options.ts'
import { EXIT } from '../exit-code.ts'
import type { ExitCode } from '../exit-code.ts'
import type { Output } from '../output.ts'
import { countText } from '../format/bytes.ts'
import type { Table } from '../format/columns.ts'
import { styled } from '../format/line.ts'
import type { Line } from '../format/line.ts'
import { runSheet } from '../format/run-sheet.ts'
import { fieldTable, groupTable, runTable, shownMetrics } from '../format/run-table.ts'
import type { Reader, ShownCurves } from '../format/run-table.ts'
import { SPARKLINE_WIDTH } from '../format/sparkline.ts'
import { integer, listJson, mapJson, maybe } from '../json/json-members.ts'
import { runRowJson } from '../json/run-json.ts'
import { hintLeftBehind } from '../hint-left-behind.ts'
import { count, flag, names, text } from '../option.ts'
import { watchRuns } from '../watch-runs.ts'

/** The command. */
export const lsCommand = defineCommand({
  name: 'ls',
  summary: 'List runs',
  details: [
    'Filters compare fields: = != < <= > >= and ~ for "contains", joined by and, or, not and parentheses; also',
    '"in (...)", "has FIELD" and "tag:NAME". Fields are metric.KEY (or .min .max .best .count of it), param.KEY,',
    'status, experiment, id, name, branch, group, model, tag, created and elapsed. Times are dates, or -7d for a',
    'week ago. A group is a sweep.',
    'Put keys with odd characters in quotes: metric."val/loss".min < 0.3',
    'On a terminal: columns, the parameters in which the runs differ, a star at the best value of a metric with a',
    'goal, and the curve of the first metric that was logged over steps. Elsewhere: tab-separated with full ids, all',
    'digits and a line of titles, and curves only when --spark asks for them.',
    'With --watch a terminal is drawn anew as runs go on, and elsewhere each row that changed is printed.',
  ],
  arguments: {},
  options: {
    filter: text('-f, --filter <expression>', 'only runs that match'),
    sort: text('-s, --sort <field>', "order by a field; a leading '-' puts the greatest first"),
    columns: names('-c, --columns <fields>', 'show these fields, with commas between them'),
    group: text('-g, --group <field>', 'one line for each value of a field, with mean and deviation of every metric'),
    spark: names('--spark <metrics>', 'draw the curves of these metrics, with commas between them'),
    noSpark: flag('--no-spark', 'draw no curves'),
    limit: count('-n, --limit <count>', 'at most so many'),
    archived: flag('-a, --all', 'archived runs too'),
    watch: flag('--watch', 'live runs too, again and again until Ctrl-C'),
    at: AT,
  },
  examples: [
    { line: 'mlv ls', does: 'every run, newest first' },
    { line: "mlv ls -f 'metric.auc > 0.9 and param.lr in (1e-3, 1e-4) and created > -7d'", does: 'filter' },
    { line: 'mlv ls --sort -metric.auc --columns param.lr,metric.auc -n 5', does: 'the five best' },
    { line: 'mlv ls --spark loss,val/auc -n 20', does: 'with the curves of two metrics' },
    { line: 'mlv ls --group param.lr', does: 'mean and deviation over the seeds of each learning rate' },
  ],
  run: async ({ output, nowMs, withRepository }, _, { columns, group, watch, spark, noSpark, ...query }) => {
    refuseSort(query.sort)
    const wishes: ListWishes = { columns, group, query, curves: noSpark ? 'none' : wishedCurves(spark) }
    if (watch) return watchList(output, withRepository, wishes)
    const isForProgram = output.isJson || !output.isTerminal
    if (isForProgram && group === undefined && spark === undefined)
      return passOn({ output, nowMs, withRepository }, wishes)
    const [rows, left, curves] = await withRepository(async (repository) => {
      const [listed, behind] = await Promise.all([listRuns(repository, query), leftBehind(repository)])
      return [listed, behind, await readCurves(output, repository, listed, wishes)] as const
    })
    const reader = { isPerson: output.isTerminal, nowMs }
    if (rows.length === 0 && output.isTerminal && !output.isJson) {
      // Titles over nothing are for programs, which count on them.
      output.talk([nothingText(query)])
      hintLeftBehind(output, left)
      return EXIT.ok
    }
    if (group !== undefined) {
      const groups = groupRuns(rows, group)
      output.answerTable(
        () => groupsJson(groups),
        () => groupTable(groups, group, reader),
        (hidden) => hiddenLine(hidden, 'wider window'),
      )
      return EXIT.ok
    }
    output.answerTable(
      () => runsJson(rows, curves),
      () => listTable(rows, columns, reader, curves),
      (hidden) => hiddenLine(hidden, columns === undefined ? 'wider window, or --columns' : 'wider window'),
    )
    if (rows.length === 0) output.talk([nothingText(query)])
    hintLeftBehind(output, left)
    return EXIT.ok
  },
})

function nothingText({ filter }: ListRunsOptions): string {
  return filter === undefined ? 'no runs yet' : 'no run matches'
}

/** Rows of a program that are made into text together. */
const PASSED_AT_ONCE = 256

/** Prints the list for a program as it is read: in the order of time a list of any length takes the same memory. */
async function passOn(
  { output, nowMs, withRepository }: Pick<Session, 'output' | 'nowMs' | 'withRepository'>,
  { columns, query }: ListWishes,
): Promise<ExitCode> {
  let count = 0
  const left = await withRepository(async (repository) => {
    // A program that asks for columns gets no more than them, so nothing else need be read.
    const fields = columns === undefined || output.isJson ? {} : { fields: columns }
    const rows = async function* (): AsyncGenerator<readonly RunRow[]> {
      for await (const part of listRunsInParts(repository, { ...query, ...fields })) {
        count += part.length
        for (let at = 0; at < part.length; at += PASSED_AT_ONCE) yield part.slice(at, at + PASSED_AT_ONCE)
      }
    }
    if (output.isJson)
      await output.documentOfList(
        'runs',
        mapped(rows(), (some) => some.map(runRowJson)),
      )
    else if (columns === undefined) await passSheet(output, rows(), nowMs)
    else await passFields(output, rows(), { columns, nowMs })
    return leftBehind(repository)
  })
  if (count === 0) output.talk([nothingText(query)])
  hintLeftBehind(output, left)
  return EXIT.ok
}

async function passSheet(output: Output, rows: AsyncIterable<readonly RunRow[]>, nowMs: number): Promise<void> {
  const sheet = runSheet(nowMs)
  for await (const some of rows) sheet.add(some)
  let hasTitles = true
  for (const table of sheet.tables()) {
    output.sheet(table, hasTitles)
    hasTitles = false
    if (!(await output.room())) return
  }
}

async function passFields(
  output: Output,
  rows: AsyncIterable<readonly RunRow[]>,
  { columns, nowMs }: { readonly columns: readonly string[]; readonly nowMs: number },
): Promise<void> {
  const tableOf = (some: readonly RunRow[]): Table => fieldTable(some, columns, fieldValue, { isPerson: false, nowMs })
  let hasTitles = true
  for await (const some of rows) {
    output.sheet(tableOf(some), hasTitles)
    hasTitles = false
    if (!(await output.room())) return
  }
  if (hasTitles) output.sheet(tableOf([]), true)
}

async function* mapped<Item, Result>(items: AsyncIterable<Item>, map: (item: Item) => Result): AsyncGenerator<Result> {
  for await (const item of items) yield map(item)
}

/** What the command line says of the table. */
interface ListWishes {
  readonly columns: readonly string[] | undefined
  readonly group: string | undefined
  readonly query: ListRunsOptions
  /** `usual`: on a terminal the first metric that has a curve. */
  readonly curves: 'none' | 'usual' | readonly MetricKey[]
}

/** Of a longer list only the first runs get a curve. */
const MOST_CURVES = 100

function wishedCurves(spark: readonly string[] | undefined): ListWishes['curves'] {
  return spark === undefined ? 'usual' : spark.map(parseMetricKey)
}

/** The curves to show beside metrics; `undefined` for none. @throws `metric-not-found` for one that no run has */
async function readCurves(
  { isTerminal, isJson }: Output,
  repository: Repository,
  rows: readonly RunRow[],
  { curves, columns, group }: ListWishes,
): Promise<ShownCurves | undefined> {
  const isShown = isTerminal && !isJson
  if (curves === 'none' || group !== undefined || rows.length === 0 || (curves === 'usual' && !isShown))
    return undefined
  const isCurve = (key: MetricKey): boolean => rows.some(({ run }) => (run.metrics.get(key)?.summary.count ?? 0) > 1)
  const metrics = curves === 'usual' ? shownMetrics(rows, columns).filter(isCurve).slice(0, 1) : curves
  for (const key of curves === 'usual' ? [] : curves) requireMetric(rows, key)
  if (metrics.length === 0) return undefined
  const logged = rows.filter(({ run }) => metrics.some((key) => (run.metrics.get(key)?.summary.count ?? 0) > 1))
  const runs = logged.slice(0, MOST_CURVES).map(({ run }) => run.id)
  return { metrics, of: await readSparklines(repository, { runs, metrics, points: SPARKLINE_WIDTH }) }
}

function requireMetric(rows: readonly RunRow[], key: MetricKey): void {
  if (rows.some(({ run }) => run.metrics.has(key))) return
  const known = [...new Set(rows.flatMap(({ run }) => [...run.metrics.keys()]))]
  throw refuse('metric-not-found', { text: key, closest: closestNames(key, known) })
}

function hiddenLine(hidden: number, remedy: string): Line {
  return [styled('faint', `${countText(hidden, 'column')} hidden: ${remedy}`)]
}

function listTable(
  rows: readonly RunRow[],
  columns: readonly string[] | undefined,
  reader: Reader,
  curves: ShownCurves | undefined,
): Table {
  if (columns !== undefined) return fieldTable(rows, columns, fieldValue, reader, curves)
  return runTable(rows, reader, curves)
}

async function watchList(
  output: Output,
  withRepository: Session['withRepository'],
  wishes: ListWishes,
): Promise<ExitCode> {
  const { columns, group, query } = wishes
  const clash = output.isJson ? '--json' : group !== undefined ? '--group' : query.at === undefined ? undefined : '--at'
  if (clash !== undefined) throw refuse('usage-invalid', { problem: `--watch does not go with ${clash}` })
  return withRepository((repository) =>
    watchRuns(output, repository, {
      query,
      curves: (rows) => readCurves(output, repository, rows, wishes),
      table: (rows, curves) => {
        const reader = { isPerson: output.isTerminal, nowMs: repository.clock.nowMs() }
        return listTable(rows, columns, reader, curves)
      },
    }),
  )
}

/** Rows as JSON, with the curves that were asked for; `--columns` does not change it. */
export function runsJson(rows: readonly RunRow[], curves?: ShownCurves): ValueMap {
  const valuesJson = (values: Sparkline): Value => values.map((value) => (Number.isNaN(value) ? null : value))
  return valueMap({
    runs: listJson(rows, runRowJson),
    sparklines: maybe(curves, ({ of }) => mapJson(of, (metrics) => mapJson(metrics, valuesJson))),
  })
}

/** Groups as JSON. */
export function groupsJson(groups: readonly RunGroup[]): ValueMap {
  const group = ({ value, count: size, metrics }: RunGroup): ValueMap =>
    valueMap({
      value,
      count: integer(size),
      metrics: mapJson(metrics, (spread) => valueMap({ ...spread, count: integer(spread.count) })),
    })
  return valueMap({ groups: listJson(groups, group) })
}

/** A sort that cannot be read is told as one, not as the filter whose grammar it shares. @throws `usage-invalid` */
function refuseSort(text: string | undefined): void {
  try {
    if (text !== undefined) sortKeyOf(text)
  } catch (caught) {
    if (!isFailure(caught, 'filter-invalid')) throw caught
    throw refuse(
      'usage-invalid',
      { problem: `--sort '${printable(text ?? '')}': ${caught.detail.data.problem}` },
      caught,
    )
  }
}
