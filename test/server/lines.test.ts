/**
 * Lines of many runs in one answer.
 */
import { expect, test } from 'vitest'
import { startRun } from '../../src/ops/record/start-run.ts'
import type { Repository } from '../../src/ops/repository/repository.ts'
import type { WireLine, WireLines, WirePoint } from '../../src/server/wire.ts'
import { startUi } from '../support/ui-server.ts'
import { makeChurnWorld } from '../support/world.ts'

/** A run of `size` steps; its loss falls, and its accuracy rises with the steps. */
async function record(repository: Repository, size: number): Promise<string> {
  const run = await startRun(repository, { experiment: 'churn' })
  for (let step = 0; step < size; step += 1) {
    void run.logMetric('loss', step === size - 10 ? NaN : 1 / (step + 1), { step })
    if (step % 2 === 0) void run.logMetric('acc', step / size, { step })
  }
  await run.logMetric('loss', 0, { step: size })
  await run.finish()
  return run.id
}

test('runs share their buckets, whatever their length, and are told apart', async () => {
  const world = makeChurnWorld()
  const ui = await startUi(world.folder)
  const [short, long] = [await record(ui.repository, 500), await record(ui.repository, 5_000)]
  const ask = async (query: string): Promise<WireLines> => (await ui.get(`api/series?${query}`)) as WireLines

  const both = await ask(`runs=${short},${long},01m70000000000000000000000&metric=loss&metric=acc&points=100`)
  expect(both.range).toEqual({ from: 0, to: 5_000, points: 100 })
  expect(both.lines.map(({ run, metric, total, width }) => [run, metric, total, width])).toEqual([
    [short, 'loss', 501, 64],
    [short, 'acc', 250, 64],
    [long, 'loss', 5_001, 64],
    [long, 'acc', 2_500, 64],
  ])
  expect(both.refused).toMatchObject([{ run: '01m70000000000000000000000', code: 'run-not-found' }])
  for (const line of both.lines.filter(({ metric }) => metric === 'loss')) {
    expect(line.counts?.reduce((sum, count) => sum + count, 0)).toBe(line.total)
    expect(line.marks).toMatchObject([{ nan: 1, at: Math.floor((line.total - 11) / 64) }])
  }
  expect((await ask(`runs=${short},${long}`)).keys).toEqual(['acc', 'loss'])
  const zoomed = await ask(`runs=${short},${long}&metric=loss&from=100&to=120&points=50`)
  expect(zoomed.lines.map(({ xs, steps, counts }) => [xs.length, steps, counts])).toEqual([
    [41 - 20, null, null],
    [41 - 20, null, null],
  ])
})

test('a range is told with the points nearest to it, so that lines go on to its edges', async () => {
  const world = makeChurnWorld()
  const ui = await startUi(world.folder)
  const run = await record(ui.repository, 5_000)
  const ends = async (metric: string, from: number, to: number, x = 'step'): Promise<unknown> => {
    const query = `runs=${run}&metric=${metric}&x=${x}&from=${from}&to=${to}&points=50`
    const [line] = ((await ui.get(`api/series?${query}`)) as WireLines).lines
    return [line?.before, line?.xs.length, line?.after]
  }
  const loss = (step: number): unknown => ({ x: step, value: 1 / (step + 1) })
  expect(await ends('loss', 3.4, 8.9)).toEqual([loss(3), 5, loss(9)])
  expect(await ends('loss', 3.4, 3.6)).toEqual([loss(3), 0, loss(4)])
  expect(await ends('loss', 4, 8)).toEqual([loss(3), 5, loss(9)])
  expect(await ends('loss', 700.5, 2_900.5)).toEqual([loss(700), 36, loss(2_901)])
  // Of every other step there is a point, and what is not a number is no end.
  expect(await ends('acc', 3.4, 3.6)).toEqual([{ x: 2, value: 2 / 5_000 }, 0, { x: 4, value: 4 / 5_000 }])
  expect(await ends('loss', 4_980, 4_989.5)).toEqual([loss(4_979), 10, loss(4_991)])
  expect(await ends('loss', 4_990.5, 4_995)).toEqual([loss(4_989), 5, loss(4_996)])
  expect(await ends('loss', 0, 5_000)).toEqual([null, expect.any(Number), null])
  expect(await ends('loss', 6_000, 9_000)).toEqual([{ x: 5_000, value: 0 }, 0, null])
  expect(await ends('acc', 0.50001, 0.50002, 'metric:acc')).toEqual([
    { x: 0.5, value: 0.5 },
    0,
    { x: 0.5004, value: 0.5004 },
  ])
  const whole = ((await ui.get(`api/series?runs=${run}&metric=loss&x=time&points=5`)) as WireLines).lines[0]
  const [from = 0, to = 0] = [whole?.xs[0], whole?.xs[2]]
  const [before, , after] = (await ends('loss', from + 0.25, to + 0.25, 'time')) as [WirePoint, number, WirePoint]
  expect([before.x <= from + 0.25, before.x >= from, after.x > to]).toEqual([true, true, true])
})

