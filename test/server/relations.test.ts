/**
 * Code, lineage, standing and guards, as the server answers them of real repositories.
 */
import { spawnSync } from 'node:child_process'
import { chmodSync, readdirSync, renameSync, rmSync, symlinkSync } from 'node:fs'
import { join } from 'node:path'
import process from 'node:process'
import { expect, test } from 'vitest'
import type { WireCodeDiff, WireCompare, WireLineage, WireModel, WireStanding } from '../../src/server/wire.ts'
import { temporaryFolder } from '../support/repository.ts'
import { startUi } from '../support/ui-server.ts'
import type { UiServer } from '../support/ui-server.ts'
import { fingerprint, makeChurnWorld, makeWorld, MLV, train, WORLD_VARIABLES } from '../support/world.ts'
import type { World } from '../support/world.ts'

const ODD = ['a b', 'ü💥', '-rf', '"quoted"', 'tab\tnew\nline', '$(id)', 'x<img src=y>', ':(top)', '*.py']

function churn(): World {
  const world = makeChurnWorld()
  train(world, { lr: 0.1, auc: 0.9, loss: 0.4 })
  expect(world.mlv('commit', '-m', 'first').exitCode).toBe(0)
  return world
}

async function diff(ui: UiServer, base: string, head: string, path?: string): Promise<WireCodeDiff> {
  const query = new URLSearchParams({ base, head, ...(path === undefined ? {} : { path }) })
  return (await ui.get(`api/diff?${query.toString()}`)) as WireCodeDiff
}

const told = ({ files }: WireCodeDiff) => {
  return files.map(({ kind, path, from, added, removed }) => [kind, path, from, added, removed])
}

test('every kind of change is told, whatever the file is called', async () => {
  const world = makeWorld()
  const lines = Array.from({ length: 40 }, (_, index) => `line ${index}\n`).join('')
  for (const [name, content] of Object.entries({
    old: lines,
    run: 'go\n',
    picture: '\u0000a',
    link: 'x',
    gone: 'g\n',
  })) {
    world.write(name, content)
  }
  for (const name of ODD) world.write(name, 'before\n')
  world.git('add', '.')
  world.git('commit', '--quiet', '--message=All kinds')
  world.mlv('init')
  expect(world.mlv('commit', '-m', 'first', '--param', 'lr=1').exitCode).toBe(0)
  renameSync(join(world.folder, 'old'), join(world.folder, 'new'))
  world.write('new', `${lines}one more\n`)
  chmodSync(join(world.folder, 'run'), 0o755)
  world.write('picture', '\u0000b')
  rmSync(join(world.folder, 'gone'))
  rmSync(join(world.folder, 'link'))
  symlinkSync('new', join(world.folder, 'link'))
  for (const name of ODD) world.write(name, 'after\n')
  const before = fingerprint(world)
  const ui = await startUi(world.folder)

  const found = await diff(ui, '@', 'worktree:')
  expect(told(found).filter(([, path]) => !ODD.includes(String(path)))).toEqual([
    ['removed', 'gone', null, 0, 1],
    ['retyped', 'link', null, 1, 1],
    ['renamed', 'new', 'old', 1, 0],
    ['changed', 'picture', null, null, null],
    ['changed', 'run', null, 0, 0],
  ])
  const changed = (name: string) => found.files.find(({ path }) => path === name)
  expect(changed('picture')).toMatchObject({ isBinary: true, patch: '' })
  expect(changed('run')).toMatchObject({ oldMode: '100644', newMode: '100755', patch: '' })
  expect(changed('link')?.patch).toMatch(/^@@ -1 \+0,0 @@\n-x\n.*@@ -0,0 \+1 @@\n\+new\n/s)
  expect(changed('new')?.patch).toContain('+one more')
  for (const name of ODD) {
    expect(changed(name)).toMatchObject({
      added: 1,
      removed: 1,
      isOddName: false,
      patch: '@@ -1 +1 @@\n-before\n+after',
    })
    expect((await diff(ui, '@', 'worktree:', name)).files).toEqual([changed(name)])
  }
  expect((await diff(ui, '@', 'worktree:', 'new')).files).toEqual([changed('new')])
  // Looking wrote nothing, and left nothing behind.
  expect(fingerprint(world)).toBe(before)
  expect(readdirSync(join(world.folder, '.git', 'mlv', 'tmp'))).toEqual([])
  expect(world.git('fsck', '--unreachable', '--no-reflogs')).toBe('')
  expect(ui.bugs).toEqual([])
})

