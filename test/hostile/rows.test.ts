/**
 * No hazard without a test: the index of rows is complete, and what it names exists.
 */
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { ROWS } from './rows.ts'

test('every row P1 to P13, S1 to S5, C1, C2 and D1 to D5 is listed once', () => {
  const wanted = [...numbered('P', 13), ...numbered('S', 5), ...numbered('C', 2), ...numbered('D', 5)]
  expect(ROWS.map(({ id }) => id)).toEqual(wanted)
})

test.each(ROWS)('$id ($hazard) is held by the test it names', ({ file, title }) => {
  expect(readFileSync(join(import.meta.dirname, '..', file), 'utf8')).toContain(`test('${title}`)
})

function numbered(letter: string, count: number): readonly string[] {
  return Array.from({ length: count }, (_, index) => `${letter}${index + 1}`)
}
