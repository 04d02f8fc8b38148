/**
 * What may be chance: a site and a server tell it by the same repeats, however many there are.
 */
import { expect, test } from 'vitest'
import { hostOptions } from '../../src/host.ts'
import { commitRun } from '../../src/ops/record/commit-run.ts'
import { openRepository } from '../../src/ops/repository/repository.ts'
import { GIT_VARIABLES, temporaryFolder } from '../support/repository.ts'
import { siteAsker } from '../support/site-world.ts'
import { startUi } from '../support/ui-server.ts'
import { makeWorld } from '../support/world.ts'
import type { World } from '../support/world.ts'

const RUNS = 66

/** Runs of two settings in turn, the second one every sixth time, each with a seed of its own. */
async function repeatedWorld(): Promise<World> {
  const world = makeWorld()
  world.mlv('init')
  world.write('mlv.yaml', 'experiment: seeds\ngoals: { auc: { goal: max } }\n')
  world.git('add', '.')
  world.git('commit', '--quiet', '--message=Configure mlv')
  const repository = await openRepository({ ...hostOptions(world.folder), variables: GIT_VARIABLES })
  const none = { paramsFiles: [], metricsFiles: [], seriesFiles: [], artifacts: [], datasets: [], tags: [] }
  for (let index = 0; index < RUNS; index += 1) {
    const params = { lr: index % 6 === 0 ? '0.2' : '0.1', seed: String(index) }
    await commitRun(repository, {
      ...none,
      params: Object.entries(params).map(([key, text]) => ({ key, text })),
      // Each is further from the first, so that a spread tells which runs it is of.
      metrics: [{ key: 'auc', text: String(1 / (index + 2)) }],
      newVersion: false,
      allowSecrets: false,
    })
  }
  await repository.close()
  return world
}

interface Compared {
  readonly metrics: readonly { readonly key: string; readonly noise: readonly ({ readonly runs: number } | null)[] }[]
}

test('a rerun is no further sample, nor the next best of its own original', async () => {
  const world = makeWorld()
  world.mlv('init')
  world.write('mlv.yaml', 'experiment: seeds\nmetrics: [metrics.json]\ngoals: { auc: { goal: max } }\n')
  world.write('.gitignore', 'metrics.json\n')
  world.write('train.cjs', "require('fs').writeFileSync('metrics.json', `{\"auc\": 0.${process.argv[2]}}`)\n")
  world.git('add', '.')
  world.git('commit', '--quiet', '--message=Train')
  const train = (text: string, ...params: string[]) => {
    const given = [...params, '--', process.execPath, 'train.cjs', text]
    expect(world.mlv('run', ...given)).toMatchObject({ exitCode: 0 })
  }
  const rerunNewest = () => {
    const { runs } = world.json('ls') as { runs: { run: { id: string } }[] }
    expect(world.mlv('rerun', runs[0]?.run.id ?? '')).toMatchObject({ exitCode: 0 })
  }
  for (const seed of ['1', '2']) train('5', '-p', `seed=${seed}`, '-p', 'lr=1')
  rerunNewest()
  // Without a seed each run counts, but for reruns.
  for (const text of ['7', '6']) train(text)
  rerunNewest()
  const site = `${temporaryFolder()}/site`
  expect(world.mlv('site', '--output', site)).toMatchObject({ exitCode: 0 })
  const [ask, ui] = [siteAsker(site), await startUi(world.folder)]
  const { rows } = (await ui.get('api/runs')) as { rows: { id: string }[] }
  expect(rows).toHaveLength(6)
  const both = async (address: string): Promise<unknown> => {
    const wanted = await ui.get(address)
    expect(await ask(address)).toEqual({ status: 200, body: wanted })
    return wanted
  }
  const ids = rows.map(({ id }) => id)
  const [again = '', less = '', best = ''] = ids
  const { metrics } = (await both(`api/compare?runs=${ids.join(',')}`)) as Compared
  expect(metrics.map(({ noise }) => noise.map((each) => each?.runs))).toEqual([[2, 2, 2, 2, 2, 2]])
  for (const [run, rival, place] of [
    [again, best, 2],
    [less, best, 2],
    [best, less, 1],
  ] as const) {
    expect(await both(`api/run/${run}/standing`)).toMatchObject({ metrics: [{ place, of: 4, rival: { run: rival } }] })
  }
  expect(ui.bugs).toEqual([])
}, 30_000)

test('of more repeats than count, both take the same', async () => {
  const world = await repeatedWorld()
  const site = `${temporaryFolder()}/site`
  expect(world.mlv('site', '--output', site)).toMatchObject({ exitCode: 0 })
  const [ask, ui] = [siteAsker(site), await startUi(world.folder)]
  const { rows } = (await ui.get('api/runs?columns=param.lr')) as { rows: { id: string }[] }
  expect(rows).toHaveLength(RUNS)
  // The first, some of the middle, one that has few repeats, and the last.
  const chosen = [65, 40, 30, 12, 6, 0].map((index) => rows[index]?.id)
  const address = `api/compare?runs=${chosen.join(',')}`
  const wanted = await ui.get(address)
  expect(await ask(address)).toEqual({ status: 200, body: wanted })
  const { metrics } = wanted as Compared
  expect(JSON.stringify(metrics)).toContain('49')
  expect(ui.bugs).toEqual([])
}, 20_000)
