/**
 * Rows of Parquet files that pyarrow made, cell by cell as pyarrow reads them.
 */
import { readFileSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import { expect, test } from 'vitest'
import { parquetParts } from '../../../src/store/catalog/parquet-table.ts'
import type { SqlRow } from '../../../src/store/catalog/sql-tables.ts'
import { oneColumn, parquetPage } from '../../support/parquet-file.ts'
import { readParquet } from '../../support/parquet-reading.ts'
import type { Ranges } from '../../support/parquet-reading.ts'

const FOLDER = fileURLToPath(new URL('../../golden/readers/pyarrow-25.0.1/', import.meta.url))

interface Told {
  readonly total: number
  readonly columns: readonly string[]
  readonly rows: readonly (readonly [row: number, cells: readonly (string | null)[]])[]
}

const TOLD = JSON.parse(readFileSync(`${FOLDER}rows.json`, 'utf8')) as Readonly<Record<string, Told>>

test.each(Object.entries(TOLD))('%s has the rows pyarrow reads', async (name, { total, columns, rows }) => {
  const bytes = readFileSync(`${FOLDER}files/${name}`)
  const whole = await readParquet(bytes, 0, total)
  expect(whole?.columns.map((column) => column.name)).toEqual(columns)
  expect(whole?.columns.filter(({ type }) => type?.includes('not shown'))).toEqual([])
  expect([whole?.total, whole?.rows.length, whole?.isCut]).toEqual([total, total, false])
  for (const [row, cells] of rows) expect([row, whole?.rows[row]]).toEqual([row, cells])
  // A window anywhere has the rows that all have there.
  for (const [row] of rows) {
    const window = await readParquet(bytes, row, 3)
    expect([row, window?.rows]).toEqual([row, whole?.rows.slice(row, row + 3)])
  }
  expect((await readParquet(bytes, total, 3))?.rows).toEqual([])
})

test('a window costs the row group it is in, and not the file', async () => {
  const bytes = readFileSync(`${FOLDER}files/long-snappy.parquet`)
  for (const from of [0, 600, 990]) {
    const ranges: Ranges = []
    await readParquet(bytes, from, 5, ranges)
    const read = ranges.reduce((sum, [start, end]) => sum + end - start, 0)
    // One of three, and the footer.
    expect([from, read < bytes.length * 0.6]).toEqual([from, true])
  }
})

test('of a long column the pages before the window are passed over', async () => {
  // 200 pages of 64 KiB, each a mebibyte's worth of nothing but its own number.
  const pages = Array.from({ length: 200 }, (_, index) => {
    return parquetPage({ body: Buffer.from(new Int32Array(16_384).fill(index).buffer), values: 16_384 })
  })
  const bytes = oneColumn(1, Buffer.concat(pages), 200 * 16_384)
  const ranges: Ranges = []
  const window = await readParquet(bytes, 150 * 16_384 - 1, 2, ranges)
  expect(window?.rows).toEqual([['149'], ['150']])
  expect(ranges.every(([start, end]) => end - start <= 1024 * 1024)).toBe(true)
})

test('what mlv itself exports is read back', async () => {
  const rows: SqlRow[] = Array.from({ length: 20_000 }, (_, index) => [
    `run ${index}`,
    index % 3 === 0 ? null : index / 8,
    index % 5 === 0 ? null : String(2n ** 62n + BigInt(index)),
    index % 2,
  ])
  const chunks: Uint8Array[] = []
  const columns = [
    { name: 'id', type: 'text' },
    { name: 'auc', type: 'float' },
    { name: 'step', type: 'integer' },
    { name: 'dirty', type: 'boolean' },
  ] as const
  for await (const chunk of parquetParts(columns, parts(rows))) chunks.push(chunk)
  const bytes = Buffer.concat(chunks)
  for (const from of [0, 8190, 19_997]) {
    const window = await readParquet(bytes, from, 4)
    expect(window?.rows).toEqual(
      rows
        .slice(from, from + 4)
        .map(([id, auc, step, dirty]) => [
          id,
          auc === null ? null : Number.isInteger(auc) ? `${Number(auc)}.0` : String(auc),
          step,
          dirty === 1 ? 'true' : 'false',
        ]),
    )
  }
})

async function* parts(rows: readonly SqlRow[]): AsyncGenerator<readonly SqlRow[]> {
  for (let at = 0; at < rows.length; at += 1000) yield await Promise.resolve(rows.slice(at, at + 1000))
}
