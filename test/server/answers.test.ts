/**
 * What the server answers of a real repository.
 */
import { createHash } from 'node:crypto'
import { expect, test } from 'vitest'
import { startRun } from '../../src/ops/record/start-run.ts'
import { rangeOf } from '../../src/server/handlers/file.ts'
import type {
  WireAliasReport,
  WireCodeDiff,
  WireCompare,
  WireModel,
  WireModels,
  WireRun,
  WireRuns,
  WireSeriesSet,
  WireViews,
} from '../../src/server/wire.ts'
import { startUi, wholeOf } from '../support/ui-server.ts'
import { makeChurnWorld, makeWorld, train } from '../support/world.ts'
import type { World } from '../support/world.ts'

/** Three runs, each a version; the second differs in code too. */
function trained(): World {
  const world = makeChurnWorld()
  train(world, { lr: 0.1, auc: 0.9, loss: 0.4 })
  world.mlv('commit', '-m', 'first', '--param', 'note=a,b')
  world.write('train.py', 'print("better")\n')
  train(world, { lr: 0.2, auc: 0.95, loss: 0.3 })
  world.mlv('commit', '-m', 'second', '--metric', 'val/acc=0.5')
  train(world, { lr: 0.2, auc: 0.91, loss: 0.5 })
  world.write('model/extra.txt', 'third')
  expect(world.mlv('commit', '-m', 'third').exitCode).toBe(0)
  return world
}

test('the table is a window with the keys of all rows that match, and a filter tells its mistake', async () => {
  const ui = await startUi(trained().folder)
  const runs = (await ui.get(
    'api/runs?sort=-metric.auc&columns=param.lr,metric."val/acc",created&from=1&count=1',
  )) as WireRuns
  expect(runs).toMatchObject({ total: 3, from: 1, columns: ['param.lr', 'metric."val/acc"', 'created'] })
  expect(runs.rows.map(({ message, status, cells }) => [message, status, cells.slice(0, 2)])).toEqual([
    ['third', 'finished', [{ text: '0.2', number: 0.2 }, null]],
  ])
  expect(runs.keys.metrics).toEqual([
    { key: 'auc', field: 'metric.auc', runs: 3, varies: true, goal: 'max' },
    { key: 'loss', field: 'metric.loss', runs: 3, varies: true, goal: 'min' },
    { key: 'val/acc', field: 'metric."val/acc"', runs: 1, varies: true, goal: 'none' },
  ])
  expect(runs.keys.parameters.map(({ key, runs: count, varies }) => [key, count, varies])).toEqual([
    ['lr', 3, true],
    ['seed', 3, false],
    ['note', 1, true],
  ])

  const sorted = (await ui.get('api/runs?sort=-param.lr,-metric.loss')) as WireRuns
  expect(sorted.rows.map(({ message }) => message)).toEqual(['third', 'second', 'first'])
  const filtered = (await ui.get('api/runs?filter=metric.auc>0.92')) as WireRuns
  expect([filtered.total, filtered.rows[0]?.versions]).toEqual([1, [{ model: 'churn', number: 2, aliases: [] }]])

  const { status, json } = await ui.ask(`${ui.base}/api/runs?filter=metric.auc+%3E`, { headers: { cookie: ui.cookie } })
  expect([status, json()]).toEqual([
    400,
    { error: expect.objectContaining({ code: 'filter-invalid', next: 'look again' }) as unknown },
  ])
})

