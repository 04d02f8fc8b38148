/**
 * Substring search: the answer of `includes`, in linear time on texts made to defeat it.
 */
import fc from 'fast-check'
import { expect, test } from 'vitest'
import { containsText } from '../../src/base/text-search.ts'
import { cpuMsOf } from '../support/cpu-time.ts'

// Two letters only, so that long texts share long parts.
const words = fc.string({ unit: fc.constantFrom('a', 'b'), maxLength: 60 })

test('containsText answers as String.includes does', () => {
  fc.assert(
    fc.property(words, words, words, (before, wanted, after) => {
      expect(containsText(before + wanted + after, wanted)).toBe(true)
      expect(containsText(before, wanted)).toBe(before.includes(wanted))
      expect(containsText(after + before, wanted)).toBe((after + before).includes(wanted))
    }),
    { numRuns: 2_000 },
  )
})

test('containsText finds empty text everywhere', () => {
  expect(containsText('', '')).toBe(true)
  expect(containsText('a', '')).toBe(true)
})

test('row D8: 64 KB of one letter and a pattern that almost fits take less than 50 ms', () => {
  const text = 'a'.repeat(65_536)
  const wanted = `${'a'.repeat(300)}b${'a'.repeat(32_468)}`
  expect(containsText(text, wanted)).toBe(false)
  expect(cpuMsOf(() => void containsText(text, wanted))).toBeLessThan(50)
})