test('a metric is laid along another by their steps', async () => {
  const world = makeChurnWorld()
  const ui = await startUi(world.folder)
  const run = await record(ui.repository, 400)
  const laid = (await ui.get(`api/series?runs=${run}&metric=loss&x=metric:acc&points=10000`)) as WireLines
  const [line] = laid.lines
  expect(line?.xs).toEqual(Array.from({ length: 200 }, (_, index) => (2 * index) / 400))
  expect(line?.steps).toEqual(Array.from({ length: 200 }, (_, index) => 2 * index))
  expect(line?.marks).toEqual([{ at: 195, nan: 1, positive: 0, negative: 0 }])
  const part = (await ui.get(`api/series?runs=${run}&metric=loss&x=metric:acc&from=0.5&to=0.6`)) as WireLines
  expect([part.lines[0]?.steps?.[0], part.lines[0]?.steps?.at(-1)]).toEqual([200, 240])
  const none = (await ui.get(`api/series?runs=${run}&metric=loss&x=metric:absent`)) as WireLines
  expect(none).toMatchObject({ lines: [], range: null })
})

test('of a line that goes on only what is new is told', async () => {
  const world = makeChurnWorld()
  const ui = await startUi(world.folder)
  const run = await startRun(ui.repository, { experiment: 'churn' })
  const log = async (from: number, to: number): Promise<void> => {
    for (let step = from; step < to; step += 1) void run.logMetric('loss', step, { step })
    await run.logMetric('loss', to, { step: to })
  }
  // Along time the range is told, because nobody knows how long logging takes.
  for (const [x, range] of [
    ['step', ''],
    ['elapsed', '&from=0&to=1000000'],
    ['time', '&from=0&to=2e12'],
  ] as const) {
    const ask = async (since = ''): Promise<WireLine> => {
      const answer = (await ui.get(
        `api/series?runs=${run.id}&metric=loss&x=${x}${range}&points=64&since=${since}`,
      )) as WireLines
      const [line] = answer.lines
      if (line === undefined) throw new Error('no line')
      return line
    }
    const start = x === 'step' ? 0 : x === 'elapsed' ? 10_000 : 20_000
    await log(start, start + 1_010)
    const first = await ask()
    expect(first.replacesFrom).toBeNull()
    const same = await ask(first.cursor ?? '')
    expect([same.buckets, same.replacesFrom !== null, same.cursor]).toEqual([[], true, first.cursor])
    await log(start + 1_011, start + 1_011)
    const more = await ask(first.cursor ?? '')
    expect([more.buckets.length, more.width]).toEqual([1, first.width])
    // What was told and what is new are the whole.
    const whole = await ask()
    const kept = first.buckets.filter((bucket) => bucket < (more.replacesFrom ?? 0)).length
    expect([whole.width, whole.replacesFrom]).toEqual([more.width, null])
    expect([...first.lasts.slice(0, kept), ...more.lasts]).toEqual(whole.lasts)
    expect([...first.xs.slice(0, kept), ...more.xs]).toEqual(whole.xs)
    expect((await ask('nonsense')).replacesFrom).toBeNull()
  }
  await run.finish()
})

test('a question has its limits', async () => {
  const ui = await startUi(makeChurnWorld().folder)
  const names = (count: number): string => Array.from({ length: count }, (_, index) => `r${index}`).join()
  const metrics = (count: number): string => Array.from({ length: count }, (_, index) => `&metric=m${index}`).join('')
  for (const query of [
    `runs=${names(101)}&metric=loss`,
    `runs=r${metrics(65)}`,
    `runs=${names(100)}${metrics(5)}`,
    'runs=r&metric=loss&x=wall',
    'runs=r&metric=loss&x=metric:',
    'runs=r&metric=loss&points=0',
    'runs=r&metric=loss&points=1e9',
    'runs=r&metric=loss&from=a',
  ]) {
    const { status } = await ui.ask(`${ui.base}/api/series?${query}`, { headers: { cookie: ui.cookie } })
    expect([query.slice(0, 60), status]).toEqual([query.slice(0, 60), 400])
  }
  expect(await ui.get('api/series')).toMatchObject({ lines: [], pending: [], refused: [] })
  expect(ui.bugs).toEqual([])
})
