/**
 * Text order is the order of UTF-8 bytes, held against Buffer.compare.
 */
import fc from 'fast-check'
import { expect, test } from 'vitest'
import { compareText, sortedEntries } from '../../src/base/order.ts'

test('compareText orders as the UTF-8 bytes do', () => {
  fc.assert(
    fc.property(fc.string({ unit: 'binary' }), fc.string({ unit: 'binary' }), (left, right) => {
      const bytes = Buffer.compare(Buffer.from(left), Buffer.from(right))
      expect(Math.sign(compareText(left, right))).toBe(bytes)
    }),
    { numRuns: 500 },
  )
})

test('compareText puts a private-use character before an emoji, which UTF-16 order does not', () => {
  expect(['\ue000', '😀'].sort()).toEqual(['😀', '\ue000'])
  expect(compareText('\ue000', '😀')).toBeLessThan(0)
  expect(compareText('a\ue000', 'a😀')).toBeLessThan(0)
})

test('compareText puts upper case before lower case, and a start before the whole', () => {
  expect(['b', 'a', 'B', 'ab', 'é', ''].sort(compareText)).toEqual(['', 'B', 'a', 'ab', 'b', 'é'])
})

test('sortedEntries sorts by key and leaves the map alone', () => {
  const map = new Map([
    ['b', 1],
    ['a', 2],
  ])
  expect(sortedEntries(map)).toEqual([
    ['a', 2],
    ['b', 1],
  ])
  expect([...map.keys()]).toEqual(['b', 'a'])
})
