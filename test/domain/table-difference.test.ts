/**
 * Two tables, row by row.
 */
import { expect, test } from 'vitest'
import { compareTables } from '../../src/domain/table-difference.ts'

const columns = ['id', 'answer', 'score']

test('rows go by their key, and what differs comes first', () => {
  const base = {
    columns,
    rows: [
      ['1', 'a', '0.5'],
      ['2', 'b', '1.0'],
      ['3', 'c', ''],
    ],
  }
  const head = {
    columns: ['id', 'score', 'answer'],
    rows: [
      ['4', '0', 'd'],
      ['2', '1', 'b'],
      ['1', '0.7', 'a'],
    ],
  }
  const { pairs, counts, key } = compareTables(base, head, 'id')
  expect(key).toBe('id')
  expect(pairs).toEqual([
    { state: 'changed', key: '1', base: 0, head: 2 },
    { state: 'base', key: '3', base: 2, head: undefined },
    { state: 'head', key: '4', base: undefined, head: 0 },
    { state: 'equal', key: '2', base: 1, head: 1 },
  ])
  expect(counts).toEqual({ changed: 1, base: 1, head: 1, equal: 1 })
})

test('without a key that both have, rows go by their place', () => {
  const { pairs, key } = compareTables(
    { columns: ['x'], rows: [['1'], ['2']] },
    { columns: ['x'], rows: [['1'], ['3'], ['4']] },
    'id',
  )
  expect(key).toBeUndefined()
  expect(pairs.map(({ state, key: place }) => [state, place])).toEqual([
    ['changed', '2'],
    ['head', '3'],
    ['equal', '1'],
  ])
})

test('no row is lost when its key comes again', () => {
  const rows = [
    ['1', 'a'],
    ['1', 'b'],
    ['1', 'c'],
  ]
  const same = compareTables({ columns: ['id', 'x'], rows }, { columns: ['id', 'x'], rows: rows.slice(0, 2) }, 'id')
  expect(same.hasRepeatedKeys).toBe(true)
  expect(same.counts).toEqual({ changed: 0, base: 1, head: 0, equal: 2 })
})

test('a table with another column differs in each row', () => {
  const { counts, columns: all } = compareTables(
    { columns: ['id', 'old'], rows: [['1', 'x']] },
    { columns: ['id', 'new'], rows: [['1', 'x']] },
    'id',
  )
  expect(all).toEqual(['id', 'old', 'new'])
  expect(counts.changed).toBe(1)
})

test('an empty cell is as good as none, and 1.0 is 1, but long numbers are compared by their digits', () => {
  const of = (left: string | null, right: string | null) =>
    compareTables({ columns: ['x'], rows: [[left]] }, { columns: ['x'], rows: [[right]] }, undefined).counts.equal
  expect([of(null, ''), of('1.0', '1'), of('0', ''), of('1e3', '1000')]).toEqual([1, 1, 0, 1])
  expect(of('12345678901234567890', '12345678901234567891')).toBe(0)
})
