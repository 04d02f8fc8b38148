/**
 * Rows of a text: every window is what was written, whatever it costs is bounded.
 */
import fc from 'fast-check'
import { expect, test } from 'vitest'
import { openRowMap } from '../../../src/store/data/row-map.ts'
import type { ByteSource, RowFormat } from '../../../src/store/data/row-map.ts'
import { columnsOfRows, tableOfRows } from '../../../src/store/data/table-text.ts'

const CSV: RowFormat = { separator: 44, countsEmpty: false }
const LINES: RowFormat = { separator: undefined, countsEmpty: true }

/** Bytes in pieces, with a count of those that were read. */
function sourceOf(text: string, pieceBytes = 7): ByteSource & { readonly bytesRead: () => number } {
  const bytes = Buffer.from(text, 'utf8')
  let count = 0
  return {
    sizeBytes: bytes.length,
    bytesRead: () => count,
    // eslint-disable-next-line @typescript-eslint/require-await -- the same shape as a file
    read: async function* (start, end) {
      for (let at = start; at < end; at += pieceBytes) {
        const piece = bytes.subarray(at, Math.min(end, at + pieceBytes))
        count += piece.length
        yield piece
      }
    },
  }
}

const cell = fc.string({ unit: fc.constantFrom('a', 'ä', ',', '"', '\n', '\r', ' ', '1', '\u0000'), maxLength: 6 })

test('every window of a table is the rows that were written, quotes and line ends in them too', async () => {
  await fc.assert(
    fc.asyncProperty(
      fc.array(fc.tuple(cell, cell), { minLength: 1, maxLength: 12 }),
      fc.nat(14),
      fc.integer({ min: 1, max: 5 }),
      fc.integer({ min: 1, max: 9 }),
      async (rows, from, count, pieceBytes) => {
        const written = [['one', 'two'], ...rows]
        const source = sourceOf(`${written.map((row) => row.map(quoted).join(',')).join('\n')}\n`, pieceBytes)
        const map = openRowMap(CSV)
        await map.extend(source, 1000, 10_000)
        expect(map.known()).toBe(written.length)
        const columns = columnsOfRows('csv', await map.rows(source, 0, 1))
        const table = tableOfRows('csv', columns, await map.rows(source, from, count))
        expect(table.rows).toEqual(written.slice(from, from + count))
      },
    ),
    { numRuns: 300 },
  )
})

function quoted(text: string): string {
  return `"${text.replaceAll('"', '""')}"`
}

test('lines of output count though they are empty, and the last counts before it is ended', async () => {
  const map = openRowMap(LINES)
  const texts = async (text: string, from = 0) => {
    const source = sourceOf(text)
    await map.extend(source, 1000, 10_000)
    return (await map.rows(source, from, 10)).map((row) => row.text)
  }
  expect(await texts('one\n\ntwo')).toEqual(['one', '', 'two'])
  expect(await texts('one\n\ntwo and more\nthree')).toEqual(['one', '', 'two and more', 'three'])
  expect(map.known()).toBe(4)
})

test('looking at the first rows of a large table reads a little of it, and more only when asked for', async () => {
  const row = `${'x'.repeat(99)}\n`
  const source = sourceOf(row.repeat(200_000), 64 * 1024)
  const map = openRowMap(CSV)
  await map.extend(source, 200, 32 * 1024 * 1024)
  expect(await map.rows(source, 0, 200)).toHaveLength(200)
  expect(source.bytesRead()).toBeLessThan(source.sizeBytes / 8)
  expect(map.known()).toBeLessThan(20_000)

  await map.extend(source, Infinity, 4 * 1024 * 1024)
  expect(map.atByte()).toBeLessThan(source.sizeBytes / 3)
  await map.extend(source, Infinity, Infinity)
  expect(map.known()).toBe(200_000)
  const before = source.bytesRead()
  expect(await map.rows(source, 199_990, 50)).toHaveLength(10)
  expect(source.bytesRead() - before).toBeLessThan(512 * 1024)
})

test('a row without end, and a quote that is never closed, cost a bounded part of it', async () => {
  const endless = sourceOf('x'.repeat(9_000_000), 64 * 1024)
  const map = openRowMap(CSV)
  await map.extend(endless, 1000, 32 * 1024 * 1024)
  const [row] = await map.rows(endless, 0, 10)
  expect([row?.isCut, row?.text.length]).toEqual([true, 256 * 1024])

  const open = sourceOf(`a,"never closed\n${'x\n'.repeat(400_000)}`, 64 * 1024)
  const other = openRowMap(CSV)
  await other.extend(open, Infinity, Infinity)
  expect(other.known()).toBeGreaterThan(200_000)
})

test('a file that is shorter than it says ends the search', async () => {
  const source = { ...sourceOf('a\nb\n'), sizeBytes: 1_000_000 }
  const map = openRowMap(CSV)
  await map.extend(source, 1000, Infinity)
  expect(map.known()).toBe(2)
  expect(await map.rows(source, 0, 10)).toHaveLength(2)
})

test('a million columns are counted and two thousand shown', () => {
  const line = { text: ','.repeat(999_999), isCut: false }
  const columns = columnsOfRows('csv', [line])
  expect(columns).toHaveLength(2000)
  expect(new Set(columns.map(({ name }) => name)).size).toBe(2000)
  const table = tableOfRows('csv', columns, [line])
  expect([table.rows[0]?.length, table.isCut]).toEqual([2000, true])
})

test('rows of JSON keep all digits of a number, and one that is no row is shown as it stands', () => {
  const rows = ['{"id":12345678901234567890,"x":NaN,"__proto__":{"a":1}}', 'not json', '{"id":1,"new":null}'].map(
    (text) => {
      return { text, isCut: false }
    },
  )
  const columns = columnsOfRows('jsonl', rows.slice(0, 1))
  const table = tableOfRows('jsonl', columns, rows)
  expect(table.columns.map(({ name }) => name)).toEqual(['id', 'x', '__proto__', 'new'])
  expect(table.rows).toEqual([
    ['12345678901234567890', 'NaN', '{"a":1}', null],
    ['not json', null, null, null],
    ['1', null, null, null],
  ])
})

test('a column of JSON rows keeps its place, whichever windows are looked at', () => {
  const row = fc.dictionary(fc.constantFrom('a', 'b', 'c', 'd', 'e'), fc.integer({ min: 0, max: 99 }), {
    noNullPrototype: true,
  })
  fc.assert(
    fc.property(fc.array(fc.array(row, { minLength: 1, maxLength: 4 }), { minLength: 1, maxLength: 6 }), (windows) => {
      let columns = columnsOfRows('jsonl', textRows(windows[0] ?? []))
      for (const window of [...windows, []]) {
        const table = tableOfRows('jsonl', columns, textRows(window))
        const names = table.columns.map(({ name }) => name)
        expect(names.slice(0, columns.length)).toEqual(columns.map(({ name }) => name))
        const found = table.rows.map((cells) => cells.flatMap((text, at) => (text === null ? [] : [[names[at], text]])))
        expect(found.map((cells) => Object.fromEntries(cells) as unknown)).toEqual(
          window.map((each) => Object.fromEntries(Object.entries(each).map(([name, value]) => [name, String(value)]))),
        )
        columns = table.columns
      }
    }),
  )
})

function textRows(rows: readonly object[]) {
  return rows.map((row) => ({ text: JSON.stringify(row), isCut: false }))
}
