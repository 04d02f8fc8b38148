/**
 * What git prints of a change, read back: any name, any kind of change, and a patch that ends too early.
 */
import { expect, test } from 'vitest'
import { readCodeChanges, splitPatch } from '../../../src/store/git/code-changes.ts'

const ZEROS = '0'.repeat(40)
const ONES = '1'.repeat(40)

function raw(status: string, modes: readonly [string, string], ...paths: readonly string[]): string {
  return `:${modes.join(' ')} ${ZEROS} ${ONES} ${status}\0${paths.map((path) => `${path}\0`).join('')}`
}

const read = (text: string) => readCodeChanges(Buffer.from(text, 'latin1'))

test('names are taken as they are, and lines are counted where git counted them', () => {
  const file = ['100644', '100644'] as const
  const printed = [
    raw('M', file, 'a b\tc\nd'),
    raw('R087', file, 'old :x', 'new'),
    raw('A', ['000000', '100755'], 'bin'),
    raw('M', file, 'caf\xe9'),
    '1\t2\ta b\tc\nd\0',
    '3\t0\t\0old :x\0new\0',
    '-\t-\tbin\0',
    '4\t5\tcaf\xe9\0',
  ].join('')
  expect(read(printed)).toEqual([
    {
      ...{ kind: 'changed', path: 'a b\tc\nd', oldMode: '100644', newMode: '100644' },
      ...{ added: 1, removed: 2, isBinary: false, isNameExact: true },
    },
    {
      ...{ kind: 'renamed', path: 'new', from: 'old :x', oldMode: '100644', newMode: '100644' },
      ...{ added: 3, removed: 0, isBinary: false, isNameExact: true },
    },
    { kind: 'added', path: 'bin', newMode: '100755', isBinary: true, isNameExact: true },
    expect.objectContaining({ path: 'caf\ufffd', added: 4, removed: 5, isNameExact: false }),
  ])
})

test('a list that was cut ends with the last whole record', () => {
  const whole = raw('M', ['100644', '100644'], 'one') + raw('R100', ['100644', '100644'], 'two', 'three')
  for (let end = 0; end <= whole.length; end += 1) {
    const paths = read(whole.slice(0, end)).map(({ path }) => path)
    expect(['one', 'three'].slice(0, paths.length)).toEqual(paths)
  }
  expect(read('')).toEqual([])
  expect(read(whole).length).toBe(2)
})

const PATCH = [
  'diff --git a/one b/one',
  'index 0..1 100644',
  '--- a/one',
  '+++ b/one',
  '@@ -1 +1 @@',
  '-diff --git a/x b/x',
  '+@@ -9 +9 @@',
  'diff --git a/mode b/mode',
  'old mode 100644',
  'new mode 100755',
  'diff --git a/link b/link',
  'deleted file mode 120000',
  '@@ -1 +0,0 @@',
  '-x',
  'diff --git a/link b/link',
  'new file mode 100644',
  '@@ -0,0 +1 @@',
  '+y',
  '',
].join('\n')

const FILE = { kind: 'changed', isBinary: false, isNameExact: true, oldMode: '100644', newMode: '100644' } as const
const CHANGES = [
  { ...FILE, path: 'one' },
  { ...FILE, path: 'mode', newMode: '100755' },
  { ...FILE, path: 'link', kind: 'retyped' as const, oldMode: '120000' },
  { ...FILE, path: 'four' },
]

test('a patch is cut between files, and never at a line that only looks like a beginning', () => {
  expect(splitPatch(PATCH, CHANGES, false)).toEqual([
    { text: '@@ -1 +1 @@\n-diff --git a/x b/x\n+@@ -9 +9 @@', isCut: false },
    { text: '', isCut: false },
    { text: '@@ -1 +0,0 @@\n-x\n@@ -0,0 +1 @@\n+y', isCut: false },
    undefined,
  ])
})

test('wherever a patch was stopped, the last file says so and has whole lines alone', () => {
  const whole = splitPatch(PATCH, CHANGES, false)
  for (let end = 1; end < PATCH.length; end += 1) {
    const patches = splitPatch(PATCH.slice(0, end), CHANGES, true).filter((patch) => patch !== undefined)
    expect(patches.filter(({ isCut }) => isCut).length).toBeLessThanOrEqual(1)
    for (const [index, { text, isCut }] of patches.entries()) {
      if (isCut) expect(whole[index]?.text.startsWith(text)).toBe(true)
      else expect(text).toBe(whole[index]?.text)
    }
  }
})
