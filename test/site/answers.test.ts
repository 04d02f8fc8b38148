/**
 * A site answers what the server answers, route by route, about the same branch.
 */
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { ROUTES } from '../../src/server/routes.ts'
import { SITE_ROUTES } from '../../src/site/answer-site.ts'
import { CANARY, makeSiteWorld, siteAsker } from '../support/site-world.ts'
import type { SiteWorld } from '../support/site-world.ts'
import { serveUi } from '../support/ui-server.ts'
import type { UiServer } from '../support/ui-server.ts'

/** Routes that only a server answers, and why. */
const REFUSED: Readonly<Record<string, string>> = {
  'api/events': 'nothing happens',
}

interface Made {
  readonly world: SiteWorld
  readonly server: UiServer
  readonly ask: ReturnType<typeof siteAsker>
  readonly runs: readonly string[]
}

let made: Made | undefined
beforeAll(async () => {
  const world = makeSiteWorld()
  const site = world.freshPath('site')
  const { exitCode, stderr } = world.mlv('site', '--output', site)
  if (exitCode !== 0) throw new Error(stderr)
  const server = await serveUi(world.folder)
  const { rows } = (await server.get('api/runs?archived=1')) as { rows: { id: string }[] }
  made = { world, server, ask: siteAsker(site), runs: rows.map(({ id }) => id) }
})
afterAll(async () => {
  await made?.server.close()
  made?.world.remove()
})

function world(): Made {
  if (made === undefined) throw new Error('the site was not made')
  return made
}

/** Asks both, and expects the same. */
async function same(address: string): Promise<unknown> {
  const { server, ask } = world()
  const [wanted, found] = [await server.get(address), await ask(address)]
  expect({ address, ...found }).toEqual({ address, status: 200, body: wanted })
  return wanted
}

test('every route that a page may read is answered by a site, or refused for a reason', () => {
  const read = ROUTES.filter(({ method, answer }) => method === 'GET' && answer.kind !== 'asset').map(
    ({ path }) => path,
  )
  expect([...SITE_ROUTES.map(({ path }) => path), ...Object.keys(REFUSED)].sort()).toEqual([...read].sort())
})

describe('the table', () => {
  test.each([
    '',
    '?archived=1',
    '?archived=1&columns=param.lr,param.layers,param.seed,param.flag,param.list,param.none,param.note',
    '?columns=metric.auc,metric.loss,metric.loss.min,metric.loss.best,metric.loss.count',
    '?columns=status,created,elapsed,tag,model',
    '?filter=metric.auc%20%3E%200.9&sort=-metric.auc',
    '?filter=experiment%20%3D%20runs%20or%20tag%3Abaseline&archived=1&sort=status,-created',
    '?filter=param.seed%20%3D%209007199254740993&columns=param.seed',
    `?filter=${encodeURIComponent(`param.note ~ "</script>"`)}`,
    '?group=experiment&columns=metric.auc,metric.loss&archived=1',
    '?from=1&count=2&keys=0',
  ])('api/runs%s', async (query) => {
    expect((await same(`api/runs${query}`)) as { total: number }).not.toMatchObject({ total: 0 })
  })

  test('values for a filter', async () => {
    await same('api/values?field=experiment&text=')
    await same('api/values?field=param.note&text=')
  })

  test('a filter that cannot be read is refused with the same words', async () => {
    const { server, ask } = world()
    const address = 'api/runs?filter=metric.auc%20%3E%3E%201'
    const refused = await server.ask(`${server.base}/${address}`, { headers: { cookie: server.cookie } })
    const { status, body } = await ask(address)
    const error = (answer: unknown): object => ({ ...(answer as { error: object }).error, next: '' })
    expect([status, error(body)]).toEqual([refused.status, error(refused.json())])
  })

  test('importance', async () => {
    await same('api/importance?metric=metric.auc')
  })
})

test('each run with its standing, lineage, series and content', async () => {
  const { runs, server, ask } = world()
  expect(runs).toHaveLength(5)
  for (const run of runs) {
    const told = (await same(`api/run/${run}`)) as { files: { path: string }[] }
    const standing = await ask(`api/run/${run}/standing`)
    const wanted = (await server.get(`api/run/${run}/standing`)) as object
    expect(standing.body).toEqual({ ...wanted, commitPage: null })
    await same(`api/lineage?of=${run}`)
    for (const x of ['step', 'time', 'elapsed'])
      await same(`api/run/${run}/series?metric=loss&metric=auc&x=${x}&points=16`)
    await same(`api/run/${run}/series?metric=loss&from=3&to=20&points=5`)
    await same(`api/run/${run}/evaluations`)
    await same(`api/run/${run}/output`)
    for (const { path } of told.files.filter(({ path: each }) => each.endsWith('.txt'))) {
      await same(`api/run/${run}/text?path=${encodeURIComponent(path)}`)
    }
  }
  await same(`api/run/${runs[1]?.slice(0, 20)}`)
})

