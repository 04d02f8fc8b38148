/**
 * `mlv help`: all verbs at a glance, or one command in full.
 */
import { valueMap } from '../../src/base/value.ts'
import type { ValueMap } from '../../src/base/value.ts'
import { defineCommand } from '../command.ts'
import type { Command } from '../command.ts'
import { commandHelp, visibleOptions } from '../command-help.ts'
import { EXIT } from '../exit-code.ts'
import { findVerb } from '../find-verb.ts'
import { listJson } from '../json/json-members.ts'
import { optional } from '../option.ts'
import { overviewHelp } from '../overview-help.ts'
import type { Verb } from '../command.ts'

/** The command. */
export const helpCommand = defineCommand({
  name: 'help',
  summary: 'Show help for mlv or one command',
  arguments: { command: optional('command', 'the command') },
  options: {},
  examples: [
    { line: 'mlv help', does: 'every command in one line' },
    { line: 'mlv help commit', does: 'one command in full' },
  ],
  run: async ({ output, verbs }, { command: name }) => {
    if (name === undefined) {
      output.answer(
        () => overviewJson(verbs),
        () => overviewHelp(verbs),
      )
    } else {
      const command = await findVerb(verbs, name).load()
      output.answer(
        () => commandJson(command),
        () => commandHelp(command),
      )
    }
    return EXIT.ok
  },
})

/** The table of verbs as JSON. */
export function overviewJson(verbs: readonly Verb[]): ValueMap {
  return valueMap({ commands: listJson(verbs, ({ name, summary }) => valueMap({ name, summary })) })
}

/** One command as JSON. */
export function commandJson(command: Command): ValueMap {
  const { name, summary, details, examples } = command
  return valueMap({
    name,
    summary,
    details,
    arguments: listJson(command.arguments, ({ placeholder, description, choices }) =>
      valueMap({ placeholder, description, choices }),
    ),
    options: listJson(visibleOptions(command), ({ flags, description, choices }) =>
      valueMap({ flags, description, choices }),
    ),
    examples: listJson(examples, ({ line, does }) => valueMap({ line, does })),
  })
}
