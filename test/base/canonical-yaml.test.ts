/**
 * Canonical YAML: one text a value, read back by our fast reader, by a general YAML 1.2 parser and by our strict one.
 */
import fc from 'fast-check'
import { expect, test } from 'vitest'
import { parse } from 'yaml'
import { readCanonicalYaml } from '../../src/base/canonical-yaml-read.ts'
import { writeCanonicalYaml } from '../../src/base/canonical-yaml.ts'
import { valueMap } from '../../src/base/value.ts'
import type { Value } from '../../src/base/value.ts'
import { Failure } from '../../src/domain/failure.ts'
import { readStrictYaml } from '../../src/store/documents/strict-yaml.ts'
import { anyMap } from '../support/document-arbitraries.ts'

test('a mapping is written with sorted keys, one scalar a line', () => {
  const text = writeCanonicalYaml(
    valueMap({
      zeta: 1n,
      layers: [valueMap({ units: 64n, kind: 'dense' }), [1n, 2n], 'plain', []],
      optimizer: valueMap({ lr: 1e-7, betas: [0.9, 0.999], nesterov: false, schedule: null, extra: new Map() }),
      'metric with spaces': 'yes',
    }),
  )

  expect(text).toMatchInlineSnapshot(`
    "layers:
      - kind: dense
        units: 64
      - - 1
        - 2
      - plain
      - []
    "metric with spaces": "yes"
    optimizer:
      betas:
        - 0.9
        - 0.999
      extra: {}
      lr: 1.0e-7
      nesterov: false
      schedule: null
    zeta: 1
    "
  `)
})

test.each<readonly [Value, string]>([
  [1, '1.0'],
  [-0, '-0.0'],
  [1e-7, '1.0e-7'],
  [1e21, '1.0e+21'],
  [1.5e300, '1.5e+300'],
  [NaN, '.nan'],
  [-Infinity, '-.inf'],
  [12345678901234567890n, '12345678901234567890'],
  ['adamw', 'adamw'],
  ['data/train.csv', 'data/train.csv'],
  ['on', '"on"'],
  ['Y', '"Y"'],
  ['e0', '"e0"'],
  ['E-12', '"E-12"'],
  ['e0a', 'e0a'],
  ['1e-7', '"1e-7"'],
  ['2026-11-20T09:30:00.000Z', '"2026-11-20T09:30:00.000Z"'],
  ['', '""'],
  ['a\nb', '"a\\nb"'],
  ['right\u202eleft', '"right\\u202eleft"'],
])('%s is written as %s', (value, text) => {
  expect(writeCanonicalYaml(valueMap({ key: value }))).toBe(`key: ${text}\n`)
})

test('keys are sorted by UTF-8 bytes, where U+FFFD comes before an emoji', () => {
  const text = writeCanonicalYaml(valueMap({ '😀': 1n, '\ufffd': 2n, b: 3n, a: 4n }))

  expect([...(readCanonicalYaml(text)?.keys() ?? [])]).toEqual(['a', 'b', '\ufffd', '😀'])
})

test('law: what is written reads back as it was, with every reader', () => {
  fc.assert(
    fc.property(anyMap, (map) => {
      const text = writeCanonicalYaml(map)
      expect(readCanonicalYaml(text)).toEqual(map)
      expect(readStrictYaml(text, 'file.yaml')).toEqual(map)
      expect(writeCanonicalYaml(new Map([...map].reverse()))).toBe(text)
    }),
    { numRuns: 500 },
  )
})

test('law: a general YAML 1.1 parser finds the same types, strings as strings above all', () => {
  fc.assert(
    fc.property(anyMap, (map) => {
      const parsed: unknown = parse(writeCanonicalYaml(map), { version: '1.1', mapAsMap: true, intAsBigInt: true })
      expect(parsed).toEqual(map)
    }),
  )
})

// Characters that turn canonical text into something almost canonical, or into YAML with another meaning.
const mutation = fc.tuple(
  fc.nat(),
  fc.constantFrom(
    '',
    ' ',
    '  ',
    '\n',
    '\r\n',
    '-',
    '- ',
    ':',
    '"',
    '\\',
    '0',
    '1',
    '.',
    'e',
    '+',
    '#',
    '~',
    '[',
    '{',
    '&a ',
    '!t ',
  ),
  fc.boolean(),
)

test('law: whatever the fast reader accepts is canonical, and the strict reader agrees', () => {
  let accepted = 0
  fc.assert(
    fc.property(anyMap, mutation, (map, [at, insert, replaces]) => {
      const text = writeCanonicalYaml(map)
      const offset = at % (text.length + 1)
      const mutated = text.slice(0, offset) + insert + text.slice(offset + (replaces ? 1 : 0))
      const fast = readCanonicalYaml(mutated)
      if (fast === undefined) return
      accepted += 1
      expect(writeCanonicalYaml(fast)).toBe(mutated)
      expect(readStrictYaml(mutated, 'file.yaml')).toEqual(fast)
    }),
    { numRuns: 3000 },
  )
  expect(accepted).toBeGreaterThan(50)
})

test.each([
  ['keys out of order', 'b: 1\na: 2\n'],
  ['a key twice', 'a: 1\na: 2\n'],
  ['no final newline', 'a: 1'],
  ['a Windows line end', 'a: 1\r\n'],
  ['a comment', 'a: 1 # one\n'],
  ['a byte order mark', '\ufeffa: 1\n'],
  ['quotes that are not needed', 'a: "b"\n'],
  ['an escape that is not needed', 'a: "1\\u0031"\n'],
  ['a float with a digit too many', 'a: 0.10\n'],
  ['a float that is not the shortest', 'a: 0.30000000000000000\n'],
  ['a float without digits before the dot', 'a: .5\n'],
  ['a small float without exponent', 'a: 0.0000001\n'],
  ['an integer with a leading zero', 'a: 0777\n'],
  ['negative zero as an integer', 'a: -0\n'],
  ['a bare exponent', 'a: e7\n'],
  ['an unsigned exponent', 'a: 1.0e7\n'],
  ['a keyword of YAML 1.1', 'a: yes\n'],
  ['a list that is not indented', 'a:\n- 1\n'],
  ['a mapping with too much indent', 'a:\n   b: 1\n'],
  ['a list in brackets', 'a: [1]\n'],
  ['an empty value', 'a:\n'],
  ['an empty document', ''],
  ['a tab', 'a:\t1\n'],
])('the fast reader leaves %s to the strict one', (_, text) => {
  expect(readCanonicalYaml(text)).toBeUndefined()
})

test('64 levels are read and the 65th is not, by either reader', () => {
  const nested = (levels: number): string =>
    Array.from({ length: levels - 1 }, (_, level) => `${'  '.repeat(level)}a:\n`).join('') +
    `${'  '.repeat(levels - 1)}a: 1\n`

  expect(readCanonicalYaml(nested(64))).toEqual(readStrictYaml(nested(64), 'file.yaml'))
  expect(readCanonicalYaml(nested(65))).toBeUndefined()
  expect(() => readStrictYaml(nested(65), 'file.yaml')).toThrow(Failure)
})
