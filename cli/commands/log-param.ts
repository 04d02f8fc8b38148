/**
 * `mlv log-param`: parameters of a running run, from a shell.
 */
import { parseParameterKey } from '../../src/domain/key.ts'
import { parseParameterText } from '../../src/domain/parameter-text.ts'
import { defineCommand } from '../command.ts'
import { logEntries, RUN_OPTION } from '../log-target.ts'
import { severalPairs } from '../option.ts'

/** The command. */
export const logParamCommand = defineCommand({
  name: 'log-param',
  summary: 'Log a parameter of a running run',
  details: ['Values are typed as in YAML: 0.1 is a number, true is a truth value, "1" in quotes is text.'],
  arguments: { values: severalPairs('key=value', 'a parameter and its value') },
  options: { run: RUN_OPTION },
  examples: [
    { line: 'mlv log-param lr=0.1 optimizer.name=adam', does: 'log two parameters' },
    { line: 'mlv log-param note=\'"1"\' --run 01k9zq', does: 'log the text 1 into a run that was started elsewhere' },
  ],
  run: async (session, { values }, { run }) => {
    const parameters = values.map(({ key, text }) => [parseParameterKey(key), parseParameterText(text)] as const)
    return await logEntries(session, run, [{ kind: 'parameters', values: new Map(parameters) }])
  },
})
