/**
 * `mlv importance`: which parameters count for a metric.
 */
import { refuse } from '../../src/domain/failure.ts'
import { parseMetricKey, parseParameterKey } from '../../src/domain/key.ts'
import { LEAST_RUNS } from '../../src/domain/statistics/importance.ts'
import { measureRunImportance } from '../../src/ops/read/measure-importance.ts'
import { defineCommand } from '../command.ts'
import { AT } from '../common-options.ts'
import { EXIT } from '../exit-code.ts'
import { importanceTable, importanceWords } from '../format/importance-text.ts'
import { importanceJson } from '../json/importance-json.ts'
import { choice, flag, names, required, text } from '../option.ts'

/** The command. */
export const importanceCommand = defineCommand({
  name: 'importance',
  summary: 'Measure which parameters count for a metric',
  details: [
    'A random forest foretells the order of runs by the metric, on runs it was not shown, and again with the values of',
    'one parameter exchanged between runs. Importance is the part of that order the parameter has a hand in, with its',
    '95 % interval; the correlation of ranks tells which way it goes. R² tells how good the forest is: where it may be',
    'nothing, the importances say nothing. Below 20 runs, or without a parameter that differs, it is refused.',
    'Of more than 1000 runs a sample is looked at, and at most 40 parameters. The same runs give the same numbers.',
  ],
  arguments: { metric: required('metric', 'the metric') },
  options: {
    filter: text('-f, --filter <expression>', 'only runs that match, as of mlv ls'),
    params: names('--params <keys>', 'only these parameters, with commas between them'),
    of: choice('--of <part>', 'which value of the metric', ['last', 'best', 'min', 'max']),
    archived: flag('-a, --all', 'archived runs too'),
    at: AT,
  },
  examples: [
    { line: 'mlv importance val/auc', does: 'what counts, among all runs' },
    { line: "mlv importance loss --of min -f 'created > -7d and status = finished'", does: 'among those of a week' },
  ],
  run: async ({ output, withRepository }, { metric }, { params, of, ...runs }) => {
    const wish = { metric: parseMetricKey(metric), part: of, parameters: (params ?? []).map(parseParameterKey) }
    const told = await withRepository((repository) => measureRunImportance(repository, wish, runs))
    const { importance } = told
    if (importance.kind === 'refused') {
      const { why } = importance
      throw refuse('importance-unknown', { metric: wish.metric, why, runs: importance.runs, least: LEAST_RUNS })
    }
    output.answerTable(
      () => importanceJson(told, importance),
      () => importanceTable(importance, output.isTerminal),
    )
    for (const words of importanceWords(told, importance)) output.talk([words])
    return EXIT.ok
  },
})