test('a run is held against its commit, HEAD, the worktree and other runs', async () => {
  const world = churn()
  world.write('train.py', 'print("dirty")\n')
  world.write('helper.py', 'new\n')
  train(world, { lr: 0.2, auc: 0.95, loss: 0.3 })
  expect(world.mlv('commit', '-m', 'second').exitCode).toBe(0)
  const ui = await startUi(world.folder)
  const commit = world.git('rev-parse', 'HEAD').trim()

  const own = await diff(ui, `git:${commit}`, 'churn@v2')
  expect(told(own)).toEqual([
    ['added', 'helper.py', null, 1, 0],
    ['changed', 'train.py', null, 1, 1],
  ])
  expect(own.base).toMatchObject({ kind: 'commit', label: `commit ${commit.slice(0, 8)}`, problem: null })
  expect(own.head).toMatchObject({ kind: 'record', label: 'churn@v2', isDirty: true, commit })
  expect(told(await diff(ui, 'git:HEAD', 'churn@v2'))).toEqual(told(own))
  expect(told(await diff(ui, 'churn@v1', 'churn@v2'))).toEqual(told(own))
  // What the run wrote lies about in the worktree, and is no code.
  world.git('rm', '--cached', '--quiet', '.gitignore')
  rmSync(join(world.folder, '.gitignore'))
  expect((await diff(ui, 'churn@v2', 'worktree:')).files.map(({ path }) => path)).toEqual(['.gitignore', 'params.yaml'])
  expect((await diff(ui, 'worktree:', 'worktree:')).isSame).toBe(true)
  expect((await diff(ui, 'churn@v1', 'churn@v1')).isSame).toBe(true)
})

test('a patch of a hundred megabytes is listed, and its lines are bounded', async () => {
  const world = churn()
  const text = Buffer.alloc(12 * 1024 * 1024, 'a line of some length that is repeated\n')
  for (let index = 0; index < 8; index += 1) world.write(`data/part-${index}.txt`, text)
  world.write('huge.txt', Buffer.alloc(40 * 1024 * 1024, 'too large to look at\n'))
  world.write('small.py', 'x = 1\n')
  world.git('-c', 'core.looseCompression=0', 'add', '.')
  world.git('commit', '--quiet', '--message=Large')
  const ui = await startUi(world.folder)
  const target = `${ui.base}/api/diff?base=churn@v1&head=git:HEAD`
  const { status, body, json } = await ui.ask(target, { headers: { cookie: ui.cookie } })
  const found = json() as WireCodeDiff
  expect([status, body.length < 1.5 * 1024 * 1024]).toEqual([200, true])
  expect(found.files.length).toBe(10)
  expect(found.files[0]).toMatchObject({ path: 'data/part-0.txt', isPatchCut: true })
  expect(found.files.find(({ path }) => path === 'huge.txt')).toMatchObject({ isBinary: true })
  expect(found.files.find(({ path }) => path === 'small.py')).toMatchObject({ patch: null, added: 1 })
  const [small] = (await diff(ui, 'churn@v1', 'git:HEAD', 'small.py')).files
  expect(small).toMatchObject({ patch: '@@ -0,0 +1 @@\n+x = 1', isPatchCut: false })
})

test('code that is not in this clone is told with the command that brings it', async () => {
  const world = churn()
  world.write('train.py', 'print("dirty")\n')
  world.mlv('commit', '-m', 'dirty')
  const elsewhere = temporaryFolder()
  world.git('init', '--quiet', '--bare', join(elsewhere, 'shared.git'))
  world.git('remote', 'add', 'origin', join(elsewhere, 'shared.git'))
  world.git('push', '--quiet', 'origin', 'mlv')
  world.git('clone', '--quiet', '--branch', 'mlv', join(elsewhere, 'shared.git'), join(elsewhere, 'other'))
  const ui = await startUi(join(elsewhere, 'other'))
  const { base, head, files, isSame } = await diff(ui, '@~1', '@')
  expect([base.problem, head.problem].map((problem) => problem?.what)).toEqual([
    'its code is not in this clone',
    'its code is not in this clone',
  ])
  expect(head.problem?.next).toBe(`mlv checkout ${head.label} --worktree FOLDER`)
  expect([files, isSame]).toEqual([[], false])
})

