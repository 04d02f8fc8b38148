/**
 * `mlv log-metric`: one point of each named metric, from a shell.
 */
import { refuse } from '../../src/domain/failure.ts'
import { parseMetricKey } from '../../src/domain/key.ts'
import type { MetricKey } from '../../src/domain/key.ts'
import { defineCommand } from '../command.ts'
import { logEntries, RUN_OPTION } from '../log-target.ts'
import { severalPairs, text } from '../option.ts'
import type { Pair } from '../option.ts'

/** The command. */
export const logMetricCommand = defineCommand({
  name: 'log-metric',
  summary: 'Log a point of a metric into a running run',
  details: ['Without --step the step counts up from the one before it. nan, inf and -inf are values like any other.'],
  arguments: { values: severalPairs('key=value', 'a metric and its value') },
  options: { step: text('--step <number>', 'the training step, a whole number'), run: RUN_OPTION },
  examples: [
    { line: 'mlv log-metric loss=0.31 acc=0.88 --step 10', does: 'log two metrics at one step' },
    { line: 'mlv log-metric val/auc=0.91 --run 01k9zq', does: 'log into a run that was started elsewhere' },
  ],
  run: async (session, { values }, { step, run }) => {
    const moment = { ...(step === undefined ? {} : { step: stepOf(step) }), atMs: session.nowMs }
    return await logEntries(session, run, [{ kind: 'points', values: values.map(valueOf), ...moment }])
  },
})

function stepOf(given: string): number {
  const step = Number(given)
  if (/^-?[0-9]+$/.test(given) && Number.isSafeInteger(step)) return step
  throw refuse('usage-invalid', { problem: `--step takes a whole number, not '${given}'` })
}

const NON_FINITE: ReadonlyMap<string, number> = new Map([
  ['nan', NaN],
  ['inf', Infinity],
  ['infinity', Infinity],
  ['-inf', -Infinity],
  ['-infinity', -Infinity],
])

function valueOf({ key, text: given }: Pair): readonly [MetricKey, number] {
  const metric = parseMetricKey(key)
  const value = NON_FINITE.get(given.toLowerCase())
  if (value !== undefined) return [metric, value]
  if (/^[-+]?(?:\.[0-9]+|[0-9]+(?:\.[0-9]*)?)(?:[eE][-+]?[0-9]+)?$/.test(given)) return [metric, Number(given)]
  throw refuse('metric-not-number', { metric: key, found: `'${given}'`, file: 'the command line' })
}
