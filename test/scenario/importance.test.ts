/**
 * What counts for a metric, asked in a terminal and of the server.
 */
import { expect, test } from 'vitest'
import type { WireImportance } from '../../src/server/wire.ts'
import { sweptRuns, sweptWorld } from '../support/swept-runs.ts'
import { startUi } from '../support/ui-server.ts'
import { worldAt } from '../support/world.ts'

const COUNT = 40

interface Told {
  readonly runs: number
  readonly useful: boolean
  readonly parameters: readonly { readonly key: string; readonly importance: { readonly low: number } }[]
}

test('what counts stands first, with how sure that is; what cannot be told is refused with the reason', async () => {
  const world = await sweptWorld(sweptRuns(COUNT))
  const told = world.json('importance', 'auc') as Told
  expect(told).toMatchObject({
    metric: 'auc',
    of: 'last',
    goal: 'max',
    runs: COUNT,
    asked: COUNT,
    useful: true,
    skipped: { running: 0, withoutMetric: 0, notFinite: 0 },
    leftOut: [{ key: 'dataset', why: 'constant' }],
  })
  expect(told.parameters.map(({ key }) => key).slice(0, 2)).toEqual(['lr', 'optimizer'])
  const sure = told.parameters.filter(({ importance }) => importance.low > 0).map(({ key }) => key)
  expect(sure).toEqual(['lr', 'optimizer'])
  expect(world.json('importance', 'auc')).toEqual(told)

  // An index of columns tells the same.
  expect(worldAt(world.folder, { variables: { MLV_INDEX: 'always' } }).json('importance', 'auc')).toEqual(told)

  const latency = world.json('importance', 'latency_ms', '--params', 'layers,seed', '-f', 'param.lr < 1')
  expect(latency).toMatchObject({
    parameters: [{ key: 'layers', correlation: { runs: COUNT } }, { key: 'seed' }],
  })

  // A program gets every digit, and what must be said of it apart.
  const { stdout, stderr } = world.mlv('importance', 'auc')
  const [titles = '', first = '', second = ''] = stdout.split('\n')
  expect(titles).toBe('parameter\timportance\tlow95\thigh95\tcorrelation\tcorrelation_low95\tcorrelation_high95\truns')
  expect(first).toMatch(/^lr\t0\.\d{6,}\t/)
  expect(second).toMatch(/^optimizer\t0\.\d+\t[\d.]+\t[\d.]+\t\t\t\t$/)
  expect(stderr).toMatch(/R² 0\.\d\d \(0\.\d\d to [01]\.\d\d\) on runs not shown, of 40 runs\n/)
  expect(stderr).toContain('not looked at: parameters dataset (all alike)')

  const few = world.mlv('importance', 'auc', '-f', 'param.layers = 1 and param.optimizer = "adam"')
  expect(few.exitCode).toBe(3)
  expect(few.stderr).toMatch(/^mlv: what counts for 'auc' cannot be told \(importance-unknown\)\n/)
  expect(few.stderr).toContain('below 20 any order of parameters is chance')
  expect(world.mlv('importance', 'acu').stderr).toContain("the closest metrics are 'auc'")
  expect(world.mlv('importance', 'auc', '-f', 'metric.auc >').exitCode).toBe(2)

  const poor = world.mlv('importance', 'auc', '--params', 'seed')
  expect(poor.exitCode).toBe(0)
  expect(poor.stderr).toContain('the parameters do not foretell this metric, and the table says nothing')
})

test('the server tells the same, and refuses the same', async () => {
  const world = await sweptWorld(sweptRuns(24))
  const ui = await startUi(world.folder)
  const told = (await ui.get('api/importance?metric=metric.auc')) as WireImportance
  const printed = world.json('importance', 'auc') as Told
  if (told.answer.kind !== 'measured') throw new Error('it was refused')
  expect(told.answer.parameters.map(({ field, importance }) => [field, importance])).toEqual(
    printed.parameters.map(({ key, importance }) => [`param.${key}`, importance]),
  )
  const filter = encodeURIComponent('param.layers = 1')
  const few = (await ui.get(`api/importance?metric=metric.auc.best&params=param.lr&filter=${filter}`)) as WireImportance
  expect(few).toMatchObject({
    metric: 'metric.auc.best',
    leastRuns: 20,
    answer: { kind: 'refused', why: 'too-few-runs' },
  })
  const status = async (query: string): Promise<number> => {
    return (await ui.ask(`${ui.base}/api/importance?${query}`, { headers: { cookie: ui.cookie } })).status
  }
  expect(await status('metric=metric.acu')).toBe(404)
  for (const query of [
    '',
    'metric=param.lr',
    'metric=metric.auc&params=metric.auc',
    'metric=metric.auc&filter=a+%3D',
  ]) {
    expect([query, await status(query)]).toEqual([query, 400])
  }
  expect(ui.bugs).toEqual([])
})
