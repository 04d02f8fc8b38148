/**
 * The `packed-refs` file: what is not changed stays as git wrote it.
 */
import { expect, test } from 'vitest'
import { formatPackedRefs, parsePackedRefs, withPackedRefs } from '../../../src/store/git/packed-refs.ts'
import { oidOf } from '../../support/git-worlds.ts'
import { verdictOn } from '../../support/refusal.ts'

const [A, B, C] = ['a', 'b', 'c'].map((digit) => digit.repeat(40)) as [string, string, string]
const HEADER = '# pack-refs with: peeled fully-peeled sorted '

test('a file git wrote is written back byte for byte', () => {
  const text = `${HEADER}\n${A} refs/heads/main\n${B} refs/tags/v1\n^${C}\n${C} refs/tags/v2\n`
  expect(formatPackedRefs(parsePackedRefs(text))).toBe(text)
})

test('refs that are set take their place in the order, and the peeled values of others stay', () => {
  const text = `${HEADER}\n${A} refs/heads/z\n${B} refs/tags/v1\n^${C}\n`
  const changes = new Map([
    ['refs/heads/a', oidOf(B)],
    ['refs/heads/z', oidOf(C)],
  ])
  expect(formatPackedRefs(withPackedRefs(parsePackedRefs(text), changes))).toBe(
    `${HEADER}\n${B} refs/heads/a\n${C} refs/heads/z\n${B} refs/tags/v1\n^${C}\n`,
  )
})

test('a new file promises what mlv keeps; an old one without promises gets none', () => {
  const changes = new Map([['refs/heads/a', oidOf(B)]])
  expect(formatPackedRefs(withPackedRefs(parsePackedRefs(''), changes))).toBe(`${HEADER}\n${B} refs/heads/a\n`)
  expect(formatPackedRefs(withPackedRefs(parsePackedRefs(`${A} refs/tags/t\n`), changes))).toBe(
    `${B} refs/heads/a\n${A} refs/tags/t\n`,
  )
})

test.each([
  ['a short name', `${A.slice(1)} refs/heads/a\n`],
  ['upper case', `${A.toUpperCase()} refs/heads/a\n`],
  ['no name', `${A}\n`],
  ['a name outside refs/', `${A} HEAD\n`],
  ['a peeled value of nothing', `^${A}\n`],
  ['a torn peeled value', `${A} refs/tags/a\n^${A.slice(1)}\n`],
  ['another file', '<<<<<<< HEAD\n'],
])('a file with %s is damaged', (_, text) => {
  expect(verdictOn(() => parsePackedRefs(text))).toBe('ref-damaged')
})
