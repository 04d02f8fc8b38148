/**
 * What a shell may complete, as data that all shells share.
 */
import type { Command } from '../command.ts'
import { visibleCommonOptions, visibleOptions } from '../command-help.ts'
import { longFlag, shortFlag, takesValue } from '../option.ts'
import type { OptionSpec } from '../option.ts'

/** One option as a shell completes it. */
export interface CompletionOption {
  /** `--message`. */
  readonly long: string
  /** `-m`; absent when there is none. */
  readonly short: string | undefined
  readonly description: string
  readonly takesValue: boolean
  /** The only values; empty when a file name is as good a guess as any. */
  readonly choices: readonly string[]
}

/** One verb as a shell completes it. */
export interface CompletionVerb {
  readonly name: string
  readonly summary: string
  readonly options: readonly CompletionOption[]
  /** Words its arguments may be, such as names of shells or commands. */
  readonly words: readonly string[]
}

/** All verbs. */
export type CompletionWords = readonly CompletionVerb[]

/** Takes out of the commands what a shell needs. */
export function completionWords(commands: readonly Command[]): CompletionWords {
  const names = commands.map(({ name }) => name)
  return commands.map((command) => ({
    name: command.name,
    summary: command.summary,
    options: [...visibleOptions(command), ...visibleCommonOptions()].map(completionOption),
    words: command.name === 'help' ? names : command.arguments.flatMap(({ choices }) => choices),
  }))
}

function completionOption(option: OptionSpec): CompletionOption {
  return {
    long: longFlag(option.flags),
    short: shortFlag(option.flags),
    description: option.description,
    takesValue: takesValue(option),
    choices: option.choices,
  }
}
