/**
 * `mlv ls`: the runs, filtered, sorted, in columns of one's choice, or grouped.
 */
import { printable } from '../../src/base/printable.ts'
import { isFailure, refuse } from '../../src/domain/failure.ts'
import { sortKeyOf } from '../../src/domain/query-sort.ts'
import { valueMap } from '../../src/base/value.ts'
import type { ValueMap } from '../../src/base/value.ts'
import { fieldValue } from '../../src/ops/revisions/field-value.ts'
import { groupRuns } from '../../src/ops/read/group-runs.ts'
import type { RunGroup } from '../../src/ops/read/group-runs.ts'
import { leftBehind } from '../../src/ops/repository/left-behind.ts'
import { listRuns } from '../../src/ops/read/list-runs.ts'
import type { ListRunsOptions } from '../../src/ops/read/list-runs.ts'
import type { RunRow } from '../../src/ops/revisions/run-row.ts'
import { defineCommand } from '../command.ts'
import type { Session } from '../command.ts'
import { AT } from '../common-options.ts'
import { EXIT } from '../exit-code.ts'
import type { ExitCode } from '../exit-code.ts'
import type { Output } from '../output.ts'
import { fieldTable, groupTable, runTable } from '../format/run-table.ts'
import { integer, listJson, mapJson } from '../json/json-members.ts'
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
    'Aligned on a terminal; elsewhere tab-separated with full ids, all digits and a line of titles.',
    'With --watch a terminal is drawn anew, and elsewhere each row that changed is printed.',
  ],
  arguments: {},
  options: {
    filter: text('-f, --filter <expression>', 'only runs that match'),
    sort: text('-s, --sort <field>', "order by a field; a leading '-' puts the greatest first"),
    columns: names('-c, --columns <fields>', 'show these fields, with commas between them'),
    group: text('-g, --group <field>', 'one line for each value of a field, with mean and deviation of every metric'),
    limit: count('-n, --limit <count>', 'at most so many'),
    archived: flag('-a, --all', 'archived runs too'),
    watch: flag('--watch', 'live runs too, again and again until Ctrl-C'),
    at: AT,
  },
  examples: [
    { line: 'mlv ls', does: 'every run, newest first' },
    { line: "mlv ls -f 'metric.auc > 0.9 and param.lr in (1e-3, 1e-4) and created > -7d'", does: 'filter' },
    { line: 'mlv ls --sort -metric.auc --columns param.lr,metric.auc -n 5', does: 'the five best' },
    { line: 'mlv ls --group param.lr', does: 'mean and deviation over the seeds of each learning rate' },
  ],
  run: async ({ output, nowMs, withRepository }, _, { columns, group, watch, ...query }) => {
    refuseSort(query.sort)
    if (watch) return watchList(output, withRepository, { columns, group, query })
    const [rows, left] = await withRepository((repository) =>
      Promise.all([listRuns(repository, query), leftBehind(repository)]),
    )
    const reader = { isPerson: output.isTerminal, nowMs }
    const nothing = query.filter === undefined ? 'no runs yet' : 'no run matches'
    if (rows.length === 0 && output.isTerminal && !output.isJson) {
      // Titles over nothing are for programs, which count on them.
      output.talk([nothing])
      hintLeftBehind(output, left)
      return EXIT.ok
    }
    if (group !== undefined) {
      const groups = groupRuns(rows, group)
      output.answerTable(
        () => groupsJson(groups),
        () => groupTable(groups, group, reader),
      )
      return EXIT.ok
    }
    output.answerTable(
      () => runsJson(rows),
      () => (columns === undefined ? runTable(rows, reader) : fieldTable(rows, columns, fieldValue, reader)),
    )
    if (rows.length === 0) output.talk([nothing])
    hintLeftBehind(output, left)
    return EXIT.ok
  },
})

/** What `--watch` is given of the command line. */
interface WatchWishes {
  readonly columns: readonly string[] | undefined
  readonly group: string | undefined
  readonly query: ListRunsOptions
}

async function watchList(
  output: Output,
  withRepository: Session['withRepository'],
  { columns, group, query }: WatchWishes,
): Promise<ExitCode> {
  const clash = output.isJson ? '--json' : group !== undefined ? '--group' : query.at === undefined ? undefined : '--at'
  if (clash !== undefined) throw refuse('usage-invalid', { problem: `--watch does not go with ${clash}` })
  return withRepository((repository) =>
    watchRuns(output, repository, {
      query,
      table: (rows) => {
        const reader = { isPerson: output.isTerminal, nowMs: repository.clock.nowMs() }
        return columns === undefined ? runTable(rows, reader) : fieldTable(rows, columns, fieldValue, reader)
      },
    }),
  )
}

/** Rows as JSON; `--columns` does not change it. */
export function runsJson(rows: readonly RunRow[]): ValueMap {
  return valueMap({ runs: listJson(rows, runRowJson) })
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
