/** Command lines: what is understood, what is refused, and that refusing is all that then happens. */
import { VERBS } from '../../cli/verbs.ts'
import { describe, expect, test } from 'vitest'
import { defineCommand } from '../../cli/command.ts'
import type { Command } from '../../cli/command.ts'
import { EXIT } from '../../cli/exit-code.ts'
import {
  choice,
  count,
  flag,
  list,
  longFlag,
  names,
  optional,
  pairs,
  required,
  shortFlag,
  size,
  text,
} from '../../cli/option.ts'
import { parseCommandLine } from '../../cli/parse-command-line.ts'
import { parseSize } from '../../cli/parse-size.ts'
import { startSession } from '../../cli/session.ts'
import { splitArguments } from '../../cli/split-arguments.ts'
import { fakeWorld, transcript } from './fake-environment.ts'
import { refusalOf } from '../support/refusal.ts'

/** A command with one option of every kind, and what it was last run with. */
function tryCommand(): { readonly command: Command; readonly seen: () => unknown } {
  let seen: unknown
  const command = defineCommand({
    name: 'try',
    summary: 'Try',
    arguments: { first: required('first', 'x'), second: optional('second', 'x') },
    options: {
      message: text('-m, --message <text>', 'x'),
      force: flag('--force', 'x'),
      tags: list('-t, --tag <tag>...', 'x'),
      params: pairs('--param <key=value>...', 'x'),
      columns: names('-c, --columns <fields>', 'x'),
      limit: count('-n, --limit <count>', 'x'),
      bytes: size('--code-limit <size>', 'x'),
      format: choice('--format <format>', 'x', ['text', 'json']),
    },
    examples: [
      { line: 'mlv try a', does: 'x' },
      { line: 'mlv try b', does: 'x' },
    ],
    run: (_, input, options) => {
      seen = { ...input, ...options }
      return Promise.resolve(EXIT.ok)
    },
  })
  return { command, seen: () => seen }
}

async function understood(...argv: readonly string[]): Promise<unknown> {
  const { command, seen } = tryCommand()
  const line = parseCommandLine(command, argv)
  if (line.kind === 'help') return 'help'
  await command.execute(startSession(fakeWorld().environment, VERBS, line.texts), line.texts)
  return seen()
}

const NOTHING = { force: false, tags: [], params: [], format: 'text' }

describe('understood', () => {
  test('what is not given is absent, not undefined', async () => {
    const values = await understood('a')
    expect(values).toStrictEqual({ first: 'a', ...NOTHING })
  })

  test('every kind of option, in any order and both forms', async () => {
    const argv = ['-t', 'x', 'a', '--tag=y', '--param', 'lr=0.1', '--param', 'eq=a=b', 'b', '--force', '-n', '5']
    expect(
      await understood(...argv, '-m', 'one', '-m', 'two', '--code-limit', '1.5MiB', '--format', 'json'),
    ).toStrictEqual({
      first: 'a',
      second: 'b',
      message: 'two',
      force: true,
      tags: ['x', 'y'],
      params: [
        { key: 'lr', text: '0.1' },
        { key: 'eq', text: 'a=b' },
      ],
      limit: 5,
      bytes: 1_572_864,
      format: 'json',
    })
  })

  test('a value may look like an option when it is joined to its option', async () => {
    expect(await understood('a', '--message=--force')).toMatchObject({ message: '--force', force: false })
  })

  test('after two dashes everything is an argument', async () => {
    expect(await understood('--', '-x')).toMatchObject({ first: '-x' })
  })

  test('commas separate columns, but not inside quotes', async () => {
    expect(await understood('a', '-c', 'param.lr, metric."a,b".min,')).toMatchObject({
      columns: ['param.lr', 'metric."a,b".min'],
    })
  })

  test('--help wins over what is missing', async () => {
    expect(await understood('--help')).toBe('help')
  })

  test('common options are understood among the others', () => {
    const { command } = tryCommand()
    const line = parseCommandLine(command, ['-C', 'sub', 'a', '--json', '-C', 'deeper', '--no-color'])
    if (line.kind !== 'run') throw new Error('expected a command to run')
    const { openOptions, output } = startSession(fakeWorld({ columns: 80 }).environment, VERBS, line.texts)
    expect([openOptions.folder, openOptions.engine, output.isJson]).toEqual(['/work/churn/sub/deeper', 'auto', true])
  })
})

describe('refused', () => {
  test.each([
    [[], "missing required argument 'first'"],
    [['a', 'b', 'c'], 'too many arguments: expected 2 arguments but got 3'],
    [['a', '--fromat', 'json'], "unknown option '--fromat' (did you mean '--format'?)"],
    [['a', '-m'], "option '-m, --message <text>' argument missing"],
    [['a', '--limit', '0'], "--limit takes a whole number from 1, not '0'"],
    [['a', '--param', 'lr'], "--param takes key=value, not 'lr'"],
    [['a', '--param', '=1'], "--param takes key=value, not '=1'"],
    [['a', '--code-limit', 'much'], "--code-limit takes a size such as 50MB or 1GiB, not 'much'"],
    [['a', '--format', 'xml'], "--format is one of text, json, not 'xml'"],
  ])('%j', async (argv, problem) => {
    await expect(understood(...argv)).rejects.toMatchObject({ code: 'usage-invalid', message: problem })
  })
})

