/** Small curves for the cells of a table: live, sealed, cut down, and none where none can be had. */
import { rmSync } from 'node:fs'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { startRun } from '../../src/ops/record/start-run.ts'
import type { WireSparklines } from '../../src/server/wire.ts'
import { startUi } from '../support/ui-server.ts'
import type { UiServer } from '../support/ui-server.ts'
import { makeChurnWorld, train } from '../support/world.ts'

async function curves(ui: UiServer, query: string): Promise<WireSparklines['runs']> {
  return ((await ui.get(`api/sparklines?${query}`)) as WireSparklines).runs
}

test('a live run has a curve that grows, and the same one when it is recorded', async () => {
  const ui = await startUi(makeChurnWorld().folder)
  const run = await startRun(ui.repository, { experiment: 'churn' })
  const ask = `runs=${run.id}&metric=loss&metric=auc&metric=${encodeURIComponent('a,b')}&points=8`
  expect(await curves(ui, ask)).toEqual([])
  for (let step = 0; step < 3; step += 1) await run.logMetric('loss', 3 - step, { step })
  await run.logMetric('auc', 0.5)
  expect(await curves(ui, ask)).toEqual([{ run: run.id, curves: [{ metric: 'loss', values: [3, 2, 1] }] }])
  await run.logMetric('a,b', 1, { step: 0 })
  await run.logMetric('a,b', NaN, { step: 1 })
  const live = await curves(ui, ask)
  expect(live[0]?.curves).toEqual([
    { metric: 'loss', values: [3, 2, 1] },
    { metric: 'a,b', values: [1, null] },
  ])
  await run.finish()
  expect(await curves(ui, ask)).toEqual(live)
  expect(ui.bugs).toEqual([])
})

test('of a series that is kept elsewhere the summary of the branch is enough, and nothing is brought', async () => {
  const world = makeChurnWorld()
  const ui = await startUi(world.folder)
  const run = await startRun(ui.repository, { experiment: 'churn' })
  for (let step = 0; step < 20_000; step += 1)
    void run.logMetric('loss', step === 7_000 ? 900 : 1 / (step + 1), { step })
  await run.logMetric('loss', 0, { step: 20_000 })
  await run.finish()
  expect(world.json('show', '@')).toMatchObject({ run: { seriesFull: 'series.full.jsonl' } })
  rmSync(join(world.folder, '.git', 'mlv', 'objects'), { recursive: true })
  const [found] = await curves(ui, `runs=${run.id}&metric=loss&points=20`)
  const values = found?.curves[0]?.values ?? []
  expect([values.length, Math.max(...values.map(Number)), values.indexOf(900), values.at(-1)]).toEqual([20, 900, 7, 0])
})

test('a run that is not here or cannot be read has no curve, and the others keep theirs', async () => {
  const world = makeChurnWorld()
  world.write('series.jsonl', '{"step":0,"loss":2}\n{"step":1,"loss":1}\n')
  train(world, { lr: 0.1, auc: 0.9, loss: 0.4 })
  expect(world.mlv('commit', '--series', 'series.jsonl').exitCode).toBe(0)
  const ui = await startUi(world.folder)
  const { run } = world.json('show', '@') as { readonly run: { readonly id: string } }
  const other = `${run.id.slice(0, -1)}${run.id.endsWith('0') ? '1' : '0'}`
  expect(await curves(ui, `runs=${other},${run.id}&metric=loss&metric=auc`)).toEqual([
    { run: run.id, curves: [{ metric: 'loss', values: [2, 1] }] },
  ])
  expect(await curves(ui, `runs=${run.id}`)).toEqual([])
  expect(await curves(ui, 'metric=loss')).toEqual([])
})

test('what is too much, or no id, is refused', async () => {
  const ui = await startUi(makeChurnWorld().folder)
  const id = (number: number): string => `01k9zq4w8d2m00000000000${String(number).padStart(3, '0')}`
  const many = (count: number, one: (index: number) => string): string[] =>
    Array.from({ length: count }, (_, i) => one(i))
  expect(await curves(ui, `runs=${many(100, id).join(',')}&metric=loss`)).toEqual([])
  for (const query of [
    `runs=${many(101, id).join(',')}`,
    `runs=${id(0)}&${many(21, (index) => `metric=m${index}`).join('&')}`,
    `runs=${id(0)}&metric=loss&points=0`,
    `runs=${id(0)}&metric=loss&points=201`,
    `runs=${id(0)}&runs=${id(1)}`,
    'runs=../..',
    'runs=@',
    'runs=HEAD:mlv.yaml',
    `runs=${id(0)}&metric=%00`,
    `runs=${id(0)}&metric=${'x'.repeat(300)}`,
  ]) {
    await expect(curves(ui, query), query).rejects.toThrow(/server-request|name-invalid/)
  }
  expect(ui.bugs).toEqual([])
})
