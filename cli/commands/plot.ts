/**
 * `mlv plot`: a metric over its steps, drawn in the terminal.
 */
import { valueMap } from '../../src/base/value.ts'
import type { ValueMap } from '../../src/base/value.ts'
import { plotSeries } from '../../src/ops/read/plot-series.ts'
import type { SeriesPlot } from '../../src/ops/read/plot-series.ts'
import { defineCommand } from '../command.ts'
import { EXIT } from '../exit-code.ts'
import { plotBuckets, plotText } from '../format/plot-text.ts'
import { ruleJson } from '../json/content-json.ts'
import { integer, listJson } from '../json/json-members.ts'
import { anyNumber, count, flag, required } from '../option.ts'

const USUAL_WIDTH = 80

/** The command. */
export const plotCommand = defineCommand({
  name: 'plot',
  summary: 'Draw a metric of runs in the terminal',
  details: [
    'One chart a run, all on the same scales. Each column of dots goes from the least to the greatest value of its',
    'steps, so that no spike is lost; with --smooth it is the mean. Live runs are drawn as far as they are.',
  ],
  arguments: {
    metric: required('metric', 'the metric'),
    revisions: anyNumber('revision', 'the runs or versions; the newest when absent'),
  },
  options: {
    log: flag('--log', 'values on a logarithmic scale'),
    smooth: count('--smooth <columns>', 'each column is the mean of so many around it'),
    width: count('--width <characters>', 'characters a line; those of the terminal when absent'),
  },
  examples: [
    { line: 'mlv plot loss', does: 'the loss of the newest run' },
    { line: 'mlv plot val_loss churn@v1 churn@v2 --log', does: 'two versions, one below the other' },
  ],
  run: async ({ output, withRepository }, { metric, revisions }, { log, smooth, width }) => {
    const columns = width ?? output.width ?? USUAL_WIDTH
    const asked = revisions.length === 0 ? ['@'] : revisions
    const plot = await withRepository((repository) => plotSeries(repository, metric, asked, plotBuckets(columns)))
    output.answer(
      () => plotJson(plot),
      () => plotText(plot, { isLog: log, smooth: smooth ?? 1, width: columns }),
    )
    return EXIT.ok
  },
})

/** The plot as JSON: a list of buckets for each run; `null` where no value of a bucket is finite. */
export function plotJson({ metric, rule, range, runs }: SeriesPlot): ValueMap {
  return valueMap({
    metric,
    rule: ruleJson(rule),
    from: integer(range.from),
    to: integer(range.to),
    runs: listJson(runs, ({ run, total, isComplete, buckets }) => {
      const { steps, lasts, mins, maxs, counts } = buckets
      return valueMap({
        run,
        points: integer(total),
        complete: isComplete,
        buckets: steps.map((step, index) => {
          const [min, max] = [mins[index] ?? null, maxs[index] ?? null]
          return valueMap({ step: integer(step), count: integer(counts[index]), last: lasts[index], min, max })
        }),
      })
    }),
  })
}
