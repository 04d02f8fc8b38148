/**
 * The config reader against `git config --list`, on the corners of the syntax and on random text.
 */
import { execFileSync } from 'node:child_process'
import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import fc from 'fast-check'
import { expect, test } from 'vitest'
import { configBoolean, configValue, parseConfigText } from '../../../src/store/git/config-text.ts'
import { temporaryFolder } from '../../support/repository.ts'

/** `key=value` lines as git reads a file; `undefined` when git calls it bad. */
function askGit(text: string, folder: string): readonly string[] | undefined {
  const file = join(folder, 'config')
  writeFileSync(file, text)
  try {
    const output = execFileSync('git', ['config', '--file', file, '--null', '--list'], { stdio: 'pipe' })
    // A key without a value has no newline and means true.
    const items = output.toString('utf8').split('\0').slice(0, -1)
    return items.map((item) => (item.includes('\n') ? item.replace('\n', '=') : `${item}=true`)).sort()
  } catch {
    return undefined
  }
}

function askUs(text: string): readonly string[] | undefined {
  const values = parseConfigText(text)
  if (values === undefined) return undefined
  return [...values].flatMap(([key, all]) => all.map((value) => `${key}=${value}`)).sort()
}

const CORNERS = [
  '',
  '\n\n# comment\n; comment\n',
  '[core]\n\tbare = false\n\trepositoryformatversion = 1\n',
  '[Core]BARE=true',
  '[remote "Origin.x \\"q\\" \\\\"]\n\turl = https://example.com/a.git\n',
  '[a]\n\tb = one two   # comment\n\tc = "one # two ; "  ; comment\n',
  '[a]\n\tb = one\\\ntwo\n\tc = "a\\tb\\n"\n',
  '[a]\n\tb\n\tc =\n\td = x\n\td = y\n',
  '[a "b"] c = 1\n[a.B]\n\tc = 2\n',
  '[a]\r\n\tb = c\r\n',
  '\ufeff[a]\n\tb = c\n',
  '[a]\n\tb = un"quo"ted "in  ner"\n',
  '[a]\n\tb = "open\n',
  '[a]\n\tb = bad \\x escape\n',
  '[a\n\tb = c\n',
  'b = c\n',
  '[a]\n\t1b = c\n',
  '[a]\n\tb_c = d\n',
  '[include]\n\tpath = /nonexistent\n',
]

test.each(CORNERS.map((text) => [JSON.stringify(text), text]))('%s reads as git reads it', (_, text) => {
  expect(askUs(text)).toEqual(askGit(text, temporaryFolder()))
})

test('random settings read as git reads them', () => {
  const folder = temporaryFolder()
  // No tabs: git before 2.45 turns one inside a value into a space.
  const piece = fc.constantFrom('[a]', '[b "c"]', '\n', ' ', 'key', '=', '"', '\\"', '\\n', '\\\\', '#', ';', 'x')
  fc.assert(
    fc.property(fc.array(piece, { maxLength: 12 }), (pieces) => {
      const text = `[s]\n${pieces.join('')}\n`
      expect(askUs(text)).toEqual(askGit(text, folder))
    }),
    { numRuns: 200 },
  )
})

test('the last value counts, and booleans are spelled in many ways', () => {
  const values = parseConfigText('[a]\n\tb = one\n\tb = two\n\tyes = On\n\tno = 0\n\tempty =\n\tother = maybe\n')
  const read = values ?? new Map<string, readonly string[]>()
  expect(configValue(read, 'a.b')).toBe('two')
  const keys = ['yes', 'no', 'empty', 'other', 'absent']
  expect(keys.map((key) => configBoolean(read, `a.${key}`))).toEqual([true, false, false, undefined, undefined])
})