test('sides that mean harm name no option, no path and no file', async () => {
  const ui = await startUi(churn().folder)
  const sides = [
    '--output=/tmp/x',
    'git:--help',
    'git:-x',
    'git:HEAD:mlv.yaml',
    'git:',
    'git:\u0000',
    'git:a\nb',
    '../..',
  ]
  for (const side of sides) {
    const target = `${ui.base}/api/diff?base=@&head=${encodeURIComponent(side)}`
    const { status, json } = await ui.ask(target, { headers: { cookie: ui.cookie } })
    expect([side, status, (json() as { error: { code: string } }).error.code]).toEqual([
      side,
      expect.toBeOneOf([400, 404]),
      expect.not.stringMatching(/^(?:bug|git-failed)$/),
    ])
  }
  const absent = await ui.ask(`${ui.base}/api/diff?base=@&head=worktree:&path=../../etc/passwd`, {
    headers: { cookie: ui.cookie },
  })
  expect([absent.status, (absent.json() as WireCodeDiff).files]).toEqual([200, []])
  expect(absent.body.toString()).not.toContain('root:')
  expect(ui.bugs).toEqual([])
})

test('a run is told how it stands, and what it is worth being held against', async () => {
  const world = churn()
  train(world, { lr: 0.2, auc: 0.95, loss: 0.3 })
  world.mlv('commit', '-m', 'second')
  world.mlv('promote', 'churn@v1', 'production')
  const ui = await startUi(world.folder)
  const standing = (await ui.get('api/run/churn@v2/standing')) as WireStanding
  expect(standing.metrics.map(({ key, place, of, rival }) => [key, place, of, rival?.title, rival?.value])).toEqual([
    ['auc', 1, 2, 'first', 0.9],
    ['loss', 1, 2, 'first', 0.4],
  ])
  expect(standing.beside.map(({ kind, label }) => [kind, label])).toEqual([
    ['production', 'churn@v1'],
    ['before', 'first'],
  ])
  expect(standing.commitPage).toBeNull()
  const behind = (await ui.get('api/run/churn@v1/standing')) as WireStanding
  expect(behind.metrics.map(({ place, rival }) => [place, rival?.title])).toEqual([
    [2, 'second'],
    [2, 'second'],
  ])
})

test('lineage goes from data over runs, versions and repetitions to what reads them', async () => {
  const world = makeWorld()
  world.mlv('init')
  world.write('raw.csv', 'a,b\n1,2\n')
  world.write(
    'train.py',
    'open("model.bin","w").write(open("raw.csv").read() + "!")\nopen("m.json","w").write("{\\"auc\\": 1}")\n',
  )
  world.write('mlv.yaml', 'metrics: [m.json]\ndatasets: [raw.csv]\nmodel: { name: m, path: model.bin }\n')
  world.write('.gitignore', 'model.bin\nm.json\n')
  world.git('add', '.')
  world.git('commit', '--quiet', '--message=Train')
  const { exitCode, stderr } = world.mlv('run', '--', 'python3', 'train.py')
  expect([exitCode, stderr]).toEqual([0, expect.anything()])
  world.mlv('promote', 'm@v1', 'production')
  expect(world.mlv('rerun', 'm@v1', '--verify').exitCode).toBe(0)
  world.write('copy.bin', world.read('model.bin'))
  world.write('mlv.yaml', 'experiment: next\ndatasets: [copy.bin]\n')
  expect(world.mlv('commit', '-m', 'reads the model').exitCode).toBe(0)
  const ui = await startUi(world.folder)

  const graph = (await ui.get('api/lineage?of=m@production')) as WireLineage
  expect(graph.focus).toBe('version:m@v1')
  const titles = new Map(graph.nodes.map(({ key, kind, title }) => [key, kind === 'run' ? title : key.slice(0, 12)]))
  const name = (key: string) => titles.get(key) ?? 'not shown'
  expect(graph.edges.map(({ from, to, relation }) => `${name(from)} > ${relation} > ${name(to)}`)).toContain(
    'version:m@v1 > named > alias:m@prod',
  )
  expect(new Set(graph.edges.map(({ relation }) => relation))).toEqual(
    new Set(['read by', 'made', 'named', 'continued or repeated', 'reproduced', 'held in']),
  )
  expect(graph.nodes.map(({ title }) => title)).toContain('reads the model')
  const data = graph.nodes.find(({ kind, title }) => kind === 'data' && title === 'raw.csv')?.key ?? ''
  const ofData = (await ui.get(`api/lineage?of=${encodeURIComponent(data)}&nodes=3`)) as WireLineage
  expect([ofData.nodes.length, ofData.isCut, ofData.nodes[0]?.title]).toEqual([3, true, 'raw.csv'])
  const { status } = await ui.ask(`${ui.base}/api/lineage?of=data:sha256:00`, { headers: { cookie: ui.cookie } })
  expect(status).toBe(404)

  const model = (await ui.get('api/model/m')) as WireModel
  const [receipt] = model.versions[0]?.receipts ?? []
  expect(receipt).toMatchObject({
    outcome: 'reproduced',
    compared: [{ key: 'auc', recorded: 1, repeated: 1, isSame: true }],
  })
})

