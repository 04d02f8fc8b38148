/**
 * Revisions: every form a person may type, and what is refused before it could reach git.
 */
import fc from 'fast-check'
import { expect, test } from 'vitest'
import { Failure } from '../../src/domain/failure.ts'
import { parseRevision } from '../../src/domain/revision.ts'
import type { Revision } from '../../src/domain/revision.ts'
import { cpuMsOf } from '../support/cpu-time.ts'
import { sampleUlid } from '../support/sample.ts'
import { refusalOf, verdictOn } from '../support/refusal.ts'

const run = sampleUlid(7)

test.each<[string, object]>([
  ['@', { kind: 'last-run', back: 0 }],
  ['@~', { kind: 'last-run', back: 1 }],
  ['@~3', { kind: 'last-run', back: 3 }],
  [run, { kind: 'run-prefix', prefix: run }],
  ['01k', { kind: 'run-prefix', prefix: '01k' }],
  ['beef', { kind: 'run-prefix', prefix: 'beef' }],
  ['churn@v12', { kind: 'version', model: 'churn', number: 12 }],
  ['churn@12', { kind: 'version', model: 'churn', number: 12 }],
  ['churn@production', { kind: 'alias', model: 'churn', alias: 'production', back: 0 }],
  ['churn@production~1', { kind: 'alias', model: 'churn', alias: 'production', back: 1 }],
  ['churn@production~', { kind: 'alias', model: 'churn', alias: 'production', back: 1 }],
  ['churn@v2-candidate', { kind: 'alias', model: 'churn', alias: 'v2-candidate', back: 0 }],
  ['churn@latest', { kind: 'latest', model: 'churn', back: 0 }],
  ['churn@latest~2', { kind: 'latest', model: 'churn', back: 2 }],
  ['best:val_auc', { kind: 'best', metric: 'val_auc' }],
  ['best:val/loss', { kind: 'best', metric: 'val/loss' }],
  ['best:min:loss', { kind: 'best', metric: 'loss', direction: 'min' }],
  ['best:max:a:b', { kind: 'best', metric: 'a:b', direction: 'max' }],
  ['HEAD', { kind: 'code', text: 'HEAD' }],
  ['HEAD~2', { kind: 'code', text: 'HEAD~2' }],
  ['main', { kind: 'code', text: 'main' }],
  ['feature/x', { kind: 'code', text: 'feature/x' }],
  ['main@{1}', { kind: 'code', text: 'main@{1}' }],
  ['@{upstream}', { kind: 'code', text: '@{upstream}' }],
  ['HEAD@{2 days ago}', { kind: 'code', text: 'HEAD@{2 days ago}' }],
  ['v1.0^{}', { kind: 'code', text: 'v1.0^{}' }],
  ['a'.repeat(40), { kind: 'code', text: 'a'.repeat(40) }],
])('%j is read', (text, expected) => {
  expect(parseRevision(text)).toEqual(expected)
})

/** What a person reads: the first line and why. */
function explained(text: string): string {
  try {
    return JSON.stringify(parseRevision(text) satisfies Revision)
  } catch (caught) {
    if (!(caught instanceof Failure)) throw caught
    return `${caught.message}: ${caught.why}`
  }
}

test('what starts like a form of mlv and does not end like it is refused with the reason', () => {
  const texts = [
    'churn@',
    'churn@v0',
    'churn@007',
    'churn@v9999999999',
    'churn@v12~1',
    'churn@production~x',
    'churn@production~1~1',
    'churn@a b',
    'churn@Latest',
    'con@v1',
    'best:',
    'best:min:',
    '',
    ' ',
    'a\u202eb',
  ]
  expect(texts.map(explained).join('\n')).toMatchInlineSnapshot(`
    "'churn@' is not a revision: a name has 1 to 128 letters, digits, dots, dashes and underscores, starting with a letter or digit
    'churn@v0' is not a revision: a version number has one to nine digits, the first of them not 0
    'churn@007' is not a revision: a version number has one to nine digits, the first of them not 0
    'churn@v9999999999' is not a revision: a version number has one to nine digits, the first of them not 0
    'churn@v12~1' is not a revision: a version never changes, so '~' needs an alias or 'latest' before it
    'churn@production~x' is not a revision: after '~' comes a number of steps
    'churn@production~1~1' is not a revision: after '~' comes a number of steps
    'churn@a b' is not a revision: a name has 1 to 128 letters, digits, dots, dashes and underscores, starting with a letter or digit
    'churn@Latest' is not a revision: 'latest' and 'v<number>' already name versions
    'con@v1' is not a revision: Windows keeps this name for a device
    'best:' is not a revision: a name has at least one character
    'best:min:' is not a revision: a name has at least one character
    '' is not a revision: nothing was named
    ' ' is not a revision: nothing was named
    'a\\u202eb' is not a revision: it has a hidden character"
  `)
})

test('C1: nothing that git could take for an option is a revision', () => {
  const hostile = [
    '--upload-pack=x',
    '--upl=x',
    '-uX',
    '-fuX',
    '--output=/x',
    '--template=',
    '--bundle-uri=',
    '-c',
    '--exec',
    '-o ProxyCommand',
    '-',
  ]
  expect(hostile.map((text) => verdictOn(() => parseRevision(text)))).toEqual(hostile.map(() => 'argument-option-like'))
  expect(refusalOf(() => parseRevision('--upl=x'))).toBe(
    "argument-option-like: '--upl=x' looks like an option, not a run or version",
  )
})

test('every text is read or refused, and text that is read never starts with a dash', () => {
  fc.assert(
    fc.property(fc.string({ unit: 'binary' }), (text) => {
      const verdict = verdictOn(() => parseRevision(text))
      expect(['accepted', 'revision-invalid', 'argument-option-like']).toContain(verdict)
      if (verdict === 'accepted') expect(text.startsWith('-')).toBe(false)
    }),
  )
})

test('a long hostile text is refused at once', () => {
  for (const text of ['@~'.repeat(500_000), `a@${'~'.repeat(1_000_000)}`, 'a'.repeat(1_000_000)]) {
    expect(verdictOn(() => parseRevision(text))).toBe('revision-invalid')
    expect(cpuMsOf(() => void verdictOn(() => parseRevision(text)))).toBeLessThan(50)
  }
})