describe('the verb', () => {
  test.each([
    [['ls', '-n', '5'], 'ls', ['-n', '5']],
    [['-C', 'sub', 'ls', '--json'], 'ls', ['-C', 'sub', '--json']],
    [['--json', 'show', '@'], 'show', ['--json', '@']],
    [['--version'], undefined, ['--version']],
    [['-C', 'sub'], undefined, ['-C', 'sub']],
    [['--no-color', '--engine', 'embedded', 'ls'], 'ls', ['--no-color', '--engine', 'embedded']],
    [[], undefined, []],
  ])('of %j is %s', (argv, verb, rest) => {
    expect(splitArguments(argv)).toEqual({ verb, rest })
  })
})

describe('sizes', () => {
  test.each([
    ['0', 0],
    ['4096', 4096],
    ['50MB', 50_000_000],
    ['1.5 GiB', 1_610_612_736],
    ['2k', 2_000],
    ['1ti', 1_099_511_627_776],
  ])('%s is %d bytes', (given, bytes) => {
    expect(parseSize('--code-limit', given)).toBe(bytes)
  })

  test.each(['', 'MB', '-1', '1e9', '1 000', '5XB', '1.2.3'])('%j is refused', (given) => {
    expect(refusalOf(() => parseSize('--code-limit', given))).toContain('usage-invalid: --code-limit takes a size')
  })
})

test('the short and the long form of an option are read from its flags', () => {
  expect([longFlag('-m, --message <text>'), shortFlag('-m, --message <text>')]).toEqual(['--message', '-m'])
  expect([longFlag('--untag <tag>...'), shortFlag('--untag <tag>...')]).toEqual(['--untag', undefined])
})

describe('transcripts without a repository', () => {
  test('a command outside a repository says what to do', async () => {
    expect(await transcript(['ls'])).toMatchInlineSnapshot(`
      "$ mlv ls
      mlv: no git repository at '/work/churn' or above it (repository-not-found)
      why: mlv keeps its records in a git repository
      next: run 'git init' here, or name a repository with 'mlv -C DIR'
      [exit 3]
      "
    `)
  })

  test('--recover does not mix with a new run', async () => {
    expect(await transcript(['commit', '--recover', '-m', 'x'])).toMatchInlineSnapshot(`
      "$ mlv commit --recover -m x
      mlv: --recover records what was interrupted and nothing else (usage-invalid)
      why: the command line was not understood, so nothing was done
      next: run 'mlv help commit' for what it accepts
      [exit 2]
      "
    `)
  })

  test('a model without a path after the equals sign is refused', async () => {
    expect(await transcript(['commit', '--model', 'churn='])).toMatchInlineSnapshot(`
      "$ mlv commit --model churn=
      mlv: --model takes NAME or NAME=PATH, not 'churn=' (usage-invalid)
      why: the command line was not understood, so nothing was done
      next: run 'mlv help commit' for what it accepts
      [exit 2]
      "
    `)
  })

  test('a note without anything to note is refused', async () => {
    expect(await transcript(['note', '@'])).toMatchInlineSnapshot(`
      "$ mlv note @
      mlv: nothing to note was given (usage-invalid)
      why: the command line was not understood, so nothing was done
      next: run 'mlv help note' for what it accepts
      [exit 2]
      "
    `)
  })

  test('retire wants a reason', async () => {
    expect(await transcript(['retire', 'churn@v1'])).toMatchInlineSnapshot(`
      "$ mlv retire churn@v1
      mlv: --reason must be given (usage-invalid)
      why: the command line was not understood, so nothing was done
      next: run 'mlv help retire' for what it accepts
      [exit 2]
      "
    `)
  })

  test('a misspelt command has its closest one named', async () => {
    expect(await transcript(['help', 'comit'])).toMatchInlineSnapshot(`
      "$ mlv help comit
      mlv: there is no command 'comit' (did you mean 'commit'?) (usage-invalid)
      why: the command line was not understood, so nothing was done
      next: run 'mlv help' for all commands
      [exit 2]
      "
    `)
  })

  test('with --json a usage error is one object', async () => {
    expect(await transcript(['diff', 'a', '--json'])).toMatchInlineSnapshot(`
      "$ mlv diff a --json
      {
        "error": {
          "code": "usage-invalid",
          "message": "name two runs or versions, or a change: main..HEAD, or --pr",
          "why": "the command line was not understood, so nothing was done",
          "next": "run 'mlv help diff' for what it accepts",
          "data": {
            "problem": "name two runs or versions, or a change: main..HEAD, or --pr"
          }
        }
      }
      [exit 2]
      "
    `)
  })
})
