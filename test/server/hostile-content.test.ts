/**
 * Files that mean harm, looked at: headers that lie, tables without end, archives that unpack to anything, pictures
 * that are documents. The server answers with bounded work, and what a file says stays text.
 */
import { chmodSync, openSync, closeSync, writeSync } from 'node:fs'
import { join } from 'node:path'
import { gzipSync } from 'node:zlib'
import { expect, test } from 'vitest'
import { ROUTES } from '../../src/server/routes.ts'
import type { WireOutput, WireRun, WireTable, WireTensors, WireText } from '../../src/server/wire.ts'
import { oneColumn, parquetPage } from '../support/parquet-file.ts'
import { startUi } from '../support/ui-server.ts'
import type { UiServer } from '../support/ui-server.ts'
import { makeWorld } from '../support/world.ts'
import type { World } from '../support/world.ts'

const CANARY = '<img src=x onerror=alert(1)>'
const SVG = '<svg xmlns="http://www.w3.org/2000/svg"><script>alert(1)</script></svg>'
const PNG = Buffer.from('89504e470d0a1a0a0000000d49484452', 'hex')
const MOST_ANSWER_BYTES = 8 * 1024 * 1024

/** A run with these files, served. */
async function serveFiles(files: Readonly<Record<string, string | Uint8Array>>): Promise<[UiServer, World]> {
  const world = makeWorld()
  world.mlv('init')
  for (const [path, content] of Object.entries(files)) world.write(`kept/${path}`, content)
  expect(world.mlv('commit', '-m', 'hostile', '--artifact', 'kept')).toMatchObject({ exitCode: 0 })
  return [await startUi(world.folder), world]
}

async function asked(
  ui: UiServer,
  path: string,
): Promise<{ readonly status: number; readonly sizeBytes: number; readonly json: unknown }> {
  const { status, body, json } = await ui.ask(`${ui.base}/${path}`, { headers: { cookie: ui.cookie } })
  expect([path, body.length < MOST_ANSWER_BYTES]).toEqual([path, true])
  return { status, sizeBytes: body.length, json: json() }
}

function safetensors(header: string, length = BigInt(Buffer.byteLength(header)), data = Buffer.alloc(0)): Buffer {
  const start = Buffer.alloc(8)
  start.writeBigUInt64LE(length)
  return Buffer.concat([start, Buffer.from(header), data])
}

test('a weights file that lies is told as one, and nothing is taken at its word', async () => {
  const deep = `{"a":${'['.repeat(100_000)}`
  const [ui] = await serveFiles({
    'long.safetensors': safetensors('{}', 2n ** 60n),
    'short.safetensors': Buffer.from('abc'),
    'past.safetensors': safetensors('{"a":{"dtype":"F32","shape":[4],"data_offsets":[0,16]}}'),
    'huge.safetensors': safetensors('{"a":{"dtype":"F32","shape":[4294967296,4294967296],"data_offsets":[0,16]}}'),
    'deep.safetensors': safetensors(deep),
    'twice.safetensors': safetensors('{"a":1,"a":2}'),
    'named.safetensors': safetensors(
      JSON.stringify({ [CANARY]: { dtype: 'F32', shape: [1], data_offsets: [0, 4] } }),
      undefined,
      Buffer.alloc(4),
    ),
  })
  const tensors = async (name: string) =>
    (await ui.get(`api/run/@/tensors?path=kept/${name}.safetensors`)) as WireTensors
  for (const name of ['long', 'short', 'past', 'huge', 'deep', 'twice']) {
    const { problem, tensors: found } = await tensors(name)
    expect([name, typeof problem, found]).toEqual([name, 'string', []])
  }
  expect((await tensors('named')).tensors.map(({ name, dtype }) => [name, dtype])).toEqual([[CANARY, 'F32']])
  expect(ui.bugs).toEqual([])
})

const MILLION = 1_000_000

/** Asks for windows of every kind; each is answered or refused, and nothing breaks. */
async function lookAt(ui: UiServer, names: readonly string[]): Promise<void> {
  for (const name of names) {
    for (const query of ['', '&from=100&count=500', '&search=x&sort=a']) {
      const { status } = await asked(ui, `api/run/@/table?path=kept/${name}${query}`)
      expect([name, query, status]).toEqual([name, query, expect.toBeOneOf([200, 400])])
    }
  }
}

async function tableOf(ui: UiServer, name: string): Promise<WireTable> {
  return (await ui.get(`api/run/@/table?path=kept/${name}`)) as WireTable
}

