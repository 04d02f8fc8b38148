/** Numbers, sizes and times as people read them. */
import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { bytesText, countText } from '../../../cli/format/bytes.ts'
import { changeText, numberText, percentText } from '../../../cli/format/number.ts'
import { agoText, durationText, momentText } from '../../../cli/format/time.ts'

describe('numbers', () => {
  test.each([
    [0.924, '0.9240'],
    [12, '12'],
    [-3, '-3'],
    [1234.567, '1234.6'],
    [0.00051234, '0.0005123'],
    [1e-7, '1.000e-7'],
    [2.5e20, '2.500e+20'],
    [-0, '0'],
    [NaN, 'NaN'],
    [-Infinity, '-Infinity'],
  ])('%d is shown as %s', (value, text) => {
    expect(numberText(value)).toBe(text)
  })

  test.each([
    [0.924, 0.931, '0.9240 -> 0.9310 (+0.0070)'],
    [0.931, 0.924, '0.9310 -> 0.9240 (-0.0070)'],
    [12, 13, '12 -> 13 (+1)'],
    [0.92400001, 0.92400002, '0.924000010 -> 0.924000020 (+0.000000010)'],
    [0, 0.5, '0.0000 -> 0.5000 (+0.5000)'],
    [1e-9, 2e-9, '1.000e-9 -> 2.000e-9 (+1.000e-9)'],
    [1, Infinity, '1 -> Infinity (+Infinity)'],
    [0.5, 0.5, '0.5000 -> 0.5000 (+0.0000)'],
  ])('a change from %d to %d is shown as %s', (base, head, text) => {
    const { base: from, head: to, change } = changeText(base, head, head - base)
    expect(`${from} -> ${to} (${change})`).toBe(text)
  })

  test('no number is shown in more than 24 characters', () => {
    fc.assert(fc.property(fc.double(), (value) => numberText(value).length <= 24))
  })

  test('percentages carry their sign', () => {
    expect([0.125, -0.0325, 12].map(percentText)).toEqual(['+12.5%', '-3.25%', '+1200%'])
  })
})

describe('sizes', () => {
  test.each([
    [0, '0 B'],
    [999, '999 B'],
    [1000, '1.00 kB'],
    [999_499, '999 kB'],
    [999_500, '1.00 MB'],
    [1_210_000, '1.21 MB'],
    [12_340_000, '12.3 MB'],
    [2_000_000_000, '2.00 GB'],
    [5e18, '5000 PB'],
  ])('%d bytes are shown as %s', (size, text) => {
    expect(bytesText(size)).toBe(text)
  })

  test('a count agrees with its noun', () => {
    expect([countText(1, 'alias', 'aliases'), countText(2, 'alias', 'aliases'), countText(0, 'file')]).toEqual([
      '1 alias',
      '2 aliases',
      '0 files',
    ])
  })
})

describe('times', () => {
  const now = Date.UTC(2026, 10, 20, 10, 0)

  test.each([
    [-5_000, '2026-11-20'],
    [59_000, 'just now'],
    [61_000, '1 min ago'],
    [3 * 3_600_000, '3 h ago'],
    [24 * 3_600_000, '1 day ago'],
    [13 * 86_400_000, '13 days ago'],
    [15 * 86_400_000, '2026-11-05'],
  ])('%d ms before now is "%s"', (ago, text) => {
    expect(agoText(now - ago, now)).toBe(text)
  })

  test.each([
    [830, '830 ms'],
    [4_200, '4.2 s'],
    [184_000, '3 min 4 s'],
    [7_500_000, '2 h 5 min'],
    [266_400_000, '3 d 2 h'],
  ])('a duration of %d ms is "%s"', (ms, text) => {
    expect(durationText(ms)).toBe(text)
  })

  test('a moment is told in UTC', () => {
    expect(momentText(now)).toBe('2026-11-20 10:00 UTC')
  })
})
