/**
 * What a run holds, as the server shows it: a real repository, runs that logged everything.
 */
import { appendFileSync, existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { startRun } from '../../src/ops/record/start-run.ts'
import type {
  WireEvaluations,
  WireFoundLines,
  WireOutput,
  WireRun,
  WireTable,
  WireTables,
  WireTensors,
  WireText,
  WireVersionFiles,
} from '../../src/server/wire.ts'
import { makeMediaWorld } from '../support/media-world.ts'
import { temporaryFolder } from '../support/repository.ts'
import { makeSharedWorld } from '../support/shared-world.ts'
import { startUi } from '../support/ui-server.ts'
import type { UiServer } from '../support/ui-server.ts'
import { makeWorld } from '../support/world.ts'

const PARQUET = join(import.meta.dirname, '../golden/readers/pyarrow-26.0.1/files')

test('all that a run logged can be looked at', async () => {
  const ui = await startUi(makeMediaWorld().folder)
  await checkTensors(ui)
  await checkTables(ui)
  await checkComparedTables(ui)
  await checkEvaluations(ui)
  await checkTexts(ui)
  await checkOutput(ui)
  expect(ui.bugs).toEqual([])
}, 20_000)

/** The tensors of a weights file are told with their parameters, and those of a version of its run. */
async function checkTensors(ui: UiServer): Promise<void> {
  const path = 'out/model/weights.safetensors'
  const tensors = (await ui.get(`api/run/net@v2/tensors?path=${path}`)) as WireTensors
  expect(tensors).toMatchObject({ total: 81, parameters: 40 * (256 + 16) + 8 * 16, problem: null })
  expect(tensors.sizeBytes).toBe(tensors.parameters * 4)
  expect(tensors.tensors[0]).toMatchObject({
    name: 'encoder.layers.0.attention.weight',
    dtype: 'F32',
    shape: [16, 16],
    parameters: 256,
    sizeBytes: 1024,
    sha256: expect.stringMatching(/^[0-9a-f]{64}$/) as string,
  })
  const files = (await ui.get('api/model/net/version/1/files')) as WireVersionFiles
  expect(files).toMatchObject({
    path: 'out/model',
    files: [{ path: 'out/model/config.json' }, { path, tensors: 81 }],
  })
  const { status } = await ui.ask(`${ui.base}/api/model/net/version/01/files`, { headers: { cookie: ui.cookie } })
  expect(status).toBe(400)
}

/** A table comes in windows; a small one is sorted and searched. */
async function checkTables(ui: UiServer): Promise<void> {
  const table = async (query: string) =>
    (await ui.get(`api/run/@/table?path=tables/predictions.csv&${query}`)) as WireTable
  expect(await table('count=2')).toMatchObject({
    columns: [
      { name: 'id', type: 'integer' },
      { name: 'name', type: 'text' },
      { name: 'score', type: 'float' },
      { name: 'passed', type: 'boolean' },
    ],
    rows: [
      ['0', 'item, 0', expect.anything(), expect.anything()],
      ['1', 'item, 1', '0.0025', 'false'],
    ],
    total: 400,
    isSortable: true,
    isVerified: true,
    isCut: false,
  })
  expect((await table('from=399&count=200')).rows.map(([id]) => id)).toEqual(['399'])
  expect((await table('from=400')).rows).toEqual([])
  // By value, not by text: 99 stands before 100.
  expect((await table('sort=-id&count=3')).rows.map(([id]) => id)).toEqual(['399', '398', '397'])
  expect((await table('sort=name&count=3&from=2')).rows.map(([, name]) => name)).toEqual([
    'item, 10',
    'item, 100',
    'item, 101',
  ])
  const found = await table('search=ITEM,+39&sort=id')
  expect([found.total, found.rows[0]?.[0], found.rows.length]).toEqual([11, '39', 11])
  for (const query of ['sort=absent', 'count=501', 'from=-1', 'from=x']) {
    const target = `${ui.base}/api/run/@/table?path=tables/predictions.csv&${query}`
    expect((await ui.ask(target, { headers: { cookie: ui.cookie } })).status).toBe(400)
  }
}

/** A table of two runs is compared row by row, by its key. */
async function checkComparedTables(ui: UiServer): Promise<void> {
  const tables = async (query: string) =>
    (await ui.get(`api/tables?base=net@v1&head=net@v2&path=tables/predictions.csv&${query}`)) as WireTables
  const all = await tables('key=id&count=500')
  expect(all.counts).toMatchObject({ base: 0, head: 0 })
  expect(all.counts.changed + all.counts.equal).toBe(400)
  expect(all.counts.changed).toBeGreaterThan(20)
  expect(all.rows.map(({ state }) => state)).toEqual(
    [...all.rows.map(({ state }) => state)].sort((left, right) => (left < right ? -1 : left > right ? 1 : 0)),
  )
  const first = all.rows[0]
  expect([first?.state, first?.base?.[0], first?.head?.[0]]).toEqual(['changed', first?.key, first?.key])
  expect((await tables('key=id&only=equal&count=1')).total).toBe(all.counts.equal)
}

/** Evaluations are told by their columns. */
async function checkEvaluations(ui: UiServer): Promise<void> {
  const { evaluations } = (await ui.get('api/run/net@v1/evaluations')) as WireEvaluations
  expect(evaluations.map(({ kind, path }) => [kind, path])).toEqual([
    ['calibration', 'tables/calibration.jsonl'],
    ['confusion', 'tables/confusion.jsonl'],
    ['pr', 'tables/pr.jsonl'],
    ['roc', 'tables/roc.jsonl'],
  ])
  const [, confusion, , roc] = evaluations
  expect(confusion).toMatchObject({ labels: ['cat', 'dog', 'frog', 'horse', 'ship'] })
  expect(confusion?.kind === 'confusion' && confusion.counts[0]?.[0]).toBe(83)
  // The area under x^(1/4).
  expect(roc?.kind === 'roc' && roc.curves[0]?.area).toBeCloseTo(0.8, 2)
}

/** A text comes in parts, and what is none says so. */
async function checkTexts(ui: UiServer): Promise<void> {
  const text = async (path: string, at = 0) => (await ui.get(`api/run/@/text?path=${path}&at=${at}`)) as WireText
  expect(await text('out/notes.md')).toMatchObject({
    text: '# Run 2\n\nNothing here is <script>markup</script>.\n',
    isBinary: false,
    next: null,
  })
  expect((await text('out/notes.md', 2)).text.slice(0, 5)).toBe('Run 2')
  expect((await text('out/notes.md', 99_999)).text).toBe('')
  expect(await text('out/model/weights.safetensors')).toMatchObject({ isBinary: true, text: '' })
}

/** Output comes by lines, with the steps they name, and is searched. */
async function checkOutput(ui: UiServer): Promise<void> {
  const output = (await ui.get('api/run/@/output?count=2&from=10')) as WireOutput
  expect(output).toMatchObject({
    isLive: false,
    streams: [
      { name: 'stdout', lines: 30 },
      { name: 'stderr', lines: 3 },
    ],
    stream: 'stdout',
    from: 10,
    lines: [
      {
        text: expect.stringContaining('\u001b[32mINFO\u001b[0m step 10') as string,
        mark: { unit: 'step', number: 10 },
      },
      { mark: { unit: 'step', number: 11 } },
    ],
  })
  const find = async (query: string) => (await ui.get(`api/run/@/output/find?${query}`)) as WireFoundLines
  expect(await find('search=info+step+7')).toMatchObject({ stream: 'stdout', lines: [7], by: 'text' })
  expect(await find('search=warning&stream=stderr')).toMatchObject({ lines: [0, 1, 2] })
  expect(await find('step=21')).toMatchObject({ lines: [21], by: 'step' })
  expect(await find('step=18&stream=stderr')).toMatchObject({ lines: [2], by: 'step' })
  const { status } = await ui.ask(`${ui.base}/api/run/@/output/find`, { headers: { cookie: ui.cookie } })
  expect(status).toBe(400)
}

test('output of a run that goes on is read as it grows, and found by time where no line names a step', async () => {
  const world = makeWorld()
  world.mlv('init')
  const ui = await startUi(world.folder)
  const run = await startRun(ui.repository, { experiment: 'live' })
  mkdirSync(join(run.folder, 'output'))
  const path = join(run.folder, 'output', 'stdout.log')
  const output = async () => (await ui.get(`api/run/${run.id}/output`)) as WireOutput
  expect(await output()).toMatchObject({ streams: [], stream: null, lines: [] })

  // What stands behind the last line end is a line that is still being written.
  writeFileSync(path, 'one\ntw')
  expect((await output()).lines.map(({ text }) => text)).toEqual(['one', 'tw'])
  appendFileSync(path, 'o\n')
  expect(await output()).toMatchObject({
    isLive: true,
    streams: [{ lines: 2 }],
    lines: [{ text: 'one' }, { text: 'two' }],
  })

  const now = ui.repository.clock.nowMs()
  const moment = (seconds: number): string =>
    new Date(now + seconds * 1000).toISOString().replace('T', ' ').replace(/\..*/, '')
  appendFileSync(path, [0, 10, 20, 30].map((seconds) => `${moment(seconds)} went on\n`).join(''))
  const points = [0, 10, 20, 30].map((seconds) =>
    JSON.stringify({ metric: 'loss', value: 1, step: seconds * 100, time: now / 1000 + seconds }),
  )
  appendFileSync(join(run.folder, 'log.jsonl'), `${points.join('\n')}\n`)
  const found = (await ui.get(`api/run/${run.id}/output/find?step=2000`)) as WireFoundLines
  expect(found).toMatchObject({ lines: [4], by: 'time' })
  // Those who ask at once get the same, and before the first line with a time there is nothing nearer.
  const together = await Promise.all(
    [0, 1000, 3000, 9000].map((step) => ui.get(`api/run/${run.id}/output/find?step=${step}`)),
  )
  expect(together.map((each) => (each as WireFoundLines).lines)).toEqual([[2], [3], [5], []])
  await run.finish()
})

test('what DVCLive and scikit-learn write is recognised', async () => {
  const world = makeWorld()
  world.mlv('init')
  const write = (path: string, value: unknown): void => world.write(path, JSON.stringify(value))
  write('eval/sklearn/roc.json', {
    roc: [
      { fpr: 0, tpr: 0, threshold: 1.8 },
      { fpr: 0, tpr: 1, threshold: 0.8 },
      { fpr: 1, tpr: 1, threshold: 0.1 },
    ],
  })
  write('eval/sklearn/prc.json', {
    prc: [
      { precision: 0.5, recall: 1, threshold: 0.1 },
      { precision: 1, recall: 0, threshold: null },
    ],
    average_precision: 1,
  })
  write('eval/sklearn/cm.json', [
    { actual: '0', predicted: '1' },
    { actual: '1', predicted: '1' },
  ])
  write('eval/sklearn/calibration.json', { calibration: [{ prob_true: 0.1, prob_pred: 0.2 }] })
  write('eval/matrix.json', {
    labels: ['a', 'b'],
    matrix: [
      [3, 1],
      [0, 4],
    ],
  })
  write('eval/plain.json', [
    [3, 1],
    [0, 4],
  ])
  world.write('eval/pandas.csv', ',cat,dog\ncat,5,1\ndog,2,7\n')
  world.write('eval/predictions.csv', 'id,y_true,y_pred\n1,cat,dog\n2,cat,cat\n')
  // These are none.
  write('eval/params.json', { lr: 0.1 })
  world.write('eval/report.csv', 'class,precision,recall,f1-score,support\ncat,1,1,1,3\n')
  world.write('eval/broken.json', '{"roc": [')
  world.write('eval/flat.parquet', readFileSync(join(PARQUET, 'flat.parquet')))
  world.write('eval/none.parquet', 'PAR1 and nothing PAR1')
  expect(world.mlv('commit', '-m', 'evaluated', '--artifact', 'eval').exitCode).toBe(0)
  const ui = await startUi(world.folder)
  const { evaluations } = (await ui.get('api/run/@/evaluations')) as WireEvaluations
  expect(evaluations.map(({ path, kind }) => [path.slice(5), kind])).toEqual([
    ['matrix.json', 'confusion'],
    ['pandas.csv', 'confusion'],
    ['plain.json', 'confusion'],
    ['predictions.csv', 'confusion'],
    ['sklearn/calibration.json', 'calibration'],
    ['sklearn/cm.json', 'confusion'],
    ['sklearn/prc.json', 'pr'],
    ['sklearn/roc.json', 'roc'],
  ])
  const flat = (await ui.get('api/run/@/table?path=eval/flat.parquet')) as WireTable
  expect([flat.total, flat.isSortable, flat.isCut]).toEqual([3, true, false])
  expect(flat.columns[0]).toEqual({ name: 'id', type: 'int64' })
  expect(flat.rows.map(([id]) => id)).toEqual(['1', '2', '3'])
  const sorted = (await ui.get('api/run/@/table?path=eval/flat.parquet&sort=-score&count=2')) as WireTable
  expect(sorted.rows.map(([id]) => id)).toEqual(['3', '1'])
  const found = (await ui.get('api/run/@/table?path=eval/flat.parquet&search=1.5')) as WireTable
  expect([found.total, found.rows[0]?.[0]]).toEqual([1, '3'])
  const pairs = (await ui.get('api/tables?base=@&head=@&path=eval/flat.parquet&key=id')) as WireTables
  expect(pairs.counts).toEqual({ changed: 0, base: 0, head: 0, equal: 3 })
  const { status } = await ui.ask(`${ui.base}/api/run/@/table?path=eval/none.parquet`, {
    headers: { cookie: ui.cookie },
  })
  expect(status).toBe(400)
  const roc = evaluations.find(({ kind }) => kind === 'roc')
  expect(roc?.kind === 'roc' && roc.curves[0]?.area).toBe(1)
  expect(ui.bugs).toEqual([])
})

test('of a large file that only the store has, what is looked at is asked for, and no more is brought', async () => {
  const store = join(temporaryFolder(), 'store')
  const shared = makeSharedWorld({ init: ['--store', `dir:${store}`], variables: { MLV_CACHE: '0' } })
  const rows = Array.from({ length: 300_000 }, (_, index) => `${index},${'y'.repeat(30)}\n`).join('')
  shared.ada.write('large.csv', `id,text\n${rows}`)
  expect(shared.ada.mlv('commit', '-m', 'large', '--artifact', 'large.csv').exitCode).toBe(0)
  expect(shared.ada.mlv('push').exitCode).toBe(0)
  const bob = shared.join('bob')
  expect(bob.mlv('fetch').exitCode).toBe(0)

  const ui = await startUi(bob.folder)
  const table = async (from: number) =>
    (await ui.get(`api/run/@/table?path=large.csv&from=${from}&count=2`)) as WireTable
  expect(await table(0)).toMatchObject({
    isVerified: false,
    total: null,
    rows: [
      ['0', expect.anything()],
      ['1', expect.anything()],
    ],
  })
  expect((await table(299_999)).rows[0]?.[0]).toBe('299999')
  const { files } = (await ui.get('api/run/@')) as WireRun
  const sha256 = files.find(({ path }) => path === 'large.csv')?.sha256 ?? ''
  const object = join(bob.folder, '.git/mlv/objects', sha256.slice(0, 2), sha256.slice(2, 4), sha256)
  expect(existsSync(object)).toBe(false)
  // Saving it brings and verifies all of it.
  const { body } = await ui.ask(`${ui.base}/api/run/@/file?path=large.csv`, { headers: { cookie: ui.cookie } })
  expect([body.length, existsSync(object)]).toEqual([`id,text\n${rows}`.length, true])
  expect((await table(0)).isVerified).toBe(true)
  expect(ui.bugs).toEqual([])
}, 20_000)
