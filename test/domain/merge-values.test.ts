/**
 * The laws of merging documents member by member.
 */
import fc from 'fast-check'
import { expect, test } from 'vitest'
import { isSameValue, mergeMaps } from '../../src/domain/merge-values.ts'
import type { Published } from '../../src/domain/merge-values.ts'
import type { Value, ValueMap } from '../../src/base/value.ts'

const SHAPE = { sets: ['tags'], wholes: ['retired'] }

const anyTags = fc.uniqueArray(fc.constantFrom('a', 'b', 'c', 'd')).map((tags) => [...tags].sort())
const anyWhole: fc.Arbitrary<Value> = fc
  .record({ at: fc.constantFrom('1', '2'), by: fc.constantFrom('x', 'y') })
  .map(mapOf)
const anyDocument: fc.Arbitrary<ValueMap> = fc
  .record(
    {
      tags: anyTags,
      note: fc.constantFrom<Value>('one', 'two', 'three'),
      retired: anyWhole,
      metrics: fc
        .dictionary(fc.constantFrom('auc', 'loss'), fc.constantFrom<Value>(1n, 2n, 0.5), { noNullPrototype: true })
        .map(mapOf),
    },
    { requiredKeys: ['tags'], noNullPrototype: true },
  )
  .map(mapOf)

function mapOf(members: Readonly<Record<string, Value>>): ValueMap {
  return new Map(Object.entries(members))
}

function merged(base: ValueMap, ours: ValueMap, theirs: ValueMap, published: Published): ValueMap {
  return mergeMaps(base, ours, theirs, { published, shape: SHAPE }).value
}

test('law: a side that changed nothing takes what the other says, and equal sides stay as they are', () => {
  fc.assert(
    fc.property(anyDocument, anyDocument, fc.constantFrom<Published>('theirs', 'both'), (base, side, published) => {
      for (const result of [
        merged(base, side, base, published),
        merged(base, base, side, published),
        merged(base, side, side, published),
      ]) {
        expect(isSameValue(sortedMap(result), sortedMap(side))).toBe(true)
      }
    }),
  )
})

test('law: when both sides are published the order of the sides does not matter', () => {
  fc.assert(
    fc.property(anyDocument, anyDocument, anyDocument, (base, ours, theirs) => {
      const [one, other] = [merged(base, ours, theirs, 'both'), merged(base, theirs, ours, 'both')]
      expect(isSameValue(sortedMap(one), sortedMap(other))).toBe(true)
    }),
  )
})

test('law: whatever the published side changed is in the result, and what was given up is told', () => {
  fc.assert(
    fc.property(anyDocument, anyDocument, anyDocument, (base, ours, theirs) => {
      const { value, lost } = mergeMaps(base, ours, theirs, { published: 'theirs', shape: SHAPE })
      expect(merged(base, ours, value, 'theirs')).toEqual(value)
      for (const key of ['note', 'retired']) {
        if (!isSameValue(theirs.get(key), base.get(key)))
          expect(isSameValue(value.get(key), theirs.get(key))).toBe(true)
        else expect(isSameValue(value.get(key), ours.get(key))).toBe(true)
      }
      for (const { key, kept, lost: given } of lost) {
        expect(key).not.toBe('tags')
        expect(isSameValue(kept, given)).toBe(false)
      }
    }),
  )
})

test('sets keep what either side added and drop what either side removed', () => {
  const tags = (...items: readonly string[]): ValueMap => new Map([['tags', items]])
  expect(merged(tags('a', 'b'), tags('a', 'b', 'c'), tags('b', 'd'), 'theirs')).toEqual(tags('b', 'c', 'd'))
})

/** Keys in one order: a merged mapping has none of its own. */
function sortedMap(map: ValueMap): ValueMap {
  return new Map([...map].sort(([left], [right]) => (left < right ? -1 : 1)))
}