test('gates are held against every version, and other seeds tell what may be chance', async () => {
  const world = makeChurnWorld()
  world.write('mlv.yaml', `${world.read('mlv.yaml')}gates:\n  metrics:\n    auc: { min: 0.92 }\n`)
  world.git('commit', '--quiet', '--all', '--message=Gates')
  for (const [lr, seed, auc] of [
    [0.1, 1, 0.9],
    [0.1, 2, 0.94],
    [0.2, 1, 0.93],
    [0.2, 2, 0.91],
  ] as const) {
    train(world, { lr, auc, loss: 0.4 })
    world.write('params.yaml', `lr: ${lr}\nseed: ${seed}\n`)
    expect(world.mlv('commit', '-m', `lr ${lr} seed ${seed}`).exitCode).toBe(0)
  }
  const ui = await startUi(world.folder)
  const model = (await ui.get('api/model/churn')) as WireModel
  expect(model.gates).toMatchObject({ source: 'mlv.yaml', base: null })
  const failed = model.gates?.versions.map(({ number, results }) => [
    number,
    results.filter(({ status }) => status === 'failed').map(({ rule, metric }) => [rule, metric]),
  ])
  expect(failed).toEqual([
    [4, [['min', 'auc']]],
    [3, []],
    [2, []],
    [1, [['min', 'auc']]],
  ])
  expect([model.requests, model.approvers]).toEqual([[], null])

  const compare = (await ui.get('api/compare?runs=churn@v1,churn@v3')) as WireCompare
  const noise = compare.metrics.find(({ key }) => key === 'auc')?.noise
  expect(noise?.map((each) => [each?.runs, each?.isWithin])).toEqual([
    [2, false],
    [2, true],
  ])
  expect(noise?.[1]?.mean).toBeCloseTo(0.92)
})

test('names of people and files never become markup or another name', async () => {
  const world = makeWorld()
  world.mlv('init')
  const name = '<script>alert(1)</script>'
  world.write('data<b>.csv', 'a\n1\n')
  world.write('mlv.yaml', 'datasets: ["data<b>.csv"]\n')
  expect(world.mlv('commit', '-m', name, '--experiment', '"><img>').exitCode).toBe(0)
  const ui = await startUi(world.folder)
  const graph = (await ui.get('api/lineage?of=@')) as WireLineage
  expect(graph.nodes.map(({ title }) => title)).toEqual([name, 'data<b>.csv'])
  const { headers } = await ui.ask(`${ui.base}/api/lineage?of=@`, { headers: { cookie: ui.cookie } })
  expect(headers['content-type']).toBe('application/json; charset=utf-8')
  const standing = (await ui.get('api/run/@/standing')) as WireStanding
  expect(standing.experiment).toBe('"><img>')
  // The command itself is not needed for what follows, and must not have been started by a name.
  expect(spawnSync(process.execPath, [MLV, 'ls'], { cwd: world.folder, env: WORLD_VARIABLES }).status).toBe(0)
})
