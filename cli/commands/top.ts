/**
 * `mlv top`: runs at work, on a screen that keeps up with them.
 */
import { instantOf } from '../../src/base/clock.ts'
import { valueMap } from '../../src/base/value.ts'
import type { Value, ValueMap } from '../../src/base/value.ts'
import { parseMetricKey } from '../../src/domain/key.ts'
import { sparklineOf } from '../../src/domain/series-sketch.ts'
import { watchActivity } from '../../src/ops/read/watch-activity.ts'
import type { Activity, ActivityRow } from '../../src/ops/read/watch-activity.ts'
import { defineCommand } from '../command.ts'
import { EXIT } from '../exit-code.ts'
import { activitySheet, activityTable } from '../format/activity-table.ts'
import { metricsJson, parametersJson } from '../json/content-json.ts'
import { integer, listJson, mapJson } from '../json/json-members.ts'
import { count, flag, text } from '../option.ts'
import { runTop } from '../top/run-top.ts'
import { topRows } from '../top/top-rows.ts'

const USUAL_ENDED = 20
/** Values of a curve in JSON. */
const CURVE_POINTS = 24

/** The command. */
export const topCommand = defineCommand({
  name: 'top',
  summary: 'Watch the runs that are at work',
  details: [
    'Running runs, those that were left behind, and the newest that ended: how far they are and how fast, their',
    'metrics with curves, what they take of the machine, and what they printed last. Enter plots the metrics of a run;',
    's sorts, / filters, m chooses the metric, ? shows all keys, q quits. It looks once a second, and reads what is',
    'new. Off a terminal, and with --once or --json, it is what is so now.',
  ],
  arguments: {},
  options: {
    filter: text('-f, --filter <expression>', 'only runs that match, as for mlv ls; or words'),
    metric: text('-m, --metric <metric>', 'the metric to show first; one with a goal when absent'),
    limit: count('-n, --limit <count>', `at most so many runs that ended; ${USUAL_ENDED} when absent`),
    once: flag('--once', 'print what is so now, and end'),
  },
  examples: [
    { line: 'mlv top', does: 'the runs at work, until q' },
    { line: 'mlv top -m val/loss -f \'group = "lr"\'', does: 'the trials of a sweep by their validation loss' },
    { line: 'mlv top --once', does: 'once, for a look or a log' },
  ],
  run: async ({ output, withRepository }, _, { filter = '', metric, limit = USUAL_ENDED, once }) => {
    const first = metric === undefined ? undefined : parseMetricKey(metric)
    return withRepository(async (repository) => {
      if (!once && !output.isJson && output.isTerminal) {
        const exitCode = await runTop(output, repository, { filter, metric: first, ended: limit })
        if (exitCode !== undefined) return exitCode
      }
      const activity = await watchActivity(repository, { ended: limit }).look()
      const rows = topRows(activity.rows, { filter, sort: 'newest', metric: first, nowMs: activity.atMs })
      output.answerTable(
        () => activityJson({ ...activity, rows }),
        () => (output.width === undefined ? activitySheet(rows) : activityTable(rows, first, output.width)),
      )
      return EXIT.ok
    })
  },
})

/** The activity as JSON. */
export function activityJson({ atMs, rows }: Activity): ValueMap {
  return valueMap({ at: instantOf(atMs), runs: listJson(rows, rowJson) })
}

function rowJson({ row, state, startedAtMs, elapsedMs, step, stepsPerSecond, curves, lastLine }: ActivityRow): Value {
  const { run, notes } = row
  const drawn = new Map([...curves].filter(([, blocks]) => blocks.length > 1))
  return valueMap({
    id: run.id,
    experiment: run.experiment,
    name: notes.name,
    message: run.message,
    state,
    startedAt: instantOf(startedAtMs),
    elapsedMs: integer(elapsedMs === undefined ? undefined : Math.round(elapsedMs)),
    step: integer(step),
    stepsPerSecond,
    parameters: parametersJson(run.parameters),
    metrics: metricsJson(run.metrics),
    sparklines: mapJson(drawn, (blocks) =>
      sparklineOf(blocks, CURVE_POINTS).map((value) => (Number.isNaN(value) ? null : value)),
    ),
    lastLine,
  })
}
