/**
 * Parameters: how nested documents become dotted keys, and how a typed text becomes a value.
 */
import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { valueMap } from '../../src/base/value.ts'
import type { Value } from '../../src/base/value.ts'
import { flattenParameters } from '../../src/domain/parameter-flatten.ts'
import { parseParameterText } from '../../src/domain/parameter-text.ts'
import { refusalOf } from '../support/refusal.ts'

/** Flattens and returns the result as pairs. */
function flat(value: Value): readonly (readonly [string, unknown])[] {
  return [...flattenParameters(value, 'params.yaml')]
}

describe('flattening', () => {
  test('makes dotted keys of nested mappings, in document order', () => {
    const document = valueMap({
      seed: 1n,
      optimizer: valueMap({ name: 'adam', lr: 0.1, decay: valueMap({ by: 0.5 }) }),
    })
    expect(flat(document)).toEqual([
      ['seed', 1n],
      ['optimizer.name', 'adam'],
      ['optimizer.lr', 0.1],
      ['optimizer.decay.by', 0.5],
    ])
  })

  test('keeps lists of scalars, and numbers the members of other lists', () => {
    const document = valueMap({
      sizes: [64n, 32n],
      none: [],
      layers: [valueMap({ units: 64n }), 'dropout'],
      grid: [[1n], [2n]],
    })
    expect(flat(document)).toEqual([
      ['sizes', [64n, 32n]],
      ['none', []],
      ['layers.0.units', 64n],
      ['layers.1', 'dropout'],
      ['grid.0', [1n]],
      ['grid.1', [2n]],
    ])
  })

  test('takes an empty document and empty mappings for no parameters', () => {
    expect(flat(null)).toEqual([])
    expect(flat(valueMap({ a: valueMap({}) }))).toEqual([])
  })

  test('takes names of JavaScript for names', () => {
    const document = new Map([['__proto__', new Map([['polluted', true]])]])
    expect(flat(document)).toEqual([['__proto__.polluted', true]])
    expect(Object.hasOwn(Object.prototype, 'polluted')).toBe(false)
  })

  test('refuses what has no single meaning', () => {
    const nestedAndDotted = valueMap({ 'a.b': 1n, a: valueMap({ b: 2n }) })
    const indexTwice = valueMap({ 'a.0.x': 1n, a: [valueMap({ x: 1n })] })
    const documents: readonly Value[] = [
      nestedAndDotted,
      indexTwice,
      [1n],
      'text',
      valueMap({ '': 1n }),
      valueMap({ 'a\nb': 1n }),
    ]
    expect(documents.map((document) => refusalOf(() => flat(document))).join('\n')).toMatchInlineSnapshot(`
      "key-conflict: 'params.yaml' has both '{a.b}' and '{a: {b}}'
      key-conflict: 'params.yaml' has both '{a.0.x}' and '{a: {0: {x}}}'
      document-malformed: params.yaml: expected a mapping of parameter names to values
      document-malformed: params.yaml: expected a mapping of parameter names to values
      name-invalid: '' is not a valid parameter name
      name-invalid: 'a\\x0ab' is not a valid parameter name"
    `)
  })

  test('refuses depth before the stack does', () => {
    let deep: Value = 1n
    for (let level = 0; level < 100_000; level += 1) deep = level % 2 === 0 ? new Map([['a', deep]]) : [deep]
    expect(refusalOf(() => flat(new Map([['a', deep]])))).toBe('document-too-deep: params.yaml: nested deeper than 64')
  })

  test('keeps every scalar of a document, under as many keys', () => {
    const scalars = fc.oneof(fc.bigInt(), fc.double(), fc.boolean(), fc.constant(null), fc.string())
    const names = fc.stringMatching(/^[a-z]{1,3}$/)
    const { tree } = fc.letrec<{ tree: Value; branch: ReadonlyMap<string, Value> }>((tie) => ({
      tree: fc.oneof({ maxDepth: 4 }, scalars, tie('branch')),
      branch: fc.dictionary(names, tie('tree')).map((members) => new Map(Object.entries(members))),
    }))
    fc.assert(
      fc.property(fc.dictionary(names, tree), (members) => {
        const document = new Map(Object.entries(members))
        expect(flattenParameters(document, 'f').size).toBe(countScalars(document))
      }),
    )
  })
})

function countScalars(value: Value): number {
  if (!(value instanceof Map)) return 1
  return [...value.values()].reduce((sum: number, member) => sum + countScalars(member as Value), 0)
}

test.each<[string, unknown]>([
  ['1', 1n],
  ['-7', -7n],
  ['+7', 7n],
  ['007', 7n],
  ['9007199254740993', 9007199254740993n],
  ['0x1F', 31n],
  ['0o17', 15n],
  ['1.0', 1],
  ['1e-7', 1e-7],
  ['.5', 0.5],
  ['5.', 5],
  ['-0.0', -0],
  ['.inf', Infinity],
  ['-.Inf', -Infinity],
  ['.nan', NaN],
  ['true', true],
  ['False', false],
  ['null', null],
  ['~', null],
  ['', null],
  ['yes', 'yes'],
  ['on', 'on'],
  ['1_000', '1_000'],
  ['nan', 'nan'],
  ['2026-11-20', '2026-11-20'],
  ['1e', '1e'],
  ['0b1', '0b1'],
  ['-0x1', '-0x1'],
  [' 1', ' 1'],
  ['1\n', '1\n'],
  ['"1"', '1'],
  ['"a\\nb"', 'a\nb'],
  ['"unfinished', '"unfinished'],
  ['"a" and "b"', '"a" and "b"'],
])('parseParameterText reads %j as %s', (text, expected) => {
  expect(parseParameterText(text)).toBe(expected)
})

test('parseParameterText refuses numbers it would have to change, and numbers made to take long', () => {
  const texts = ['1e999', '-1e999', '9'.repeat(1_000_000)]
  expect(texts.map((text) => refusalOf(() => parseParameterText(text))).join('\n')).toMatchInlineSnapshot(`
    "number-not-exact: parameter: 1e999 cannot be kept exactly; quote it
    number-not-exact: parameter: -1e999 cannot be kept exactly; quote it
    limit-exceeded: the number of digits is 1000000, limit 4096"
  `)
})

test('parseParameterText reads every integer exactly', () => {
  fc.assert(
    fc.property(fc.bigInt(), (integer) => {
      expect(parseParameterText(String(integer))).toBe(integer)
    }),
  )
})