test('a run is told whole, integers to their last digit, and stands beside others', async () => {
  const ui = await startUi(trained().folder)
  const run = (await ui.get('api/run/churn@v2')) as WireRun
  expect(run).toMatchObject({ message: 'second', experiment: 'churn', isDirty: true, status: 'finished', media: null })
  expect(run.parameters).toContainEqual({
    key: 'seed',
    value: { type: 'integer', text: '9223372036854775807', number: 9223372036854775807 },
  })
  expect(run.files.map(({ path }) => path)).toEqual(['model/config.json', 'model/weights.bin'])
  expect(run.metrics.map(({ key, rule, summary }) => [key, rule.goal, summary.last])).toEqual([
    ['auc', 'max', 0.95],
    ['loss', 'min', 0.3],
    ['val/acc', 'none', 0.5],
  ])

  const compared = (await ui.get('api/compare?runs=churn@v1,churn@v2,churn@v3')) as WireCompare
  expect(compared.labels).toEqual(['churn@v1', 'churn@v2', 'churn@v3'])
  const auc = compared.metrics.find(({ key }) => key === 'auc')
  expect(auc?.verdicts.map((verdict) => verdict?.kind ?? null)).toEqual([null, 'better', 'better'])
  expect(compared.parameters.map(({ key, varies }) => [key, varies])).toEqual([
    ['lr', true],
    ['note', true],
    ['seed', false],
  ])
  expect(compared.differences.map(({ head, isSameCode, files }) => [head, isSameCode, files.length])).toEqual([
    [1, false, 2],
    [2, false, 3],
  ])
  const diff = (await ui.get('api/diff?base=churn@v1&head=churn@v2')) as WireCodeDiff
  expect(diff).toMatchObject({ base: { label: 'churn@v1' }, head: { label: 'churn@v2' }, isSame: false, isCut: false })
  expect(diff.files.map(({ path, kind, added, removed }) => [path, kind, added, removed])).toEqual([
    ['train.py', 'changed', 1, 1],
  ])
  expect(diff.files[0]?.patch).toMatch(/^-print\("training"\)\n\+print\("better"\)$/m)
})

test('a model moves with a reason, and its page tells who moved it', async () => {
  const world = trained()
  const ui = await startUi(world.folder)
  const promoted = await ui.post('api/promote', { revision: 'churn@v2', alias: 'production', reason: 'best so far' })
  expect(promoted.json() as WireAliasReport).toMatchObject({ isChanged: true, from: null, alias: { version: 2 } })
  await ui.post('api/promote', { revision: 'churn@v3', alias: 'production', reason: 'by mistake' })
  const back = await ui.post('api/rollback', { model: 'churn', alias: 'production', to: null, reason: 'was worse' })
  expect(back.json() as WireAliasReport).toMatchObject({ isChanged: true, from: 3, alias: { version: 2 } })

  const model = (await ui.get('api/model/churn')) as WireModel
  expect(model.aliases.map(({ name, version, reason }) => [name, version, reason])).toEqual([
    ['production', 2, 'best so far'],
  ])
  expect(model.versions.map(({ number, aliases }) => [number, aliases])).toEqual([
    [3, []],
    [2, ['production']],
    [1, []],
  ])
  expect(model.history.slice(0, 3).map(({ kind }) => kind)).toEqual(['rollback', 'promote', 'promote'])
  expect((await ui.get('api/models')) as WireModels).toMatchObject({ models: [{ name: 'churn', versions: 3 }] })
  expect(world.mlv('log', '-n', '1').stdout).toContain('roll production back from v3 to v2')
  const again = await ui.post('api/rollback', { model: 'churn', alias: 'production', to: null, reason: 'once more' })
  expect([again.status, again.json()]).toMatchObject([409, { error: { code: 'rollback-exhausted' } }])
})

test('a view is a file of the branch, kept and removed by one operation each', async () => {
  const world = trained()
  const ui = await startUi(world.folder)
  const hash = '#/runs?sort=-metric.auc&filter=tag%3Abaseline'
  const saved = await ui.post('api/views', { name: 'best', hash })
  expect(saved.json() as WireViews).toEqual({ views: [{ name: 'best', hash }] })
  expect(world.git('show', 'mlv:views/best.yaml')).toBe(`format: 1\nhash: "${hash}"\nkind: view\nname: best`)
  expect(world.git('log', '-1', '--format=%s', 'mlv').trim()).toBe('save view best')

  const tip = world.git('rev-parse', 'mlv')
  await ui.post('api/views', { name: 'best', hash })
  expect(world.git('rev-parse', 'mlv')).toBe(tip)
  expect(await ui.post('api/views', { name: 'Best', hash })).toMatchObject({ status: 409 })
  const removed = await ui.post('api/views', { name: 'best', hash: null })
  expect(removed.json()).toEqual({ views: [] })
  expect(world.mlv('revert', world.git('rev-parse', 'mlv').trim())).toMatchObject({ exitCode: 0 })
  expect(await ui.get('api/views')).toEqual({ views: [{ name: 'best', hash }] })
  expect(world.mlv('fsck').exitCode).toBe(0)
})

