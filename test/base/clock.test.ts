/**
 * Instants: one text for each millisecond, and no other text is read.
 */
import fc from 'fast-check'
import { expect, test } from 'vitest'
import { instantMs, instantOf, parseInstant } from '../../src/base/clock.ts'

const YEAR_0 = Date.UTC(0, 0, 1) - 1900 * 365.25 * 86_400_000
const moments = fc.integer({ min: Math.trunc(YEAR_0) + 366 * 86_400_000, max: Date.UTC(9999, 11, 31) })

test('an instant is read back as the millisecond it was made of', () => {
  fc.assert(
    fc.property(moments, (ms) => {
      expect(instantMs(instantOf(ms))).toBe(ms)
      expect(parseInstant(instantOf(ms))).toBe(instantOf(ms))
    }),
  )
})

test('of texts of this form those are instants that a calendar has', () => {
  const part = (digits: number, most: number) =>
    fc.integer({ min: 0, max: most }).map((n) => `${n}`.padStart(digits, '0'))
  const years = fc.oneof(part(4, 9999), fc.constantFrom('1900', '2000', '2023', '2024', '2100'))
  const days = fc.oneof(part(2, 40), fc.constantFrom('28', '29', '30', '31'))
  fc.assert(
    fc.property(
      years,
      part(2, 14),
      days,
      part(2, 26),
      part(2, 61),
      part(2, 61),
      (year, month, day, hour, minute, second) => {
        const text = `${year}-${month}-${day}T${hour}:${minute}:${second}.000Z`
        const ms = Date.parse(text)
        const isInstant = !Number.isNaN(ms) && new Date(ms).toISOString() === text
        expect(parseInstant(text)).toBe(isInstant ? text : undefined)
      },
    ),
    { numRuns: 3000 },
  )
})

test('text order of instants is time order', () => {
  fc.assert(
    fc.property(moments, moments, (one, other) => {
      expect(instantOf(one) < instantOf(other)).toBe(one < other)
    }),
  )
})

test.each([
  ['no milliseconds', '2026-11-20T09:30:00Z'],
  ['an offset', '2026-11-20T09:30:00.000+01:00'],
  ['a date alone', '2026-11-20'],
  ['a day that is not in the calendar', '2026-02-30T00:00:00.000Z'],
  ['an hour that is not on the clock', '2026-11-20T24:00:00.000Z'],
  ['a month that is not in the calendar', '2026-13-01T00:00:00.000Z'],
  ['lower case', '2026-11-20t09:30:00.000z'],
  ['a final line break', '2026-11-20T09:30:00.000Z\n'],
  ['digits of another script', '２０２６-11-20T09:30:00.000Z'],
])('an instant is not read from %s', (_, text) => {
  expect(parseInstant(text)).toBeUndefined()
})
