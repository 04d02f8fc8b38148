/**
 * Single-precision numbers as decimals: short, and never another number.
 */
import fc from 'fast-check'
import { expect, test } from 'vitest'
import { decimalOfFloat32 } from '../../src/base/float32.ts'

test.each([
  [0.1, 0.1],
  [1e-4, 0.0001],
  [2.021000862121582, 2.0210009],
  [16777216, 16777216],
  [3.4028234663852886e38, 3.4028234663852886e38],
  // The least one there is.
  [1.401298464324817e-45, 1e-45],
  [-0.75, -0.75],
])('%d went through 32 bits and comes back as %d', (written, read) => {
  expect(decimalOfFloat32(Math.fround(written))).toBe(read)
})

test('NaN, infinities and both zeros stay what they are', () => {
  for (const value of [NaN, Infinity, -Infinity, 0, -0]) expect(decimalOfFloat32(value)).toBe(value)
})

test('every decimal reads back as its number, and none with at most six digits changes', () => {
  fc.assert(
    fc.property(fc.float(), (value) => {
      expect(Math.fround(decimalOfFloat32(value))).toBe(value)
    }),
  )
  fc.assert(
    fc.property(fc.integer({ min: -999_999, max: 999_999 }), fc.integer({ min: -20, max: 20 }), (digits, exponent) => {
      const decimal = Number(`${digits}e${exponent}`)
      expect(decimalOfFloat32(Math.fround(decimal))).toBe(Number.isInteger(decimal) ? Math.fround(decimal) : decimal)
    }),
  )
})
