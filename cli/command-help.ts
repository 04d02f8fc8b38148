/**
 * The help of one command, from the same data that parses it.
 */
import type { Command } from './command.ts'
import { COMMON_OPTIONS } from './common-options.ts'
import { alignedRows } from './format/columns.ts'
import { styled } from './format/line.ts'
import type { Line, Span } from './format/line.ts'
import type { OptionSpec } from './option.ts'

/** Summary, usage, arguments, options, common options, examples. */
export function commandHelp(command: Command): readonly Line[] {
  const argumentRows = command.arguments.map(({ placeholder, description }) => [placeholder, description])
  return [
    [styled('strong', `mlv ${command.name}`), `: ${command.summary}`],
    [],
    [`usage: ${usageText(command)}`],
    ...(command.details.length === 0 ? [] : [[], ...command.details.map((line): Line => [line])]),
    ...section('arguments', argumentRows),
    ...section('options', optionRows(visibleOptions(command))),
    ...section('options of every command', optionRows(visibleCommonOptions())),
    [],
    [styled('subject', 'examples')],
    ...command.examples.flatMap(({ line, does }): Line[] => [[`  ${line}`], [styled('faint', `      ${does}`)]]),
  ]
}

/** `mlv show [options] <revision>`. */
export function usageText(command: Command): string {
  const options = visibleOptions(command).length === 0 ? [] : ['[options]']
  return ['mlv', command.name, ...options, ...command.arguments.map(({ placeholder }) => placeholder)].join(' ')
}

/** The command's own options, without hidden ones. */
export function visibleOptions(command: Command): readonly OptionSpec[] {
  return command.options.filter(({ isHidden }) => !isHidden)
}

/** The options of every command, without hidden ones. */
export function visibleCommonOptions(): readonly OptionSpec[] {
  return Object.values<OptionSpec>(COMMON_OPTIONS).filter(({ isHidden }) => !isHidden)
}

/** What an option means, with the words it takes; the first is the default. */
export function optionMeaning({ description, choices }: OptionSpec): string {
  if (choices.length === 0) return description
  const [fallback, ...others] = choices
  return `${description}: ${[`${fallback ?? ''} (default)`, ...others].join(', ')}`
}

function optionRows(options: readonly OptionSpec[]): readonly (readonly Span[])[] {
  return options.map((option) => [option.flags, optionMeaning(option)])
}

function section(title: string, rows: readonly (readonly Span[])[]): readonly Line[] {
  return rows.length === 0 ? [] : [[], [styled('subject', title)], ...alignedRows(rows, '  ')]
}
