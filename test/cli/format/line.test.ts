/** Lines: nothing that a name holds may act on what reads it. */
import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { plainText, renderLine, styled, withoutActionsCommands } from '../../../cli/format/line.ts'
import { shellQuoted } from '../../../cli/format/shell-quoted.ts'

const TERMINAL = { hasColor: true, isActionsLog: false }
const PIPE = { hasColor: false, isActionsLog: false }
const ACTIONS = { hasColor: false, isActionsLog: true }

describe('terminals', () => {
  test('colour stands around the text and never inside it', () => {
    expect(renderLine(['run ', styled('good', 'a')], TERMINAL)).toBe('run \u001b[32ma\u001b[39m')
    expect(renderLine(['run ', styled('good', 'a')], PIPE)).toBe('run a')
  })

  // Row O1 of the reliability guide: OSC 8 links, OSC 52 clipboard, CR, backspace, bidirectional controls.
  test.each([
    '\u001b]8;;https://t.example\u0007x',
    '\u001b]52;c;cm0=\u0007',
    'a\rb',
    'a\bb',
    'a\u202eb',
    'a\u009bb',
    'a\nb',
  ])('control characters in %j are spelled out', (hostile) => {
    expect(renderLine([hostile, styled('good', hostile)], PIPE)).not.toMatch(/[\u0000-\u001f\u007f-\u009f\u202e]/)
  })

  test('no text whatever puts a control character into a rendered line', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'binary' }), (text) => {
        expect(renderLine([text], PIPE)).not.toMatch(/[\u0000-\u001f\u007f-\u009f]/)
      }),
    )
  })
})

describe('logs of GitHub Actions', () => {
  // The runner skips white space before '::' and finds '##[' anywhere: ActionCommand.cs, TryParseV2 and TryParse.
  test.each([
    ['::add-mask::x', '\\::add-mask::x'],
    ['  ::stop-commands::x', '\\  ::stop-commands::x'],
    ['run ##[add-mask]x', 'run ##\\[add-mask]x'],
    ['std::vector', 'std::vector'],
  ])('%j is printed as %j', (text, inert) => {
    expect(renderLine([text], ACTIONS)).toBe(inert)
  })

  test('no line can be read as a command', () => {
    const pieces = fc.array(fc.constantFrom('::', ' ', '##[', 'add-mask', ']', 'x', '\t', '\u00a0', '\u0085', '\u2003'))
    fc.assert(
      fc.property(pieces, (parts) => {
        const line = renderLine(parts, ACTIONS)
        expect(line.trimStart().startsWith('::') || line.includes('##[')).toBe(false)
      }),
    )
  })

  test('elsewhere lines are left as they are', () => {
    expect(renderLine(['::add-mask::x'], PIPE)).toBe('::add-mask::x')
    expect(withoutActionsCommands('plain')).toBe('plain')
  })
})

describe('words in commands to copy', () => {
  test.each([
    ['churn@v12', 'churn@v12'],
    ['a b', '"a b"'],
    ['$(rm -rf ~)', '"\\$(rm -rf ~)"'],
    ['`id`', '"\\`id\\`"'],
    ['-rf', '"-rf"'],
    ['', '""'],
  ])('%j is quoted as %s', (word, quoted) => {
    expect(shellQuoted(word)).toBe(quoted)
  })
})

test('plain text is the line without its styles', () => {
  expect(plainText(['a ', styled('bad', 'b\u0007')])).toBe('a b\\x07')
})