test('tables that would fill a machine are shown as far as anybody looks', async () => {
  const files = {
    'wide.csv': `${'x,'.repeat(MILLION)}\n${'1,'.repeat(MILLION)}\n`,
    'row.csv': `a,b\n"${'y'.repeat(3_000_000)}",2\n3,4\n`,
    'open.csv': `a,b\n"never closed,2\n${'3,4\n'.repeat(200_000)}`,
    'keys.jsonl': `{${Array.from({ length: 100_000 }, (_, index) => `"k${index}":1`).join()}}\n`,
    'unlike.jsonl': Array.from({ length: 2500 }, (_, index) => `{"k${index}":1}\n`).join(''),
    'empty.json': `[${'{},'.repeat(MILLION)}{}]`,
  }
  const [ui] = await serveFiles(files)
  await lookAt(ui, Object.keys(files))
  const { columns, isCut } = await tableOf(ui, 'wide.csv')
  expect([columns.length, isCut]).toEqual([2000, true])
  expect((await tableOf(ui, 'row.csv')).rows.map((row) => row[0]?.length)).toEqual([2001, 1])
  expect((await asked(ui, 'api/run/@/evaluations')).status).toBe(200)
  expect((await asked(ui, 'api/tables?base=@&head=@&path=kept/empty.json')).status).toBe(400)
  expect(ui.bugs).toEqual([])
}, 20_000)

test('Parquet that lies costs what is there, and is told for what it is', async () => {
  const page = parquetPage({ body: new Uint8Array(8), values: 2 })
  const files = {
    'claims.parquet': oneColumn(1, page, 2n ** 50n),
    'bomb.parquet': oneColumn(1, parquetPage({ body: gzipSync(Buffer.alloc(1e8)), values: 2, sizeBytes: 8 }), 2, 2),
    'cut.parquet': oneColumn(1, page, 2).subarray(20),
    'none.parquet': 'PAR1 and nothing PAR1',
  }
  const [ui] = await serveFiles(files)
  await lookAt(ui, Object.keys(files))
  expect(await tableOf(ui, 'claims.parquet')).toMatchObject({
    columns: [{ name: 'x', type: 'int32, not shown: damaged, a column ends before its rows' }],
    total: 2 ** 50,
    isCut: true,
  })
  expect((await tableOf(ui, 'bomb.parquet')).columns[0]?.type).toContain('a page has not the length it says')
  expect((await asked(ui, 'api/tables?base=@&head=@&path=kept/claims.parquet')).status).toBe(200)
  expect(ui.bugs).toEqual([])
}, 20_000)

test('tables that are none, or hold what no cell should, are shown as what they are', async () => {
  const files = {
    'zeros.csv': 'a\u0000,b\u0000\n\u0000,\u00002\n',
    'deep.jsonl': `${'['.repeat(100_000)}\n{"a":${'{"a":'.repeat(5000)}1${'}'.repeat(5001)}\n{"a":1}\n`,
    'nothing.csv': '',
    'lines.csv': '\n\n\n\n',
    'binary.tsv': Buffer.from(Array.from({ length: 10_000 }, (_, index) => (index * 7919) % 256)),
    'formula.csv': `=cmd|' /C calc'!A0,${CANARY}\n+1,@SUM(1)\n`,
  }
  const [ui] = await serveFiles(files)
  await lookAt(ui, Object.keys(files))
  expect((await tableOf(ui, 'zeros.csv')).rows).toEqual([['\u0000', '\u00002']])
  expect((await tableOf(ui, 'formula.csv')).columns[1]?.name).toBe(CANARY)
  expect((await tableOf(ui, 'deep.jsonl')).rows.at(-1)).toEqual(['1'])
  expect(ui.bugs).toEqual([])
})

test('output that unpacks to anything is refused, and lines of any kind are lines', async () => {
  const world = makeWorld()
  world.mlv('init')
  const member = gzipSync(Buffer.alloc(16 * 1024 * 1024))
  world.write('output/stdout.txt.gz', Buffer.concat(Array.from({ length: 20 }, () => member)))
  expect(world.mlv('commit', '-m', 'bomb', '--artifact', 'output/stdout.txt.gz').exitCode).toBe(0)
  world.write(
    'output/stdout.txt.gz',
    gzipSync(`\u001b]52;c;aGk=\u0007${CANARY}\n${'z'.repeat(2_000_000)}\n\u0000\u009b31m\nstep 3`),
  )
  expect(world.mlv('commit', '-m', 'lines', '--artifact', 'output/stdout.txt.gz').exitCode).toBe(0)
  const ui = await startUi(world.folder)
  const bomb = await asked(ui, 'api/run/@~1/output')
  expect(bomb).toMatchObject({ status: 500, json: { error: { code: 'object-damaged' } } })
  const output = (await ui.get('api/run/@/output')) as WireOutput
  expect(output.lines.map(({ text, isCut }) => [text.length, isCut])).toEqual([
    [expect.any(Number), false],
    [4000, true],
    [5, false],
    [6, false],
  ])
  expect(ui.bugs).toEqual([])
}, 30_000)

