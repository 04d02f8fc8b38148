/**
 * docs/cli.md and docs/errors.md, written from what the program itself reads.
 */
import { printable } from '../src/base/printable.ts'
import { refuse } from '../src/domain/failure.ts'
import type { FailureCode } from '../src/domain/failure-data.ts'
import type { Command } from './command.ts'
import { optionMeaning, usageText, visibleCommonOptions, visibleOptions } from './command-help.ts'
import { EXIT } from './exit-code.ts'
import type { ExitCode } from './exit-code.ts'
import { failureExamples } from './failure-examples.ts'
import { failureExitCodes } from './failure-exit-codes.ts'
import { tableCode } from './format/markdown-code.ts'
import { nextCommand } from './next-command.ts'
import type { OptionSpec } from './option.ts'
import { GROUP_TITLES } from './overview-help.ts'
import { VERBS } from './verbs.ts'

const EXIT_MEANINGS: { readonly [Name in keyof typeof EXIT]: string } = {
  ok: 'it was done',
  difference: "'mlv diff --exit-code' found a difference",
  usage: 'the command line was not understood',
  notFound: 'something that was named does not exist',
  integrity: 'bytes are damaged, or input is unsafe',
  conflict: 'someone else changed or holds it, or local changes would be lost',
  environment: 'the machine, its disk or the repository cannot do it',
  other: 'any other failure, bugs included',
  commandNotExecutable: 'what `mlv run` was to run cannot be executed',
  commandNotFound: 'what `mlv run` was to run is not there',
  interrupted: 'interrupted from the keyboard',
  terminated: 'told to end by SIGTERM',
}

/** Writes docs/cli.md: every command as its help says it. */
export function cliReference(commands: readonly Command[]): string {
  const lines = [
    '# The command line',
    '',
    'Generated from the commands by `npm run docs`; a test holds that it is current.',
    '',
    'Data goes to standard output, talk to standard error. Lists are aligned on a terminal, tab-separated elsewhere.',
    'With `--json` a command prints one document, described by `schemas/cli-<command>.schema.json`. A failure is one',
    'object on standard error, described by `schemas/cli-error.schema.json`. What fails and why: [errors](errors.md).',
    '',
    ...indexLines(),
    '## Options of every command',
    '',
    ...optionLines(visibleCommonOptions()),
    '',
    '## Exit codes',
    '',
    ...exitCodeRows(),
    ...commands.flatMap(commandLines),
  ]
  return `${lines.join('\n')}\n`
}

/** Writes docs/errors.md: every refusal with an example of its three lines. */
export function errorReference(): string {
  const lines = [
    '# Errors',
    '',
    'Generated from the messages by `npm run docs`; a test holds that it is current.',
    '',
    'A refusal changes nothing. It prints what is wrong with its code, why, and what to do next. Codes and exit codes',
    'are stable, words are not. The names below are made up. `bug` (exit code 7) is the one code that is no refusal.',
    ...Object.values(EXIT).flatMap(errorSection),
  ]
  return `${lines.join('\n')}\n`
}

/** Links to every command, grouped as in `mlv help`. */
function indexLines(): readonly string[] {
  return Object.entries(GROUP_TITLES).flatMap(([group, title]) => {
    const verbs = VERBS.filter((verb) => verb.group === group)
    const links = verbs.map(({ name, summary }) => `- [\`mlv ${name}\`](#mlv-${name}): ${summary}`)
    return [`${title.charAt(0).toUpperCase()}${title.slice(1)}:`, '', ...links, '']
  })
}

function commandLines(command: Command): readonly string[] {
  const options = visibleOptions(command)
  const argumentsList = command.arguments.map(({ placeholder, description }) => `- \`${placeholder}\` ${description}`)
  const examples = command.examples.flatMap(({ line, does }) => [`# ${does}`, line])
  return [
    '',
    `## mlv ${command.name}`,
    '',
    `${command.summary}.`,
    '',
    '```',
    usageText(command),
    '```',
    ...(command.details.length === 0 ? [] : ['', ...command.details.map(escapeMarkdown)]),
    ...(argumentsList.length === 0 ? [] : ['', ...argumentsList]),
    ...(options.length === 0 ? [] : ['', ...optionLines(options)]),
    '',
    '```sh',
    ...examples,
    '```',
  ]
}

function optionLines(options: readonly OptionSpec[]): readonly string[] {
  return options.map((option) => `- \`${option.flags}\` ${escapeMarkdown(optionMeaning(option))}`)
}

function exitCodeRows(): readonly string[] {
  const rows = Object.entries(EXIT).map(([name, code]) => `| ${code} | ${meaningOf(name)} |`)
  return ['| code | meaning |', '|---|---|', ...rows]
}

function meaningOf(name: string): string {
  return Object.entries(EXIT_MEANINGS).find(([known]) => known === name)?.[1] ?? ''
}

function errorSection(exitCode: ExitCode): readonly string[] {
  const codes = failureCodes().filter((code) => failureExitCodes[code] === exitCode)
  if (codes.length === 0) return []
  const name = Object.entries(EXIT).find(([, known]) => known === exitCode)?.[0] ?? ''
  const head = [
    '',
    `## Exit code ${exitCode}: ${meaningOf(name)}`,
    '',
    '| code | says | why | next |',
    '|---|---|---|---|',
  ]
  return [...head, ...codes.map(errorRow)]
}

function errorRow(code: FailureCode): string {
  const { message, why, detail } = refuse(code, failureExamples[code])
  const cells = [message, why, nextCommand(detail, undefined)].map((text) => tableCode(printable(text)))
  return `| \`${code}\` | ${cells.join(' | ')} |`
}

/** Every code, in the order of the examples, which is that of the list of refusals. */
export function failureCodes(): readonly FailureCode[] {
  return Object.keys(failureExamples).filter(isFailureCode)
}

function isFailureCode(text: string): text is FailureCode {
  return Object.hasOwn(failureExamples, text)
}

function escapeMarkdown(text: string): string {
  return text.replace(/[<>*_~|]/g, '\\$&')
}
