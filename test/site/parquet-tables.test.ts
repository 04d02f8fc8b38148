/**
 * Tables of Parquet in a site: the rows that a server shows, sorted and searched alike.
 */
import { readFileSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import { expect, test } from 'vitest'
import type { WireTable } from '../../src/server/wire.ts'
import { oneColumn, parquetFile, parquetPage } from '../support/parquet-file.ts'
import { temporaryFolder } from '../support/repository.ts'
import { siteAsker } from '../support/site-world.ts'
import { startUi } from '../support/ui-server.ts'
import { makeWorld } from '../support/world.ts'

const GOLDEN = fileURLToPath(new URL('../golden/readers/pyarrow-25.0.1/files/', import.meta.url))

test('a site has the first rows of Parquet, and all of a short one', async () => {
  const world = makeWorld()
  world.mlv('init')
  world.write('kept/flat.parquet', readFileSync(`${GOLDEN}flat.parquet`))
  world.write('kept/deep.parquet', readFileSync(`${GOLDEN}deep.parquet`))
  const odd = parquetPage({ body: new Uint8Array(8), values: 2, encoding: 99 })
  world.write('kept/odd.parquet', oneColumn(1, odd, 2))
  // The first window cannot be read, those after it can.
  const group = (encoding: number) => ({
    rows: 500,
    columns: [{ pages: parquetPage({ body: new Uint8Array(2000), values: 500, encoding }) }],
  })
  const schema = [
    { name: 's', children: 1 },
    { name: 'x', physical: 1, repetition: 0 },
  ]
  world.write('kept/halves.parquet', parquetFile({ schema, groups: [group(99), group(0)] }))
  const page = parquetPage({
    body: Buffer.from(Int32Array.from({ length: 5000 }, (_, index) => index).buffer),
    values: 5000,
  })
  world.write('kept/long.parquet', oneColumn(1, page, 5000))
  expect(world.mlv('commit', '-m', 'tables', '--artifact', 'kept')).toMatchObject({ exitCode: 0 })
  const site = `${temporaryFolder()}/site`
  expect(world.mlv('site', '--output', site)).toMatchObject({ exitCode: 0 })
  const [ask, ui] = [siteAsker(site), await startUi(world.folder)]
  const { run } = (await ui.get('api/run/@/table?path=kept/flat.parquet')) as WireTable
  for (const query of ['', '&sort=-i64', '&sort=us', '&sort=-price&count=2', '&search=LINE', '&from=3&count=1']) {
    const address = `api/run/${run}/table?path=kept/flat.parquet${query}`
    expect([query, await ask(address)]).toEqual([query, { status: 200, body: await ui.get(address) }])
  }
  for (const name of ['deep', 'odd']) {
    const address = `api/run/${run}/table?path=kept/${name}.parquet`
    expect(await ask(address)).toEqual({ status: 200, body: await ui.get(address) })
  }
  const halves = (await ask(`api/run/${run}/table?path=kept/halves.parquet&from=499&count=2`)).body as WireTable
  expect(halves).toMatchObject({
    columns: [{ name: 'x', type: 'int32, not shown: encoding 99 is not read' }],
    rows: [[null], ['0']],
    isCut: true,
  })
  const long = (await ask(`api/run/${run}/table?path=kept/long.parquet&from=1999&count=5`)).body as WireTable
  expect(long).toMatchObject({ rows: [['1999']], isSortable: false, isCut: true })
  expect((await ask(`api/run/${run}/table?path=kept/long.parquet&sort=x`)).status).toBe(404)

  // By value: whole numbers beyond 2^53 too, and a second before its fractions.
  const orderOf = async (sort: string, column: number): Promise<unknown> => {
    const { rows } = (await ui.get(`api/run/@/table?path=kept/flat.parquet&sort=${sort}`)) as WireTable
    return rows.map((row) => row[column])
  }
  expect(await orderOf('-i64', 0)).toEqual([
    '9223372036854775807',
    '9007199254740993',
    '0',
    '-9223372036854775808',
    null,
  ])
  expect(await orderOf('us', 13)).toEqual([
    '1969-12-31T23:59:59.999999Z',
    '1970-01-01T00:00:00Z',
    '1970-01-01T00:00:00.000001Z',
    '2026-01-01T00:00:00.000001Z',
    null,
  ])
  expect(await orderOf('wide', 10)).toEqual(['-0.1', '0.0', '7.7', '1000000000000000000000000000000.5', null])
  expect(ui.bugs).toEqual([])
}, 20_000)
