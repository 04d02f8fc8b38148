/**
 * Columns of a table on a page: rows stay under their names, in whatever order the answers come.
 */
import { expect, test } from 'vitest'
import type { WireTable } from '../../src/server/wire.ts'
import { columnsInOrderSeen } from '../../src/ui/media/seen-columns.ts'

function answer(names: string, ...rows: WireTable['rows']): WireTable {
  return {
    run: 'r',
    path: 'rows.jsonl',
    sizeBytes: 1,
    isVerified: true,
    columns: Array.from(names, (name) => ({ name, type: 'text' })),
    from: 0,
    rows,
    total: null,
    known: 1,
    isSortable: true,
    isCut: false,
  }
}

test('columns that later rows add come last, and those that an answer lacks stay', () => {
  const inOrder = columnsInOrderSeen()
  const shown = (table: WireTable) => {
    const { columns, rows } = inOrder(table)
    return [columns.map(({ name }) => name).join(''), ...rows]
  }
  expect(shown(answer('i', ['1']))).toEqual(['i', ['1']])
  expect(shown(answer('ic', ['2', 'C']))).toEqual(['ic', ['2', 'C']])
  // An answer that was on its way for longer knows of fewer.
  expect(shown(answer('i', ['3']))).toEqual(['ic', ['3']])
  // A server that was started anew met another column first.
  expect(shown(answer('id', ['4', 'D']))).toEqual(['icd', ['4', null, 'D']])
  expect(shown(answer('idc', ['5', 'D', 'C']))).toEqual(['icd', ['5', 'C', 'D']])
  expect(shown(answer('i'))).toEqual(['icd'])
})

test('what a column holds is told once it is known, and stays', () => {
  const inOrder = columnsInOrderSeen()
  const types = (type: string | null) =>
    inOrder({ ...answer(''), columns: [{ name: 'i', type }] }).columns.map((column) => column.type)
  expect([types(null), types('float'), types(null)]).toEqual([[null], ['float'], ['float']])
})
