/**
 * Parquet files that mean harm: each costs bounded work, is told for what it is, and the columns beside it are shown.
 */
import { readFileSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import { gzipSync } from 'node:zlib'
import { expect, test } from 'vitest'
import {
  i32,
  i64,
  list,
  oneColumn,
  parquetFile,
  parquetPage,
  struct,
  text,
  varint,
  zigzag,
} from '../support/parquet-file.ts'
import type { MadeNode } from '../support/parquet-file.ts'
import { firstColumn, readParquet } from '../support/parquet-reading.ts'

const GOLDEN = fileURLToPath(new URL('../golden/readers/pyarrow-25.0.1/files/', import.meta.url))
const [INT32, INT64, BYTES] = [1, 2, 6]
const [SNAPPY, GZIP, LZO, LZ4] = [1, 2, 3, 7]
const [PLAIN, DELTA, DELTA_BYTES, DICTIONARY] = [0, 5, 7, 8]
const GIB = 2 ** 30

/** A column of one page. */
function page(physical: number, made: Parameters<typeof parquetPage>[0], codec = 0, rows: number | bigint = 2): Buffer {
  return oneColumn(physical, parquetPage(made), rows, codec)
}

const TWO = Buffer.from(new Int32Array([7, -8]).buffer)

test('a plain page is shown', async () => {
  expect(await firstColumn(page(INT32, { body: TWO, values: 2 }))).toEqual(['7', '-8'])
  expect(await firstColumn(page(INT32, { body: gzipSync(TWO), values: 2, sizeBytes: 8 }, GZIP))).toEqual(['7', '-8'])
})

test('pages that would fill the memory are refused before any of it is taken', async () => {
  const bomb = gzipSync(Buffer.alloc(70 * 1024 * 1024))
  const run = Buffer.concat([Buffer.from([1]), varint((2 ** 31 - 1) * 2), Buffer.from([0])])
  const dictionary = parquetPage({ body: TWO, values: 2, isDictionary: true })
  const files: Readonly<Record<string, Buffer>> = {
    'says gigabytes': page(INT32, { body: TWO, values: 2, sizeBytes: GIB }, SNAPPY),
    'inflates to more than it says': page(INT32, { body: bomb, values: 2, sizeBytes: 8 }, GZIP),
    'is longer than a page may be': page(INT32, { body: bomb, values: 2, sizeBytes: 70 * 1024 * 1024 }, GZIP),
    'counts billions': page(INT32, { body: TWO, values: 2 ** 31 - 1 }, 0, 2n ** 40n),
    'counts less than nothing': page(INT32, { body: TWO, values: -5 }),
    'is less than nothing': page(INT32, { body: TWO, values: 2, compressedBytes: -8 }),
    'ends beyond its column': page(INT32, { body: TWO, values: 2, compressedBytes: GIB }),
    'has fewer values than it says': page(INT32, { body: TWO, values: 3 }, 0, 3),
    'names what its dictionary has not': oneColumn(
      INT32,
      Buffer.concat([dictionary, parquetPage({ body: Buffer.from([8, 4, 9]), values: 2, encoding: DICTIONARY })]),
      2,
    ),
    'has no dictionary': page(INT32, { body: run, values: 2, encoding: DICTIONARY }),
  }
  for (const [name, file] of Object.entries(files)) {
    const found = await firstColumn(file)
    expect([name, typeof found]).toEqual([name, 'string'])
  }
  // A run of billions in ten bytes is as long as the page is.
  const long = parquetPage({ body: run, values: 1000, encoding: DICTIONARY })
  expect(await firstColumn(oneColumn(INT32, Buffer.concat([dictionary, long]), 2n ** 50n))).toEqual(Array(10).fill('7'))
})

/** A block of Snappy that says 8 bytes. */
function snappy(...bytes: readonly number[]): Buffer {
  return page(INT32, { body: Buffer.from([8, ...bytes]), values: 2, sizeBytes: 8 }, SNAPPY)
}

test('compressed blocks that go back in time, beyond their ends or nowhere are damaged', async () => {
  expect(await firstColumn(snappy(7 << 2, ...TWO))).toEqual(['7', '-8'])
  const blocks: Readonly<Record<string, Buffer>> = {
    // 63: four bytes of length, of which a reader with 32 bits makes a step back.
    'a literal of a negative length': snappy(63 << 2, 0xfa, 0xff, 0xff, 0xff),
    'a literal beyond the block': snappy(62 << 2, 0xff, 0xff, 0xff),
    'a copy from before the start': snappy(0, 1, 2 | (7 << 2), 9, 0),
    'a copy from nowhere': snappy(0, 1, 2 | (7 << 2), 0, 0),
    'a copy beyond the end': snappy(0, 1, 2 | (63 << 2), 1, 0),
    nothing: snappy(),
    'an endless length': page(INT32, { body: Buffer.alloc(100, 0xff), values: 2, sizeBytes: 8 }, SNAPPY),
    'an endless LZ4 literal': page(INT32, { body: Buffer.alloc(100_000, 0xff), values: 2, sizeBytes: 8 }, LZ4),
    'an LZ4 copy from nowhere': page(INT32, { body: Buffer.from([0x10, 1, 0, 0, 0]), values: 2, sizeBytes: 8 }, LZ4),
  }
  for (const [name, file] of Object.entries(blocks)) {
    expect([name, await firstColumn(file)]).toEqual([name, expect.stringMatching(/^damaged, /)])
  }
  expect(await firstColumn(page(INT32, { body: TWO, values: 2 }, LZO))).toBe('LZO compression is not read')
})

test('differences of integers end with their bytes', async () => {
  const delta = (...parts: readonly Buffer[]): Buffer => {
    return page(INT64, { body: Buffer.concat(parts), values: 2, encoding: DELTA })
  }
  const widths = Buffer.from([0, 0, 0, 0])
  expect(await firstColumn(delta(varint(128), varint(4), varint(2), zigzag(5), zigzag(3), widths))).toEqual(['5', '8'])
  const blocks: Readonly<Record<string, Buffer>> = {
    'no miniblocks': delta(varint(128), varint(0), varint(2), zigzag(5), zigzag(3), widths),
    'billions of miniblocks': delta(varint(2 ** 32 - 32), varint(2 ** 27 - 1), varint(2), zigzag(5), zigzag(3), widths),
    'a miniblock of billions': delta(varint(2 ** 31), varint(1), varint(2), zigzag(5), zigzag(3), widths),
    'an integer without end': delta(varint(128), varint(4), varint(2), Buffer.alloc(1_000_000, 0xff)),
    'too many bits': delta(varint(128), varint(4), varint(2), zigzag(5), zigzag(3), Buffer.from([200, 0, 0, 0])),
    'more values than the page': delta(varint(128), varint(4), varint(2 ** 30), zigzag(5), zigzag(3), widths),
  }
  for (const [name, file] of Object.entries(blocks)) {
    expect([name, await firstColumn(file)]).toEqual([name, expect.stringMatching(/^damaged, /)])
  }
})

test('texts that grow by what came before are bounded', async () => {
  const count = 128 * 256
  const deltas = (first: number, step: number): Buffer => {
    const blocks = Array.from({ length: Math.ceil((count - 1) / 128) }, () => [zigzag(step), Buffer.from([0, 0, 0, 0])])
    return Buffer.concat([varint(128), varint(4), varint(count), zigzag(first), ...blocks.flat()])
  }
  // Each is that before with one more byte, up to half a gigabyte in all.
  const body = Buffer.concat([deltas(0, 1), deltas(1, 0), Buffer.alloc(count, 'x')])
  const grown = page(BYTES, { body, values: count, encoding: DELTA_BYTES }, 0, count)
  expect(await firstColumn(grown)).toBe('its texts are too long')
  const beyond = Buffer.concat([deltas(5, 0), deltas(1, 0), Buffer.alloc(count, 'x')])
  const before = page(BYTES, { body: beyond, values: count, encoding: DELTA_BYTES }, 0, count)
  expect(await firstColumn(before)).toBe('damaged, a text begins with more than there is')
})

test('pages of nothing by the million are counted', async () => {
  const empty = parquetPage({ body: new Uint8Array(0), values: 0 })
  const file = oneColumn(INT32, Buffer.alloc(empty.length * 160_000, empty), 10)
  expect(await firstColumn(file)).toBe('too many pages for one look')
})

test('one long text that all rows name is made once, and shown cut', async () => {
  const long = Buffer.alloc(1_000_000, 'y')
  const size = Buffer.alloc(4)
  size.writeUInt32LE(long.length)
  const dictionary = parquetPage({ body: Buffer.concat([size, long]), values: 1, isDictionary: true })
  const rows = 4_000_000
  const run = Buffer.concat([Buffer.from([1]), varint(rows * 2), Buffer.from([0])])
  const file = oneColumn(
    BYTES,
    Buffer.concat([dictionary, parquetPage({ body: run, values: rows, encoding: DICTIONARY })]),
    rows,
  )
  const table = await readParquet(file, 3_999_000, 500)
  expect([file.length < 1_001_000, table?.rows.length]).toEqual([true, 500])
  expect(table?.rows.at(-1)?.[0]).toBe(`${'y'.repeat(2000)}…`)
})

test('schemas and counts that are absurd make no Parquet, or one without rows', async () => {
  const leaf = { name: 'x', physical: INT32, repetition: 0 }
  const column = { pages: parquetPage({ body: TWO, values: 2 }) }
  const deep = Array.from({ length: 50_000 }, () => ({ name: 'g', repetition: 1, children: 1 }))
  const nothing: Readonly<Record<string, Buffer>> = {
    'a schema without end': parquetFile({ schema: [{ name: 's', children: 1 }, ...deep, leaf], groups: [] }),
    'a schema that is its own child': parquetFile({
      schema: [
        { name: 's', children: 1 },
        { name: 'g', children: 1 },
      ],
      groups: [],
    }),
    'children by the billion': parquetFile({ schema: [{ name: 's', children: 2 ** 31 - 1 }, leaf], groups: [] }),
    'fewer than no rows': parquetFile({
      schema: [{ name: 's', children: 1 }, leaf],
      groups: [{ rows: -4, columns: [column] }],
    }),
    'row groups by the billion': endless({
      1: i32(1),
      2: list([struct({ 4: text('s') })]),
      3: i64(1),
      4: list([], 2 ** 31 - 1),
    }),
    'lists of nothing by the million': endless({ 9: list([], 60_000_000) }),
  }
  for (const [name, file] of Object.entries(nothing)) {
    expect([name, await readParquet(file, 0, 5)]).toEqual([name, undefined])
  }
  const many = parquetFile({
    schema: [{ name: 's', children: 1 }, leaf],
    groups: [{ rows: 2n ** 50n, columns: [column] }],
  })
  const found = await readParquet(many, 2 ** 49, 500)
  expect([found?.total, found?.rows.length]).toEqual([2 ** 50, 500])
  expect(found?.columns[0]?.type).toBe('int32, not shown: damaged, a column ends before its rows')
  const elsewhere = parquetFile({
    schema: [{ name: 's', children: 2 }, leaf, { ...leaf, name: 'y' }],
    groups: [{ rows: 2, columns: [{ ...column, start: 2n ** 40n }, column] }],
  })
  expect((await readParquet(elsewhere, 0, 2))?.columns.map(({ type }) => type)).toEqual([
    'int32, not shown: damaged, a column lies beyond the file',
    'int32',
  ])
})

/** A footer alone. */
function endless(fields: Parameters<typeof struct>[0]): Buffer {
  const footer = struct(fields).bytes
  const length = Buffer.alloc(4)
  length.writeUInt32LE(footer.length)
  return Buffer.concat([Buffer.from('PAR1'), footer, length, Buffer.from('PAR1')])
}

test('a column that cannot be read leaves the others as they are', async () => {
  const schema = [
    { name: 's', children: 2 },
    { name: 'bad', physical: INT32, repetition: 0 },
    { name: 'good', physical: INT32, repetition: 0 },
  ]
  const [bad, good] = [parquetPage({ body: TWO, values: 2, encoding: 99 }), parquetPage({ body: TWO, values: 2 })]
  const table = await readParquet(
    parquetFile({ schema, groups: [{ rows: 2, columns: [{ pages: bad }, { pages: good }] }] }),
    0,
    2,
  )
  expect(table).toMatchObject({
    columns: [
      { name: 'bad', type: 'int32, not shown: encoding 99 is not read' },
      { name: 'good', type: 'int32' },
    ],
    rows: [
      [null, '7'],
      [null, '-8'],
    ],
    isCut: true,
  })
})

test('no byte that is changed, and no end that is missing, does more than damage a column', async () => {
  for (const name of ['flat.parquet', 'deep.parquet', 'deep-plain.parquet', 'long-delta.parquet']) {
    const whole = readFileSync(`${GOLDEN}${name}`)
    const step = Math.max(1, Math.floor(whole.length / 150))
    for (let at = 4; at < whole.length; at += step) {
      const damaged = Uint8Array.from(whole)
      damaged[at] = (damaged[at] ?? 0) ^ (1 << (at % 8)) ^ 0x80
      await readParquet(damaged, 0, 5)
      await readParquet(whole.subarray(0, at), 0, 5)
    }
  }
  expect(await readParquet(readFileSync(`${GOLDEN}flat.parquet`), 0, 5)).toMatchObject({ isCut: false })
}, 20_000)

test('bytes of the encoding named plain are not read as another', async () => {
  expect(await firstColumn(page(INT64, { body: TWO, values: 1, encoding: PLAIN }, 0, 1))).toEqual(['-34359738361'])
})

/** Levels as a page of the first kind has them. */
function levels(...runs: readonly (readonly [count: number, level: number])[]): Buffer {
  const bytes = Buffer.concat(runs.map(([count, level]) => Buffer.concat([varint(count * 2), Buffer.from([level])])))
  const length = Buffer.alloc(4)
  length.writeUInt32LE(bytes.length)
  return Buffer.concat([length, bytes])
}

/** One row, a list of structs of nothing. */
function longList(items: number, names: readonly string[]): Buffer {
  const body = Buffer.concat([levels([1, 0], [items - 1, 1]), levels([items, 1])])
  const leaves = names.map((name): MadeNode => ({ name, physical: INT32, repetition: 1 }))
  const pages = parquetPage({ body, values: items })
  return parquetFile({
    schema: [{ name: 's', children: 1 }, { name: 'g', repetition: 2, children: names.length }, ...leaves],
    groups: [{ rows: 1, columns: names.map(() => ({ pages })) }],
  })
}

test('lists of millions are not held, nor those of many columns together', async () => {
  expect(await firstColumn(longList(2_000_001, ['a']))).toBe('its lists are too long for one look')
  const names = Array.from({ length: 11 }, (_, index) => `n${index}`)
  expect(await firstColumn(longList(800_000, names))).toBe('its lists are too long for one look')
  expect(await firstColumn(longList(1000, names))).toEqual([expect.stringMatching(/^\[\{"n0":null,"n1":null,/)])
})

test('a name of a hundred thousand letters is written at no item of a list', async () => {
  // To write it at each takes longer than a test may.
  const [cell] = await firstColumn(longList(400_000, ['n'.repeat(100_000)]))
  expect(cell).toBe(`[{"${'n'.repeat(1997)}…`)
})

test('four million texts of nothing are read at a stroke', async () => {
  const count = 4 * 1024 * 1024
  const zeros = [varint(1024 * 1024), varint(1), varint(count), ...Array.from({ length: 9 }, () => Buffer.from([0]))]
  const body = Buffer.concat([...zeros, ...zeros])
  expect(await firstColumn(page(BYTES, { body, values: count, encoding: DELTA_BYTES }, 0, count), 2)).toEqual(['', ''])
})

test('columns of values that disagree about where lists end are no rows', async () => {
  const column = (...repetitions: readonly number[]): Buffer => {
    const values = Buffer.from(Int32Array.from(repetitions.keys()).buffer)
    const written = levels(...repetitions.map((level) => [1, level] as const))
    const body = Buffer.concat([written, levels([repetitions.length, 1]), values])
    return parquetPage({ body, values: repetitions.length })
  }
  const leaf = { physical: INT32, repetition: 0 }
  const file = (first: Buffer, second: Buffer): Buffer =>
    parquetFile({
      schema: [
        { name: 's', children: 1 },
        { name: 'g', repetition: 2, children: 2 },
        { name: 'a', ...leaf },
        { name: 'b', ...leaf },
      ],
      groups: [{ rows: 2, columns: [{ pages: first }, { pages: second }] }],
    })
  const fitting = ['[{"a":0,"b":0},{"a":1,"b":1}]', '[{"a":2,"b":2}]']
  expect(await firstColumn(file(column(0, 1, 0), column(0, 1, 0)))).toEqual(fitting)
  expect(await firstColumn(file(column(0, 0), column(0, 1, 0)))).toBe('damaged, its lists do not fit each other')
})

/** A file of one page that is said to hold texts. */
function texts(physical: number, body: Buffer, rows: number): Buffer {
  const leaf = { name: 'x', physical, repetition: 0, converted: 0 }
  const columns = [{ physical, pages: parquetPage({ body, values: rows }) }]
  return parquetFile({ schema: [{ name: 's', children: 1 }, leaf], groups: [{ rows, columns }] })
}

test('numbers that are said to be texts are not shown as empty ones', async () => {
  expect(await firstColumn(texts(INT32, TWO, 2))).toBe('damaged, a text is written as another type')
})

test('a text keeps the mark of byte order that it begins with', async () => {
  const said = Buffer.from('\ufeffa')
  const body = Buffer.concat([Buffer.from([said.length, 0, 0, 0]), said])
  expect(await firstColumn(texts(BYTES, body, 1))).toEqual(['\ufeffa'])
})

/** A file whose columns lie in the same bytes. */
function sharedColumns(
  count: number,
  pages: Buffer,
  node: { readonly physical: number; readonly rows: number; readonly repetition?: number },
): Buffer {
  const { physical, rows, repetition = 0 } = node
  const place = { 5: i64(rows), 7: i64(pages.length), 9: i64(4) }
  const column = struct({ 2: i64(4), 3: struct({ 1: i32(physical), 4: i32(0), ...place }) })
  const leaf = struct({ 1: i32(physical), 3: i32(repetition), 4: text('x') })
  const nodes = [struct({ 4: text('s'), 5: i32(count) }), ...Array.from({ length: count }, () => leaf)]
  const group = struct({ 1: list(Array.from({ length: count }, () => column)), 3: i64(rows) })
  return Buffer.concat([Buffer.from('PAR1'), pages, endless({ 2: list(nodes), 4: list([group]) }).subarray(4)])
}

test('one text that is shown in a million cells makes no answer of gigabytes', async () => {
  const long = Buffer.concat([Buffer.from([0xd0, 7, 0, 0]), Buffer.alloc(2000, 'y')])
  const dictionary = parquetPage({ body: long, values: 1, isDictionary: true })
  const run = Buffer.concat([Buffer.from([0]), varint(1000)])
  const pages = Buffer.concat([dictionary, parquetPage({ body: run, values: 500, encoding: DICTIONARY })])
  const table = await readParquet(sharedColumns(2000, pages, { physical: BYTES, rows: 500 }), 0, 500)
  const characters = (table?.rows ?? []).flat().reduce((sum, cell) => sum + (cell?.length ?? 0), 0)
  expect(characters).toBeGreaterThan(60_000_000)
  expect(characters).toBeLessThan(68_000_000)
  expect(table?.columns.at(-1)?.type).toBe('binary, not shown: too much text for one look')
})

test('bytes that are looked through count, whatever they are said to become', async () => {
  const large = parquetPage({ body: Buffer.alloc(60 * 1024 * 1024), values: 0, sizeBytes: 0 })
  const table = await readParquet(sharedColumns(12, large, { physical: INT32, rows: 2, repetition: 2 }), 0, 2)
  expect(table?.columns.map(({ type }) => type?.replace('list<int32>, not shown: ', ''))).toEqual([
    ...Array.from({ length: 8 }, () => 'damaged, levels are longer than their page'),
    ...Array.from({ length: 4 }, () => 'too much to read for one look'),
  ])
})

test('row groups and schemas are counted however often their lists are told', async () => {
  const group = struct({ 3: i64(1) })
  const groups = list([...Array.from({ length: 130_000 }, () => group)])
  const nodes = list([struct({ 4: text('s'), 5: i32(1) }), struct({ 1: i32(1), 3: i32(0), 4: text('x') })])
  const twice = (id: number, first: ReturnType<typeof list>): Buffer => {
    const again = Buffer.concat([Buffer.from([first.type]), zigzag(id), first.bytes, Buffer.from([0])])
    const footer = Buffer.concat([struct({ 2: nodes, 4: groups }).bytes.subarray(0, -1), again])
    const length = Buffer.alloc(4)
    length.writeUInt32LE(footer.length)
    return Buffer.concat([Buffer.from('PAR1'), footer, length, Buffer.from('PAR1')])
  }
  expect((await readParquet(endless({ 2: nodes, 4: groups }), 0, 1))?.total).toBe(130_000)
  expect(await readParquet(twice(4, groups), 0, 1)).toBeUndefined()
  expect(await readParquet(twice(2, nodes), 0, 1)).toBeUndefined()
})

test('row groups that tell of no columns do not read those of others', async () => {
  const table = await readParquet(
    endless({
      2: list([struct({ 4: text('s'), 5: i32(1) }), struct({ 1: i32(1) })]),
      4: list([struct({ 3: i64(1) })]),
    }),
    0,
    1,
  )
  expect(table?.columns[0]?.type).toMatch(/^int32, not shown: damaged, the bytes end too early/)
})
