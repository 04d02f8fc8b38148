/** Tables: aligned, fitted to a width, or tab-separated. */
import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { column, sheetRows, tableLines } from '../../../cli/format/columns.ts'
import type { Table } from '../../../cli/format/columns.ts'
import { cutToWidth, displayWidth } from '../../../cli/format/display-width.ts'
import { plainText, styled } from '../../../cli/format/line.ts'
import { shown } from '../fake-environment.ts'

const TABLE: Table = {
  columns: [
    column('id'),
    { ...column('auc', 'right'), whenNarrow: 'drop' },
    { ...column('loss', 'right'), whenNarrow: 'drop' },
    { ...column('message'), whenNarrow: 'cut' },
  ],
  rows: [
    [styled('subject', '01k9zq'), '0.9310', '0.2', 'a wider network, trained for longer'],
    ['01k9zr', '', '12', '模型 with wide characters'],
  ],
}

describe('aligned', () => {
  test('columns are as wide as they need where there is room', () => {
    expect(shown(tableLines(TABLE, 120))).toMatchInlineSnapshot(`
      "
      id         auc  loss  message
      01k9zq  0.9310   0.2  a wider network, trained for longer
      01k9zr            12  模型 with wide characters
      "
    `)
  })

  test('the message is cut first', () => {
    expect(shown(tableLines(TABLE, 40))).toMatchInlineSnapshot(`
      "
      id         auc  loss  message
      01k9zq  0.9310   0.2  a wider network, …
      01k9zr            12  模型 with wide ch…
      "
    `)
  })

  test('then columns are dropped, the last first', () => {
    expect(shown(tableLines(TABLE, 30))).toMatchInlineSnapshot(`
      "
      id         auc  message
      01k9zq  0.9310  a wider netwo…
      01k9zr          模型 with wid…
      "
    `)
  })

  test('a column with enough takes what room there is, after a fair part for the message', () => {
    const name = { ...column('name'), enough: 8 }
    const table: Table = {
      columns: [name, { ...column('message'), whenNarrow: 'cut' }],
      rows: [['a rather long name', 'a wider network, trained for longer']],
    }
    const cells = (width: number): unknown => plainText(tableLines(table, width)[1] ?? []).split(/ {2,}/)
    expect(cells(80)).toEqual(['a rather long name', 'a wider network, trained for longer'])
    expect(cells(44)).toEqual(['a rather long name', 'a wider network, traine…'])
    expect(cells(40)).toEqual(['a rather long…', 'a wider network, traine…'])
    expect(cells(30)).toEqual(['a rathe…', 'a wider network, tr…'])
  })

  test('no line is wider than the terminal where columns can give way', () => {
    fc.assert(
      fc.property(fc.integer({ min: 20, max: 200 }), fc.string({ unit: 'grapheme' }), (width, message) => {
        const table: Table = { ...TABLE, rows: [['01k9zq', '1', '2', message]] }
        for (const line of tableLines(table, width)) expect(displayWidth(plainText(line))).toBeLessThanOrEqual(width)
      }),
    )
  })

  test('an empty table has its titles', () => {
    expect(shown(tableLines({ columns: [column('id'), column('auc')], rows: [] }, 80))).toBe('\nid  auc\n')
  })
})

describe('tab-separated', () => {
  test('every row has as many cells as there are titles, whatever the cells hold', () => {
    fc.assert(
      fc.property(fc.array(fc.tuple(fc.string(), fc.string())), (rows) => {
        const lines = sheetRows({ columns: [column('a'), column('b')], rows })
        expect(lines).toHaveLength(rows.length + 1)
        for (const line of lines) expect(line.split('\t')).toHaveLength(2)
      }),
    )
  })

  test('tabs and line ends inside cells are spelled out', () => {
    expect(sheetRows({ columns: [column('a'), column('b')], rows: [['x\ty', 'one\ntwo']] })).toEqual([
      'a\tb',
      'x\\x09y\tone\\x0atwo',
    ])
  })
})

describe('width', () => {
  test.each([
    ['abc', 3],
    ['模型', 4],
    ['e\u0301', 1],
    ['🚀', 2],
    ['\u001b', 4],
  ])('%j takes %d cells', (text, width) => {
    expect(displayWidth(text)).toBe(width)
  })

  test('text is cut to a width with an ellipsis', () => {
    expect([cutToWidth('abcdef', 4), cutToWidth('abc', 4), cutToWidth('模型模型', 4)]).toEqual(['abc…', 'abc', '模…'])
  })
})
