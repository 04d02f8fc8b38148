/**
 * The table of runs as the server keeps it: grouped, completed, and up to date with what happens to the branch and in
 * live runs.
 */
import { expect, test } from 'vitest'
import { startRun } from '../../src/ops/record/start-run.ts'
import type { WireChoices, WireRuns } from '../../src/server/wire.ts'
import { startUi } from '../support/ui-server.ts'
import { makeChurnWorld, train } from '../support/world.ts'
import type { World } from '../support/world.ts'

/** Runs of two learning rates and two optimizers. */
function trained(): World {
  const world = makeChurnWorld()
  for (const [lr, auc, optimizer] of [
    [0.1, 0.7, 'adam'],
    [0.2, 0.9, 'adam w'],
    [0.2, 0.8, 'adam'],
  ] as const) {
    train(world, { lr, auc, loss: 1 - auc })
    world.write('model/extra.txt', `${lr} ${auc}`)
    expect(world.mlv('commit', '-m', `auc ${auc}`, '--param', `optimizer=${optimizer}`).exitCode).toBe(0)
  }
  return world
}

test('groups have means and spreads, their best is told, and each tells its runs', async () => {
  const ui = await startUi(trained().folder)
  const { groups, best, total, rows } = (await ui.get(
    'api/runs?group=param.lr&columns=metric.auc,param.optimizer,status&sort=-metric.auc',
  )) as WireRuns
  expect({ total, rows, best }).toEqual({ total: 3, rows: [], best: [expect.closeTo(0.85, 12), null, null] })
  expect(groups?.total).toBe(2)
  expect(groups?.items.map(({ value, runs }) => [value, runs])).toEqual([
    ['0.2', 2],
    ['0.1', 1],
  ])
  const [auc, optimizer, status] = groups?.items[0]?.cells ?? []
  expect(auc?.spread).toEqual({
    mean: expect.closeTo(0.85, 12) as number,
    deviation: expect.closeTo(Math.SQRT1_2 / 10, 12) as number,
    min: 0.8,
    max: 0.9,
    count: 2,
  })
  expect(optimizer).toEqual({ spread: null, text: null, values: 2 })
  expect(status).toEqual({ spread: null, text: 'finished', values: 1 })

  const key = encodeURIComponent(groups?.items[0]?.key ?? '')
  const members = (await ui.get(`api/runs?group=param.lr&member=${key}&columns=metric.auc&keys=0`)) as WireRuns
  expect(members.rows.map(({ message }) => message)).toEqual(['auc 0.8', 'auc 0.9'])
  expect(members).toMatchObject({ total: 2, groups: null, best: [0.9], keys: { parameters: [], metrics: [] } })
})

test('values that a filter could name are told, quoted where they must be', async () => {
  const ui = await startUi(trained().folder)
  const values = async (query: string): Promise<WireChoices['values']> =>
    ((await ui.get(`api/values?${query}`)) as WireChoices).values
  expect(await values('field=param.optimizer&text=AD')).toEqual([
    { text: 'adam', runs: 2 },
    { text: '"adam w"', runs: 1 },
  ])
  expect(await values('field=param.optimizer&text=w')).toEqual([{ text: '"adam w"', runs: 1 }])
  expect(await values('field=param.lr&limit=1')).toEqual([{ text: '0.2', runs: 2 }])
  expect(await values('field=status')).toEqual([{ text: 'finished', runs: 3 }])
  expect(await values('field=metric.auc')).toEqual([])
  const filtered = (await ui.get(`api/runs?filter=${encodeURIComponent('param.optimizer = "adam w"')}`)) as WireRuns
  expect(filtered.total).toBe(1)
  await expect(ui.get('api/values')).rejects.toThrow('400')
  await expect(ui.get('api/values?field=loss')).rejects.toThrow('filter-invalid')
})

test('what happens to the branch and in a live run is in the next answer', async () => {
  const world = trained()
  const ui = await startUi(world.folder)
  const rows = async (): Promise<readonly string[]> => {
    const answer = (await ui.get('api/runs?columns=metric.loss,metric.auc&archived=1')) as WireRuns
    return answer.rows.map(({ status, message, tags, cells, versions }) => {
      const aliases = versions.flatMap((version) => version.aliases)
      return [status, message ?? '', ...tags, ...aliases, ...cells.map((cell) => cell?.text ?? '-')].join(' ')
    })
  }
  const before = await rows()
  expect(before).toHaveLength(3)

  expect(world.mlv('promote', 'churn@v1', 'production').exitCode).toBe(0)
  expect(world.mlv('note', '@', '--tag', 'baseline').exitCode).toBe(0)
  const noted = await rows()
  expect(noted[0]).toContain('baseline')
  expect(noted[2]).toContain('production')

  const run = await startRun(ui.repository, { experiment: 'churn', message: 'live' })
  await run.logMetric('loss', 0.5, { step: 1 })
  expect((await rows())[0]).toBe('running live 0.5 -')
  await run.logMetric('loss', 0.25, { step: 2 })
  expect((await rows())[0]).toBe('running live 0.25 -')
  await run.finish()
  expect((await rows())[0]).toBe('finished live 0.25 -')
  expect(await rows()).toHaveLength(4)
})