test('what is no picture is never sent as one, and what is one can do nothing', async () => {
  const [ui] = await serveFiles({
    'page.png': `<!doctype html>${CANARY}`,
    'drawn.svg': SVG,
    'drawn.png': SVG,
    'both.png': Buffer.concat([PNG, Buffer.from(SVG)]),
    'cut.png': PNG.subarray(0, 5),
    'riff.webp': 'RIFF\u0000\u0000\u0000\u0000WAVE<script>',
  })
  for (const [name, type] of [
    ['page.png', 'application/octet-stream'],
    ['drawn.svg', 'application/octet-stream'],
    ['drawn.png', 'application/octet-stream'],
    ['both.png', 'image/png'],
    ['cut.png', 'application/octet-stream'],
    ['riff.webp', 'application/octet-stream'],
  ] as const) {
    const { headers } = await ui.ask(`${ui.base}/api/run/@/file?path=kept/${name}`, { headers: { cookie: ui.cookie } })
    expect([name, headers['content-type']]).toEqual([name, type])
    expect(headers).toMatchObject({
      'x-content-type-options': 'nosniff',
      'content-security-policy': "sandbox; default-src 'none'; frame-ancestors 'none'",
      'cross-origin-resource-policy': 'same-origin',
      'content-disposition': expect.stringMatching(/^attachment/) as string,
    })
  }
})

test('a part of a large file is shown without reading the rest, and says so', async () => {
  const rows = Array.from({ length: 250_000 }, (_, index) => `${index},${'x'.repeat(40)}\n`).join('')
  const [ui, world] = await serveFiles({ 'large.csv': `id,text\n${rows}`, 'same.csv': 'id\n1\n' })
  const ask = async (query = '') => (await ui.get(`api/run/@/table?path=kept/large.csv${query}`)) as WireTable
  const first = await ask()
  expect(first).toMatchObject({ isVerified: true, isSortable: false, total: null })
  expect(first.known).toBeLessThan(60_000)
  expect((await asked(ui, 'api/run/@/table?path=kept/large.csv&sort=id')).status).toBe(400)
  expect((await asked(ui, 'api/tables?base=@&head=@&path=kept/large.csv')).status).toBe(400)
  expect((await ask('&from=249999')).rows.map(([id]) => id)).toEqual(['249999'])
  expect((await ask()).total).toBe(250_000)

  // Damage at its end: whoever wants the whole file is refused it; who looks at its beginning did not read that far.
  const { files } = (await ui.get('api/run/@')) as WireRun
  const sha256 = files.find(({ path }) => path === 'kept/large.csv')?.sha256 ?? ''
  const object = join(world.folder, '.git/mlv/objects', sha256.slice(0, 2), sha256.slice(2, 4), sha256)
  chmodSync(object, 0o600)
  const file = openSync(object, 'r+')
  writeSync(file, '!', 9_000_000)
  closeSync(file)
  expect(await ask('&count=1')).toMatchObject({ isVerified: false, rows: [['0', 'x'.repeat(40)]] })
  expect(((await ui.get('api/run/@/text?path=kept/large.csv')) as WireText).isVerified).toBe(false)
  expect(
    (await ui.ask(`${ui.base}/api/run/@/file?path=kept/large.csv`, { headers: { cookie: ui.cookie } })).status,
  ).toBe(500)
  expect(ui.bugs).toEqual([])
}, 30_000)

test('every route of files leads to recorded files alone', async () => {
  const [ui] = await serveFiles({ 'a.csv': 'x\n1\n' })
  const paths = [
    '../../mlv.yaml',
    '/etc/passwd',
    '%2e%2e%2fx',
    'kept/../x',
    '.git/config',
    'kept',
    'a'.repeat(5000),
    '%00',
  ]
  const routes = ROUTES.filter(({ path }) => /(?:table|tables|text|tensors)$/.test(path))
  expect(routes.length).toBe(4)
  for (const { path: route } of routes) {
    for (const path of paths) {
      const { status, json } = await asked(ui, `${route.replace(':id', '@')}?base=@&head=@&path=${path}`)
      expect([route, path.slice(0, 20), status]).toEqual([route, path.slice(0, 20), expect.toBeOneOf([400, 404])])
      expect(JSON.stringify(json)).not.toContain('root:')
    }
  }
  expect(ui.bugs).toEqual([])
})
