/**
 * `mlv plot`: a metric over its steps, drawn in the terminal.
 */
import { valueMap } from '../../src/base/value.ts'
import type { ValueMap } from '../../src/base/value.ts'
import { refuse } from '../../src/domain/failure.ts'
import { parseMetricKey } from '../../src/domain/key.ts'
import { listRuns } from '../../src/ops/read/list-runs.ts'
import { plotSeries } from '../../src/ops/read/plot-series.ts'
import type { SeriesPlot } from '../../src/ops/read/plot-series.ts'
import type { Repository } from '../../src/ops/repository/repository.ts'
import { defineCommand } from '../command.ts'
import { EXIT } from '../exit-code.ts'
import { MOST_CURVES } from '../format/chart-lines.ts'
import { plotBuckets, plotText } from '../format/plot-text.ts'
import { ruleJson } from '../json/content-json.ts'
import { integer, listJson } from '../json/json-members.ts'
import { anyNumber, choice, count, flag, required, text } from '../option.ts'

const USUAL_WIDTH = 80
const USUAL_HEIGHT = 10
const LEAST_HEIGHT = 5
const MOST_HEIGHT = 16
/** Title, axis, what is not finite, and the line the cursor is left on. */
const OTHER_LINES = 4
/** Charts below each other are lower, so that some can be seen at once. */
const APART_HEIGHT = 8
/** Runs that a filter finds. */
const MOST_FOUND = 20

/** The command. */
export const plotCommand = defineCommand({
  name: 'plot',
  summary: 'Draw a metric of runs in the terminal',
  details: [
    'Several runs share a chart, each with a letter on its curve; with --apart each has its own, all on one scale.',
    'A column of dots goes from the least to the greatest value there, so that no spike is lost; with --smooth it is',
    'the mean. Values that are NaN or infinite have a sign below the chart. Live runs are drawn as far as they are.',
    'With --group there is one curve for each value of a field: the mean of its runs.',
  ],
  arguments: {
    metric: required('metric', 'the metric'),
    revisions: anyNumber('revision', 'the runs or versions; the newest when absent'),
  },
  options: {
    filter: text('-f, --filter <expression>', `the newest ${MOST_FOUND} runs that match, as for mlv ls, too`),
    x: choice('--x <axis>', 'what points are laid along', ['step', 'elapsed', 'time']),
    log: flag('--log', 'values on a logarithmic scale'),
    smooth: count('--smooth <columns>', 'each column is the mean of so many around it'),
    group: text('-g, --group <field>', 'one curve for each value of a field, the mean of its runs'),
    apart: flag('--apart', 'a chart for each run'),
    width: count('--width <characters>', 'characters a line; those of the terminal when absent'),
    height: count('--height <lines>', 'lines of a chart; what the terminal has room for when absent'),
  },
  examples: [
    { line: 'mlv plot loss', does: 'the loss of the newest run' },
    { line: 'mlv plot val_loss churn@v1 churn@v2 --log', does: 'two versions in one chart' },
    {
      line: 'mlv plot loss -f \'group = "lr"\' --group param.lr --x elapsed',
      does: 'a sweep, a curve a learning rate',
    },
  ],
  run: async ({ output, withRepository }, { metric, revisions }, options) => {
    const { filter, x, log, smooth, group, apart } = options
    const width = options.width ?? output.width ?? USUAL_WIDTH
    const plot = await withRepository(async (repository) => {
      const asked = [...revisions, ...(filter === undefined ? [] : await foundRuns(repository, filter, metric))]
      if (asked.length === 0 && filter !== undefined) return undefined
      const wishes = { axis: x, bucketCount: plotBuckets(width), ...(group === undefined ? {} : { group }) }
      return plotSeries(repository, metric, asked.length === 0 ? ['@'] : asked, wishes)
    })
    if (plot === undefined) throw refuse('run-not-found', { text: filter ?? '', closest: [] })
    const curves = group === undefined ? plot.runs.length : new Set(plot.runs.map((run) => run.group)).size
    if (curves > MOST_CURVES && !apart) {
      throw refuse('usage-invalid', {
        problem: `a chart has at most ${MOST_CURVES} curves, not ${curves}; try --apart`,
      })
    }
    const height = options.height ?? heightFor(output.height, curves, apart)
    output.answer(
      () => plotJson(plot),
      () => plotText(plot, { isLog: log, smooth: smooth ?? 1, width, height, isApart: apart }),
    )
    return EXIT.ok
  },
})

/** Of those that have logged it; a run that matches and never did is no mistake. */
async function foundRuns(repository: Repository, filter: string, metric: string): Promise<readonly string[]> {
  const key = parseMetricKey(metric)
  const rows = await listRuns(repository, { filter, live: true })
  const having = rows.filter(({ run }) => run.metrics.has(key))
  return having.slice(0, MOST_FOUND).map(({ run }) => run.id)
}

function heightFor(lines: number | undefined, curves: number, isApart: boolean): number {
  if (isApart && curves > 1) return APART_HEIGHT
  if (lines === undefined) return USUAL_HEIGHT
  return Math.max(LEAST_HEIGHT, Math.min(MOST_HEIGHT, lines - OTHER_LINES - (curves > 1 ? curves : 0)))
}

/** The plot as JSON: a list of buckets for each run; `null` where no value of a bucket is finite. */
export function plotJson({ metric, rule, axis, range, runs }: SeriesPlot): ValueMap {
  return valueMap({
    metric,
    rule: ruleJson(rule),
    x: axis,
    from: integer(Math.round(range.from)),
    to: integer(Math.round(range.to)),
    runs: listJson(runs, ({ run, group, total, isComplete, buckets }) => {
      const { xs, steps, lasts, mins, maxs, counts } = buckets
      return valueMap({
        run,
        group,
        points: integer(total),
        complete: isComplete,
        buckets: steps.map((step, index) => {
          const [min, max] = [mins[index] ?? null, maxs[index] ?? null]
          const x = integer(Math.round(xs[index] ?? step))
          return valueMap({ x, step: integer(step), count: integer(counts[index]), last: lasts[index], min, max })
        }),
      })
    }),
  })
}
