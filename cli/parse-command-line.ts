/**
 * Reads the command line of one command. The only file that knows commander.
 */
import { Command as Parser, CommanderError, Option } from 'commander'
import { refuse } from '../src/domain/failure.ts'
import type { Command, CommandTexts } from './command.ts'
import { COMMON_OPTIONS } from './common-options.ts'
import { takesValue } from './option.ts'
import type { OptionSpec } from './option.ts'

/** What the command line asks for. */
export type CommandLine = { readonly kind: 'help' } | { readonly kind: 'run'; readonly texts: CommandTexts }

/**
 * Reads the arguments that belong to a command; common options may stand anywhere among them.
 *
 * @throws `usage-invalid`
 */
export function parseCommandLine(command: Command, argv: readonly string[]): CommandLine {
  const parser = new Parser(command.name).exitOverride().helpOption('-h, --help').allowExcessArguments(false)
  parser.configureOutput({ writeOut: () => undefined, writeErr: () => undefined })
  if (command.passesThrough) parser.passThroughOptions()
  for (const argument of command.arguments) parser.argument(argument.placeholder)
  const specs = [...command.options, ...Object.values(COMMON_OPTIONS)]
  const options = specs.map((spec) => ({ spec, option: optionOf(spec) }))
  for (const { option } of options) parser.addOption(option)
  try {
    parser.parse([...argv], { from: 'user' })
  } catch (caught) {
    return helpOrRefusal(caught)
  }
  const given: Readonly<Record<string, unknown>> = parser.opts()
  const texts = options.map(({ spec, option }) => [spec.flags, textsOf(option, given[option.attributeName()])] as const)
  const { processedArgs } = parser
  const rest = processedArgs.flatMap(textsIn)
  return { kind: 'run', texts: { arguments: processedArgs.map(textOf), rest, options: new Map(texts) } }
}

/** Every value is collected as text; specs decide what several of them mean. */
function optionOf(spec: OptionSpec): Option {
  const option = new Option(spec.flags.replace('...', ''), spec.description)
  if (!takesValue(spec)) return option
  return option.argParser((given: string, before: unknown) => [...textsIn(before), given])
}

/** Commander holds `true` for a flag, `false` for a `--no-` flag, and what our collector made for the rest. */
function textsOf(option: Option, value: unknown): readonly string[] {
  if (option.negate) return value === false ? [''] : []
  return value === true ? [''] : textsIn(value)
}

function textsIn(value: unknown): readonly string[] {
  return Array.isArray(value) ? value.map(String) : []
}

function textOf(value: unknown): string | undefined {
  return typeof value === 'string' ? value : undefined
}

function helpOrRefusal(caught: unknown): CommandLine {
  if (!(caught instanceof CommanderError)) throw caught
  if (caught.code === 'commander.helpDisplayed') return { kind: 'help' }
  throw refuse('usage-invalid', { problem: problemOf(caught.message) }, caught)
}

/** Commander's words in the manner of the other refusals: one line, no full stop. */
function problemOf(message: string): string {
  return message
    .replace(/^error: /, '')
    .replace(/\n\(Did you mean (.*)\?\)$/s, " (did you mean '$1'?)")
    .replace('. Expected', ': expected')
    .replace(/\.$/, '')
}
