/**
 * What a run's processes log becomes its record: points, parameters, tags and files, from a live run and from one that
 * was killed, and the same however often it is sealed.
 */
import { appendFileSync, existsSync, mkdirSync, readdirSync, symlinkSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { present } from '../../src/base/assert.ts'
import { parseMetricKey } from '../../src/domain/key.ts'
import { parseRunId } from '../../src/domain/run.ts'
import type { RunId } from '../../src/domain/run.ts'
import { pointsOf } from '../../src/domain/series.ts'
import { readRunLogs } from '../../src/ops/record/gather-logs.ts'
import { recoverRuns } from '../../src/ops/record/recover-runs.ts'
import type { RecoverReport } from '../../src/ops/record/recover-runs.ts'
import type { Repository } from '../../src/ops/repository/repository.ts'
import { startRun } from '../../src/ops/record/start-run.ts'
import { leaveRun } from '../support/left-run.ts'
import { openForTest } from '../support/open-repository.ts'
import { copyFolder } from '../support/repository.ts'
import { makeReadyWorld } from '../support/world.ts'
import type { World } from '../support/world.ts'

const LOSS = parseMetricKey('loss')

function initialized(): World {
  const world = makeReadyWorld()
  return world
}

interface Left {
  readonly world: World
  readonly repository: Repository
  readonly id: RunId
  /** Appends text to a file of the run's folder. */
  readonly append: (name: string, text: string) => void
  readonly recover: () => Promise<RecoverReport['sealed'][number]>
}

async function left(): Promise<Left> {
  const world = initialized()
  const run = leaveRun(world.folder)
  const repository = await openForTest(world.folder)
  return {
    world,
    repository,
    id: present(parseRunId(run.id), 'the id of a run'),
    append: (name, text) => appendFileSync(join(run.folder, name), text),
    recover: async () => present((await recoverRuns(repository)).sealed[0], 'a run that was left'),
  }
}

/** The files of the only run, by path, and what is in those that stand on the branch. */
function filesOf(world: World): Readonly<Record<string, string>> {
  const paths = world.git('ls-tree', '-r', '--name-only', 'mlv').split('\n')
  const files = paths.filter((path) => path.startsWith('runs/') && path.includes('/files/'))
  return Object.fromEntries(files.map((path) => [path.split('/files/')[1] ?? '', world.git('show', `mlv:${path}`)]))
}

test('ranks are merged in the order of their files, and all their steps and values stay', async () => {
  const { repository, id, append, recover } = await left()
  append('log-1.jsonl', '{"metric":"loss","value":NaN,"step":1}\n{"metric":"loss","value":-Infinity,"step":0}\n')
  append('log-0.jsonl', '{"metric":"loss","value":1,"step":1}\n{"metric":"loss","value":2,"step":1}\n')
  append('log.jsonl', '{"metrics":{"loss":3,"acc":0.5},"step":9,"time":4000000000}\n')
  append('log-system.jsonl', '{"metric":"system/cpu.percent","value":97.5}\n')
  append('notes.txt', 'no log\n')
  const { series } = await readRunLogs(repository, id)
  expect(pointsOf(present(series.get(LOSS), 'the loss'))).toEqual([
    { step: 1, value: 1 },
    { step: 1, value: 2 },
    { step: 1, value: NaN },
    { step: 0, value: -Infinity },
    { step: 9, value: 3, atMs: 4_000_000_000_000 },
  ])
  expect(await recover()).toMatchObject({ run: id, status: 'killed', told: [] })
})

test('a killed run is sealed once with all it logged, and was last seen when it logged last', async () => {
  const { world, repository, id, append, recover } = await left()
  append('log.jsonl', '{"params":{"lr":0.1,"opt":{"name":"adam"}}}\n{"tag":"baseline"}\n{"param":"lr","value":0.2}\n')
  append('log.jsonl', '{"metric":"loss","value":0.5,"time":4000000000}\n{"metric":"loss","val')
  const report = await recover()
  expect(report.told).toEqual(['log.jsonl:5: cut, the line was never finished (21 bytes)'])
  expect(world.json('show', id)).toMatchObject({
    run: {
      status: 'killed',
      lastSeenAt: '2096-10-02T07:06:40.000Z',
      parameters: { lr: 0.2, 'opt.name': 'adam' },
      metrics: { loss: { last: 0.5, count: 1 } },
    },
  })
  expect(await recoverRuns(repository)).toEqual({ sealed: [], skippedLive: [] })
  expect(world.git('rev-list', '--count', 'mlv')).toBe('2')
  expect(readdirSync(join(world.folder, '.git/mlv/journal'))).toEqual([])
})

test('sealing again after the commit had landed changes nothing', async () => {
  const { world, repository, id, append, recover } = await left()
  append('log.jsonl', '{"metric":"loss","value":1}\n{"text":"sample","value":"Once"}\n')
  const journal = join(world.folder, '.git/mlv/journal', id)
  const kept = join(world.folder, 'kept')
  copyFolder(journal, kept)
  await recover()
  const tip = world.git('rev-parse', 'mlv')
  copyFolder(kept, journal)
  expect((await recoverRuns(repository)).sealed).toMatchObject([{ alreadyRecorded: true, told: [] }])
  expect(world.git('rev-parse', 'mlv')).toBe(tip)
  expect(existsSync(journal)).toBe(false)
})

test('images, tables, texts and artifacts become files of the run, with an index', async () => {
  const { world, append, recover } = await left()
  world.write('a.PNG', 'first')
  world.write('p.csv', 'id,x\n1,2\n')
  world.write('out/model/config.json', '{}')
  world.write('out/model/vocab.txt', 'a b')
  const lines = [
    { image: 'samples', path: 'a.PNG', step: 10, caption: 'after one epoch', time: 1763733600.5 },
    { image: 'samples', path: 'a.PNG', step: 10 },
    { image: 'samples', path: join(world.folder, 'a.PNG') },
    { table: 'predictions', path: 'p.csv', key: 'id' },
    { table: 'val/confusion', columns: ['true', 'count'], rows: [['cat', 41]] },
    { table: 'val/confusion', columns: ['true', 'count'], rows: [['dog', 3]] },
    { table: 'predictions', path: 'p.csv', step: 3 },
    { text: 'sample', value: 'Once', step: 1 },
    { text: 'sample', value: 'upon\na time', step: 2 },
    { artifact: 'out/model' },
    { artifact: 'p.csv', name: 'data/predictions.csv' },
    { artifact: 'a.PNG', name: 'data/predictions.csv' },
  ]
  append('log.jsonl', lines.map((line) => `${JSON.stringify(line)}\n`).join(''))
  expect((await recover()).told).toEqual([])
  const { 'media.json': media, ...files } = filesOf(world)
  expect(files).toEqual({
    'data/predictions.csv': 'first',
    'images/samples/10.png': 'first',
    'images/samples/10-2.png': 'first',
    'images/samples/2.png': 'first',
    'out/model/config.json': '{}',
    'out/model/vocab.txt': 'a b',
    'tables/predictions.csv': 'id,x\n1,2',
    'tables/predictions/3.csv': 'id,x\n1,2',
    'tables/val/confusion.jsonl': '{"true":"cat","count":41}\n{"true":"dog","count":3}',
    'texts/sample.jsonl': '{"step":1,"value":"Once"}\n{"step":2,"value":"upon\\na time"}',
  })
  expect(JSON.parse(media ?? '')).toEqual({
    format: 1,
    kind: 'media',
    images: [
      {
        key: 'samples',
        path: 'images/samples/10.png',
        step: 10,
        caption: 'after one epoch',
        time: 1_763_733_600_500,
      },
      { key: 'samples', path: 'images/samples/10-2.png', step: 10 },
      { key: 'samples', path: 'images/samples/2.png' },
    ],
    tables: [
      { key: 'predictions', path: 'tables/predictions.csv', rowKey: 'id' },
      { key: 'val/confusion', path: 'tables/val/confusion.jsonl', columns: ['true', 'count'], rows: 2 },
      { key: 'predictions', path: 'tables/predictions/3.csv', step: 3 },
    ],
    texts: [{ key: 'sample', path: 'texts/sample.jsonl', count: 2 }],
  })
})

test('nothing a log names leaves the files of the run; it is told and the run is sealed', async () => {
  const { world, append, recover } = await left()
  world.write('a.txt', 'a')
  mkdirSync(join(world.folder, 'folder'))
  writeFileSync(join(world.folder, 'folder/b.txt'), 'b')
  symlinkSync('/etc', join(world.folder, 'folder/etc'))
  const lines = [
    { artifact: 'a.txt', name: '../escaped' },
    { artifact: 'a.txt', name: '/etc/passwd' },
    { artifact: 'a.txt', name: '.git/hooks/pre-commit' },
    { artifact: 'a.txt', name: 'a\\..\\..\\b' },
    { artifact: 'gone.txt' },
    { artifact: 'a.txt\u0000' },
    { artifact: 'folder' },
    { image: '../../x', path: 'a.txt' },
    { image: 'folder', path: 'folder' },
    { table: 'CON', path: 'a.txt' },
    { text: 'a:b', value: 'x' },
    { artifact: 'a.txt', name: 'fine.txt' },
  ]
  append('log.jsonl', lines.map((line) => `${JSON.stringify(line)}\n`).join(''))
  const { told } = await recover()
  expect(Object.keys(filesOf(world))).toEqual(['fine.txt'])
  expect(told.map((text) => text.replaceAll(world.folder, 'FOLDER'))).toMatchInlineSnapshot(`
    [
      "log.jsonl:1: left out, '../escaped' leaves the model folder",
      "log.jsonl:2: left out, '/etc/passwd' is not a relative path",
      "log.jsonl:3: left out, '.git/hooks/pre-commit' is a git control path",
      "log.jsonl:4: left out, 'a\\..\\..\\b' leaves the model folder",
      "log.jsonl:5: left out, "gone.txt" is not there",
      "log.jsonl:6: left out, "a.txt\\u0000" cannot be read",
      "log.jsonl:7: left out, 'etc' is a symbolic link to '/etc', outside the named folder",
      "log.jsonl:8: left out, 'images/../../x/0.txt' leaves the model folder",
      "log.jsonl:9: left out, "folder" is not a file",
      "log.jsonl:10: left out, 'tables/CON.txt' cannot exist on Windows",
      "log.jsonl:11: left out, 'texts/a:b.jsonl' cannot exist on Windows",
    ]
  `)
})

test('a live run logs everything through its own file, and calls may overlap', async () => {
  const world = initialized()
  const repository = await openForTest(world.folder)
  world.write('cat.png', 'cat')
  const run = await startRun(repository, { experiment: 'live', parameters: new Map([['seed', 7n]]) })
  const steps = Array.from({ length: 200 }, (_, step) => step)
  await Promise.all([
    ...steps.map((step) => run.logMetric('loss', 1 / (step + 1))),
    run.logParameters(new Map([['lr', 0.1]])),
    run.addTags(['wide', 'first']),
    run.logImage('cats', 'cat.png', { step: 3, caption: 'a cat' }),
    run.logTable('scores', { columns: ['name', 'score'], rows: [['ada', 1n]] }, { rowKey: 'name' }),
    run.logText('sample', 'Once'),
    run.logArtifact('cat.png', { name: 'pets/cat.png' }),
  ])
  appendFileSync(join(run.folder, 'log-child.jsonl'), '{"metric":"child/loss","value":1}\n')
  const sealed = await run.finish()
  expect(sealed.metrics.get(LOSS)?.summary).toMatchObject({ last: 0.005, count: 200 })
  expect(sealed.metrics.get(parseMetricKey('child/loss'))?.summary.count).toBe(1)
  expect(Object.fromEntries(sealed.parameters)).toEqual({ seed: 7n, lr: 0.1 })
  expect(Object.keys(filesOf(world)).sort()).toEqual([
    'images/cats/3.png',
    'media.json',
    'pets/cat.png',
    'tables/scores.jsonl',
    'texts/sample.jsonl',
  ])
  expect(world.json('show', sealed.id)).toMatchObject({ notes: { tags: ['first', 'wide'] } })
})

test('a live run refuses at once what could only be told later', async () => {
  const world = initialized()
  const repository = await openForTest(world.folder)
  const run = await startRun(repository, { experiment: 'live' })
  const codes = await Promise.all(
    [
      run.logArtifact('gone.bin'),
      run.logArtifact('train.py', { name: '../train.py' }),
      run.logImage('../x', 'train.py'),
      run.logMetric('loss', 1, { step: 0.5 }),
      run.logTable('t', { columns: ['a'], rows: [[1, 2]] }),
    ].map((call) =>
      call.then(
        () => 'accepted',
        (refused: unknown) => (refused as { readonly code: string }).code,
      ),
    ),
  )
  expect(codes).toEqual(['file-not-found', 'path-escape', 'path-escape', 'usage-invalid', 'usage-invalid'])
  const { metrics } = await run.fail(3)
  expect(metrics.size).toBe(0)
})
