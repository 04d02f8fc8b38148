/**
 * ULIDs: the published example, the bounds, and that text order is time order.
 */
import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { newUlid, parseUlid, ulidFrom, ulidMs } from '../../src/base/ulid.ts'

const LAST_MS = 2 ** 48 - 1
const moments = fc.integer({ min: 0, max: LAST_MS })
const tails = fc.uint8Array({ minLength: 10, maxLength: 10 })

describe('a ULID', () => {
  test('has the time part of the specification example, in lower case', () => {
    expect(ulidFrom(1_469_918_176_385, new Uint8Array(10))).toBe('01aryz6s410000000000000000')
  })

  test('reaches from all zeros to the last moment with all bits set', () => {
    expect(ulidFrom(0, new Uint8Array(10))).toBe('00000000000000000000000000')
    expect(ulidFrom(LAST_MS, new Uint8Array(10).fill(255))).toBe('7zzzzzzzzzzzzzzzzzzzzzzzzz')
  })

  test('is made of the clock and the entropy it was given', () => {
    const clock = { nowMs: () => 1_469_918_176_385, elapsedMs: () => 0 }
    const entropy = { randomBytes: (count: number) => new Uint8Array(count).fill(255) }
    expect(newUlid(clock, entropy)).toBe('01aryz6s41zzzzzzzzzzzzzzzz')
  })

  test('is read back, and tells its millisecond', () => {
    fc.assert(
      fc.property(moments, tails, (ms, tail) => {
        const ulid = ulidFrom(ms, tail)
        expect(parseUlid(ulid)).toBe(ulid)
        expect(ulidMs(ulid)).toBe(ms)
      }),
    )
  })

  test('of a later millisecond sorts after one of an earlier, whatever the random parts', () => {
    fc.assert(
      fc.property(moments, moments, tails, tails, (one, other, tail, otherTail) => {
        fc.pre(one < other)
        expect(ulidFrom(one, tail) < ulidFrom(other, otherTail)).toBe(true)
      }),
    )
  })

  test('keeps every bit of the random part', () => {
    fc.assert(
      fc.property(tails, tails, (tail, other) => {
        const isSameTail = Buffer.compare(tail, other) === 0
        expect(ulidFrom(1, tail) === ulidFrom(1, other)).toBe(isSameTail)
      }),
    )
  })

  test.each([
    ['upper case', '01ARYZ6S410000000000000000'],
    ['a letter outside the alphabet', '01aryz6s41000000000000000u'],
    ['25 characters', '01aryz6s41000000000000000'],
    ['27 characters', '01aryz6s4100000000000000000'],
    ['a time beyond 48 bits', '81aryz6s410000000000000000'],
    ['a final line break', '01aryz6s410000000000000000\n'],
    ['nothing', ''],
  ])('is not read from %s', (_, text) => {
    expect(parseUlid(text)).toBeUndefined()
  })
})