test('a file is answered whole or in part, under the digest it was recorded with', async () => {
  const world = makeWorld()
  world.mlv('init')
  const bytes = Buffer.from(Array.from({ length: 700_000 }, (_, index) => (index * 7) % 251))
  world.write('big.bin', bytes)
  world.write('dot.png', Buffer.from('89504e470d0a1a0a0000', 'hex'))
  expect(world.mlv('commit', '--artifact', 'big.bin', '--artifact', 'dot.png').exitCode).toBe(0)
  const ui = await startUi(world.folder)
  const file = (headers = {}, path = 'big.bin') => ui.open(`api/run/@/file?path=${path}`, headers).then(wholeOf)

  const whole = await file()
  const tag = `"${createHash('sha256').update(bytes).digest('hex')}"`
  expect([whole.status, whole.headers.etag, whole.body.equals(bytes)]).toEqual([200, tag, true])
  const part = await file({ range: 'bytes=300000-599999' })
  expect([part.status, part.headers['content-range']]).toEqual([206, 'bytes 300000-599999/700000'])
  expect(part.body.equals(bytes.subarray(300_000, 600_000))).toBe(true)
  expect((await file({ range: 'bytes=-10' })).body.equals(bytes.subarray(-10))).toBe(true)
  expect((await file({ range: 'bytes=5-9', 'if-range': tag })).status).toBe(206)
  expect((await file({ range: 'bytes=5-9', 'if-range': '"other"' })).status).toBe(200)
  expect((await file({ range: 'bytes=700000-' })).status).toBe(416)
  expect((await file({}, 'dot.png')).headers['content-type']).toBe('image/png')
})

test.each([
  [undefined, undefined],
  ['bytes=0-0', { start: 0, end: 1 }],
  ['bytes=9-', { start: 9, end: 10 }],
  ['bytes=5-100', { start: 5, end: 10 }],
  ['bytes=-3', { start: 7, end: 10 }],
  ['bytes=-30', { start: 0, end: 10 }],
  ['bytes=0-1,3-4', undefined],
  ['items=0-1', undefined],
  ['bytes=-', undefined],
])('a range of %s of ten bytes', (header, range) => {
  expect(rangeOf(header, 10)).toEqual(range)
})

test.each(['bytes=10-', 'bytes=4-3', 'bytes=-0'])('there is no range of %s', (header) => {
  expect(() => rangeOf(header, 10)).toThrow('the file has no such part')
})

test('series keep every spike at every zoom, while a run is live and after', async () => {
  const world = makeChurnWorld()
  const ui = await startUi(world.folder)
  const run = await startRun(ui.repository, { experiment: 'churn', message: 'live' })
  const size = 20_000
  for (let step = 0; step < size; step += 1) {
    const loss = step === 13_333 ? 1e6 : step === 777 ? NaN : 1 / (step + 1)
    void run.logMetric('loss', loss, { step })
  }
  await run.logMetric('auc', 0.5, { step: 0 })
  const series = async (query: string): Promise<WireSeriesSet> =>
    (await ui.get(`api/run/${run.id}/series?${query}`)) as WireSeriesSet

  const live = await series('metric=loss&metric=auc&metric=none&points=100')
  expect([live.isLive, live.series.map(({ total }) => total)]).toEqual([true, [size, 1, 0]])
  await run.finish()
  const sealed = await series('metric=loss&metric=auc&metric=none&points=100')
  expect(sealed.isLive).toBe(false)
  for (const set of [live, sealed]) {
    const [loss] = set.series
    expect(loss).toMatchObject({ isComplete: true, extent: { from: 0, to: size - 1 } })
    expect(Math.max(...(loss?.maxs ?? []).map(Number))).toBe(1e6)
    expect(loss?.marks).toEqual([{ at: 3, nan: 1, positive: 0, negative: 0 }])
    expect(loss?.counts.reduce((sum, count) => sum + count, 0)).toBe(size)
  }
  const zoomed = (await series('metric=loss&from=13330&to=13340&points=11')).series[0]
  expect(zoomed?.lasts[3]).toBe(1e6)
  expect(zoomed?.steps).toEqual([13330, 13331, 13332, 13333, 13334, 13335, 13336, 13337, 13338, 13339, 13340])
  const timed = (await series('metric=loss&x=elapsed&points=5')).series[0]
  expect(timed?.counts.reduce((sum, count) => sum + count, 0)).toBe(size)
  for (const query of ['x=wall', 'points=0', 'points=1e9', 'from=a', 'points=1.5']) {
    await expect(series(`metric=loss&${query}`)).rejects.toThrow('server-request')
  }
})
