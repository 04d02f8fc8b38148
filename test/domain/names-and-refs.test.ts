/**
 * Names and ref names: row P12 with its refusals, and the rules git states.
 */
import { describe, expect, test } from 'vitest'
import { parseAliasName, parseModelName } from '../../src/domain/name.ts'
import { parseRefName } from '../../src/domain/ref-name.ts'
import { refusalOf, verdictOn } from '../support/refusal.ts'

test('P12: ref names that could reach other files, options or other refs are refused', () => {
  const hostile = [
    '../../index',
    'config',
    'HEAD.lock',
    'refs/heads/../../x',
    'refs/heads/-x',
    'refs/heads/a..b',
    'refs/heads/a@{1}',
    'refs/heads/a\u0000b',
    'refs/heads/a\r',
    'refs/heads/a\n',
    'refs/heads/a.lock',
    'refs/heads/a.lock/b',
    'refs/heads/.a',
    'refs/heads//a',
    'refs/heads/a/',
    'refs/heads/a.',
    'refs/heads/a b',
    'refs/heads/a~1',
    'refs/heads/a^',
    'refs/heads/a:b',
    'refs/heads/a?',
    'refs/heads/a*',
    'refs/heads/a[b',
    'refs/heads/a\\b',
    'refs/heads/\u007f',
  ]
  expect(hostile.map((text) => refusalOf(() => parseRefName(text))).join('\n')).toMatchInlineSnapshot(`
    "ref-name-invalid: '../../index' is not a valid ref name
    ref-name-invalid: 'config' is not a valid ref name
    ref-name-invalid: 'HEAD.lock' is not a valid ref name
    ref-name-invalid: 'refs/heads/../../x' is not a valid ref name
    ref-name-invalid: 'refs/heads/-x' is not a valid ref name
    ref-name-invalid: 'refs/heads/a..b' is not a valid ref name
    ref-name-invalid: 'refs/heads/a@{1}' is not a valid ref name
    ref-name-invalid: 'refs/heads/a\\x00b' is not a valid ref name
    ref-name-invalid: 'refs/heads/a\\x0d' is not a valid ref name
    ref-name-invalid: 'refs/heads/a\\x0a' is not a valid ref name
    ref-name-invalid: 'refs/heads/a.lock' is not a valid ref name
    ref-name-invalid: 'refs/heads/a.lock/b' is not a valid ref name
    ref-name-invalid: 'refs/heads/.a' is not a valid ref name
    ref-name-invalid: 'refs/heads//a' is not a valid ref name
    ref-name-invalid: 'refs/heads/a/' is not a valid ref name
    ref-name-invalid: 'refs/heads/a.' is not a valid ref name
    ref-name-invalid: 'refs/heads/a b' is not a valid ref name
    ref-name-invalid: 'refs/heads/a~1' is not a valid ref name
    ref-name-invalid: 'refs/heads/a^' is not a valid ref name
    ref-name-invalid: 'refs/heads/a:b' is not a valid ref name
    ref-name-invalid: 'refs/heads/a?' is not a valid ref name
    ref-name-invalid: 'refs/heads/a*' is not a valid ref name
    ref-name-invalid: 'refs/heads/a[b' is not a valid ref name
    ref-name-invalid: 'refs/heads/a\\b' is not a valid ref name
    ref-name-invalid: 'refs/heads/\\x7f' is not a valid ref name"
  `)
})

test.each(['refs/heads/mlv', 'refs/mlv/code', 'refs/remotes/origin/mlv', 'refs/heads/feature/ä', 'refs/heads/a@b'])(
  '%j is a ref name',
  (text) => {
    expect(parseRefName(text)).toBe(text)
  },
)

describe('a model name', () => {
  test.each(['churn', 'Churn-2.1_final', '9', 'a'.repeat(128), 'latest', 'v12'])('may be %j', (text) => {
    expect(parseModelName(text)).toBe(text)
  })

  test.each([
    '',
    '-x',
    '.x',
    'a/b',
    'a b',
    'a..b',
    'a.',
    'a.lock',
    'A.LOCK',
    'con',
    'NUL.bin',
    'é',
    'a\n',
    'a'.repeat(129),
  ])('may not be %j', (text) => {
    expect(verdictOn(() => parseModelName(text))).toBe('name-invalid')
  })
})

test.each(['latest', 'LATEST', 'v1', 'V12'])('an alias may not be %j, which already names a version', (text) => {
  expect(refusalOf(() => parseAliasName(text))).toBe(`name-invalid: '${text}' is not a valid alias name`)
})