test('which series several runs have', async () => {
  await same(`api/series?runs=${world().runs.join(',')}`)
})

test('lines of several runs, along steps, time and another metric', async () => {
  const { runs, server, ask } = world()
  for (const x of ['step', 'elapsed', 'time', 'metric:accuracy']) {
    const address = `api/series?runs=${runs.join(',')}&metric=loss&metric=auc&x=${encodeURIComponent(x)}&points=16`
    const wanted = (await server.get(address)) as { lines: object[]; pending: string[] }
    const found = (await ask(address)).body as { lines: object[] }
    expect(wanted.pending).toEqual([])
    const withoutCursor = (lines: readonly object[]): readonly object[] =>
      lines.map((line) => ({ ...line, cursor: '' }))
    expect({ ...found, lines: withoutCursor(found.lines) }).toEqual({ ...wanted, lines: withoutCursor(wanted.lines) })
    expect(found.lines.length).toBeGreaterThan(0)
  }
})

test('sparklines are those of the server to a thousandth of their height', async () => {
  const { runs, server, ask } = world()
  const address = `api/sparklines?runs=${runs.join(',')}&metric=loss&metric=accuracy`
  type Sparks = { runs: { run: string; curves: { metric: string; values: (number | null)[] }[] }[] }
  const [wanted, found] = [(await server.get(address)) as Sparks, (await ask(address)).body as Sparks]
  const shape = ({ runs: all }: Sparks): unknown => {
    return all.map(({ run, curves }) => [
      run,
      curves.map(({ metric, values }) => [metric, values.map((value) => value === null)]),
    ])
  }
  expect(shape(found)).toEqual(shape(wanted))
  const numbers = (sparks: Sparks): readonly number[] => {
    return sparks.runs.flatMap(({ curves }) => curves.flatMap(({ values }) => values.map((value) => value ?? 0)))
  }
  const expected = numbers(wanted)
  expect(expected.length).toBeGreaterThan(100)
  for (const [index, value] of numbers(found).entries())
    expect(Math.abs(value - (expected[index] ?? NaN))).toBeLessThan(1e-3)
})

test('files that are part of the site have their bytes and, of images, their type', async () => {
  const { server, ask, runs } = world()
  const run = runs[1] ?? ''
  for (const path of ['plots/pixel.png', 'plots/table.csv', 'notes.txt']) {
    const address = `api/run/${run}/file?path=${encodeURIComponent(path)}`
    const wanted = await server.ask(`${server.base}/${address}`, { headers: { cookie: server.cookie } })
    expect(Buffer.from((await ask(address)).body as Uint8Array).equals(wanted.body)).toBe(true)
  }
  expect(Buffer.from((await ask(`api/run/${run}/file?path=notes.txt`)).body as Uint8Array).toString()).toBe(CANARY)
  expect(await ask(`api/run/${run}/file?path=absent.txt`)).toMatchObject({ status: 404 })
})

test('output is searched', async () => {
  const { runs } = world()
  await same(`api/run/${runs[1]}/output/find?search=EPOCH`)
  await same(`api/run/${runs[1]}/output/find?search=absent`)
  await same(`api/run/${runs[1]}/output/find?step=12`)
})

test('a table is sorted, searched and compared', async () => {
  const { runs } = world()
  const address = `api/run/${runs[1]}/table?path=plots%2Ftable.csv`
  await same(address)
  await same(`${address}&sort=-score`)
  await same(`${address}&search=B&from=0&count=1`)
  await same(`api/tables?base=${runs[1]}&head=${runs[1]}&path=plots%2Ftable.csv&key=label`)
})

test('models, versions, views and comparisons', async () => {
  const { runs } = world()
  await same('api/models')
  await same('api/model/m')
  await same('api/model/m/version/2/files')
  await same('api/views')
  await same(`api/compare?runs=${runs.slice(2).join(',')}`)
  await same(`api/compare?runs=${runs.join(',')}`)
  await same('api/lineage?of=m@v2')
})

test('the session says that it is a copy; what only a server can do is refused with a next command', async () => {
  const { ask, server } = world()
  const session = (await ask('api/session')).body
  expect(session).toMatchObject({ isStatic: true, writeToken: null })
  expect(Object.keys(session as object).sort()).toEqual(Object.keys((await server.get('api/session')) as object).sort())
  for (const address of ['api/diff?base=a&head=b', 'api/events', 'api/nowhere']) {
    expect(await ask(address)).toMatchObject({ status: 404, body: { error: { code: 'server-copy', next: 'mlv ui' } } })
  }
  expect(await ask('api/run/01zzzzzzzzzzzzzzzzzzzzzzzz')).toMatchObject({
    status: 404,
    body: { error: { code: 'run-not-found' } },
  })
})
