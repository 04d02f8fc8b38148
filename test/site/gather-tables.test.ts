/**
 * Tables of JSON Lines whose later rows have columns that the first lack: every value is under its own column.
 */
import { expect, test } from 'vitest'
import { describeRun } from '../../src/ops/read/describe-run.ts'
import type { WireTable } from '../../src/server/wire.ts'
import { gatherContent } from '../../src/site/make/gather-content.ts'
import { startUi } from '../support/ui-server.ts'
import { makeWorld } from '../support/world.ts'
import type { World } from '../support/world.ts'

const COUNT = 1500

/** What row `i` has: `c` in some rows in the middle, `d` towards the end. */
function rowOf(i: number): Readonly<Record<string, string | number>> {
  return { i, ...(i >= 600 && i < 700 ? { c: `C${i}` } : {}), ...(i >= 1200 ? { d: `D${i}` } : {}) }
}

/** The cells of a row by the names of columns, as `rowOf` has them. */
function named(columns: WireTable['columns'], row: WireTable['rows'][number] | undefined): unknown {
  const cells = (row ?? []).flatMap((cell, at) => (cell === null ? [] : [[columns[at]?.name, cell]]))
  return Object.fromEntries(cells.map(([name, cell]) => [name, name === 'i' ? Number(cell) : cell])) as unknown
}

function worldWithRows(): World {
  const world = makeWorld()
  world.mlv('init')
  world.write('rows.jsonl', Array.from({ length: COUNT }, (_, i) => `${JSON.stringify(rowOf(i))}\n`).join(''))
  expect(world.mlv('commit', '-m', 'rows', '--artifact', 'rows.jsonl').exitCode).toBe(0)
  return world
}

test('a site keeps every value of a table under its column, and so do windows in any order', async () => {
  const world = worldWithRows()
  const ui = await startUi(world.folder)
  const ask = async (address: string) => ({ status: 200, body: (await ui.get(address)) as object })
  const run = await describeRun(ui.repository, '@')
  const gathered = await gatherContent(ask, run, { chosen: { 'rows.jsonl': 'any' }, present: new Set() })
  const table = gathered?.tables['rows.jsonl']
  expect(table).toMatchObject({ columns: [{ name: 'i' }, { name: 'c' }, { name: 'd' }], from: 0, total: COUNT })
  expect(table?.rows).toHaveLength(COUNT)
  for (const [i, row] of (table?.rows ?? []).entries()) expect(named(table?.columns ?? [], row)).toEqual(rowOf(i))

  // Another server, that is asked for the end first, and for several windows at once.
  const other = await startUi(world.folder)
  const windows = await Promise.all(
    [1300, 600, 0, 650, 1499, COUNT].map(
      async (from) => (await other.get(`api/run/@/table?path=rows.jsonl&count=10&from=${from}`)) as WireTable,
    ),
  )
  const last = (await other.get(`api/run/@/table?path=rows.jsonl&from=${COUNT}`)) as WireTable
  expect(last.columns.map(({ name }) => name).sort()).toEqual(['c', 'd', 'i'])
  for (const { from, rows } of windows) {
    expect(rows).toHaveLength(Math.min(10, COUNT - from))
    // Rows that came earlier are read with the columns that are known now.
    for (const [at, row] of rows.entries()) expect(named(last.columns, row)).toEqual(rowOf(from + at))
  }
})

test('a table that tells of fewer columns at its end keeps those that its rows have', async () => {
  const world = worldWithRows()
  const ui = await startUi(world.folder)
  const run = await describeRun(ui.repository, '@')
  const ask = (address: string) => {
    const from = Number(/&from=(\d+)/.exec(address)?.[1] ?? 0)
    const columns = ['i', 'c'].slice(0, from === 500 ? 2 : 1).map((name) => ({ name, type: null }))
    const rows = from < 1000 ? Array.from({ length: 500 }, () => columns.map(({ name }) => name)) : []
    return Promise.resolve({ status: 200, body: { evaluations: [], columns, rows, isCut: from === 0, total: 1000 } })
  }
  const gathered = await gatherContent(ask, run, { chosen: { 'rows.jsonl': 'any' }, present: new Set() })
  const table = gathered?.tables['rows.jsonl']
  expect(table?.columns.map(({ name }) => name)).toEqual(['i', 'c'])
  expect([table?.rows.length, table?.rows[500], table?.isCut]).toEqual([1000, ['i', 'c'], true])
})
