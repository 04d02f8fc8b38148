/**
 * Canonical JSON: one text a value, as RFC 8785 has it.
 */
import fc from 'fast-check'
import { expect, test } from 'vitest'
import { canonicalJson } from '../../src/base/canonical-json.ts'
import { valueMap } from '../../src/base/value.ts'
import { anyMap } from '../support/document-arbitraries.ts'

// The sample of RFC 8785, section 3.2.2, and of section 3.2.3 for the order of keys.
test('the samples of RFC 8785 come out as printed there', () => {
  const numbers = [333333333.33333329, 1e30, 4.5, 0.002, 0.000000000000000000000000001]
  expect(canonicalJson(numbers)).toBe('[333333333.3333333,1e+30,4.5,0.002,1e-27]')
  expect(canonicalJson('€$\u000f\nA\'B"\\\\"/')).toBe('"€$\\u000f\\nA\'B\\"\\\\\\\\\\"/"')
  const keys = ['\u20ac', '\r', '\ufb33', '1', '\ud83d\ude00', '\u0080', '\u00f6']
  const text = canonicalJson(new Map(keys.map((key) => [key, null])))
  expect([...text.matchAll(/"((?:[^"\\]|\\.)*)":/g)].map(([, key]) => key)).toEqual([
    '\\r',
    '1',
    '\u0080',
    '\u00f6',
    '\u20ac',
    '\ud83d\ude00',
    '\ufb33',
  ])
})

test('integers keep every digit', () => {
  expect(canonicalJson(valueMap({ seed: 12345678901234567890n }))).toBe('{"seed":12345678901234567890}')
})

test('a number that JSON does not have is a bug of the caller', () => {
  expect(() => canonicalJson([NaN])).toThrow('bug in mlv')
})

test('law: the order of keys does not matter', () => {
  fc.assert(
    fc.property(anyMap.filter(isFinite), (map) => {
      expect(canonicalJson(new Map([...map].reverse()))).toBe(canonicalJson(map))
    }),
  )

  function isFinite(map: unknown): boolean {
    if (map instanceof Map) return [...map.values()].every(isFinite)
    if (Array.isArray(map)) return map.every(isFinite)
    return typeof map !== 'number' || Number.isFinite(map)
  }
})
