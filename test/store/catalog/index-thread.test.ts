/**
 * The thread that makes a new index: what comes of it is what the branch says, and a thread that fails is done without.
 * Tried on the command as it is installed, because a thread starts from a file of the bundle.
 */
import { execFileSync, spawnSync } from 'node:child_process'
import { copyFileSync, existsSync, readdirSync, rmSync, writeFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { expect, test } from 'vitest'
import { ulidFrom } from '../../../src/base/ulid.ts'
import { runIdOf } from '../../../src/domain/run.ts'
import { runFolder } from '../../../src/domain/tree-path.ts'
import { encodeNotes } from '../../../src/store/documents/notes-manifest.ts'
import { encodeRun } from '../../../src/store/documents/run-manifest.ts'
import { exampleRun } from '../../support/example-records.ts'
import { temporaryFolder } from '../../support/repository.ts'
import { metricsOf } from '../../support/sample.ts'
import { makeWorld, MLV, WORLD_VARIABLES } from '../../support/world.ts'
import type { World } from '../../support/world.ts'

/** More than a thread is worth for, over two days, and no whole number of blocks. */
const RUNS = 2100
const WORKER = 'index-worker.js'

const FAILURES = {
  'says that it failed': "parentPort.on('message', () => parentPort.postMessage({ kind: 'failed' }))",
  'ends at once': 'process.exit(3)',
  'breaks at its work': "parentPort.on('message', () => { throw new Error('out of order') })",
}

test('an index that a thread made says what the branch says', () => {
  const world = manyRuns()
  const index = indexFile(world)
  const mlv = installed(world)
  const asked = [
    ['ls', '--all', '--filter', 'metric.auc >= 0.5', '--sort', '-metric.auc', '--columns', 'metric.auc,tag,param.seed'],
    ['export', '--format', 'jsonl', '--all'],
  ]
  for (const args of asked) {
    rmSync(index, { force: true })
    const found = mlv('always', ...args)
    expect(found).toEqual(mlv('never', ...args))
    expect(found).toMatchObject({ status: 0, stderr: '' })
    expect(existsSync(index)).toBe(true)
  }
})

test('a thread that fails, however it does, is done without', () => {
  const world = manyRuns()
  const index = indexFile(world)
  const asked = ['ls', '--limit', '5', '--json']
  const expected = installed(world)('never', ...asked)
  expect(expected).toMatchObject({ status: 0, stderr: '' })
  for (const [how, program] of Object.entries(FAILURES)) {
    const mark = join(temporaryFolder(), 'began')
    const head = "import { parentPort } from 'node:worker_threads'\nimport { writeFileSync } from 'node:fs'\n"
    const mlv = installed(world, `${head}writeFileSync(${JSON.stringify(mark)}, '')\n${program}\n`)
    rmSync(index, { force: true })
    expect(mlv('always', ...asked), how).toEqual(expected)
    expect(existsSync(mark), how).toBe(true)
    expect(readdirSync(dirname(index)), how).toEqual(['runs'])
  }
})

test('where no thread can be started the index is made without', () => {
  const world = manyRuns()
  const index = indexFile(world)
  const mlv = installed(world)
  const none = join(temporaryFolder(), 'no-threads.cjs')
  const refusing = "class { constructor() { throw new Error('EAGAIN') } }"
  const program = `const threads = require('worker_threads'); threads.Worker = ${refusing}`
  writeFileSync(none, `${program}\nrequire('module').syncBuiltinESMExports()\n`)
  rmSync(index, { force: true })
  const asked = ['ls', '--limit', '5', '--json']
  const found = mlv({ MLV_INDEX: 'always', NODE_OPTIONS: `--require=${none}` }, ...asked)
  expect(found).toEqual(mlv('never', ...asked))
  expect(found).toMatchObject({ status: 0, stderr: '' })
  expect(existsSync(index)).toBe(true)
})

test('a record that cannot be read is told in the words of the branch', () => {
  const world = manyRuns()
  const mlv = installed(world)
  const [file] = filesOf(700)
  importFiles(world, [[file?.[0] ?? '', Buffer.from('format: 1\nkind: run\nid: nonsense\n')]])
  const found = mlv('always', 'ls', '--limit', '5')
  expect(found).toEqual(mlv('never', 'ls', '--limit', '5'))
  expect(found.status).not.toBe(0)
  expect(existsSync(indexFile(world))).toBe(false)
})

function manyRuns(): World {
  const world = makeWorld()
  world.mlv('init')
  importFiles(world, Array.from({ length: RUNS }, (_, index) => filesOf(index)).flat())
  return world
}

function indexFile(world: World): string {
  return join(world.folder, '.git/mlv/index/runs')
}

/** The command in a folder of its own, with its worker or another; it runs with the index or without. */
function installed(world: World, worker?: string) {
  const folder = temporaryFolder()
  const dist = dirname(MLV)
  const isNeeded = (name: string): boolean => /\.(?:cjs|compiled|wasm)$/.test(name)
  for (const name of readdirSync(dist).filter(isNeeded)) copyFileSync(join(dist, name), join(folder, name))
  writeFileSync(join(folder, 'package.json'), '{"type":"module"}')
  if (worker === undefined) copyFileSync(join(dist, WORKER), join(folder, WORKER))
  else writeFileSync(join(folder, WORKER), worker)
  return (index: 'always' | 'never' | Readonly<Record<string, string>>, ...args: readonly string[]) => {
    const wishes = typeof index === 'string' ? { MLV_INDEX: index } : index
    const { status, stdout, stderr } = spawnSync(process.execPath, [join(folder, 'mlv.cjs'), ...args], {
      cwd: world.folder,
      env: { ...WORLD_VARIABLES, ...wishes },
      encoding: 'utf8',
      maxBuffer: 1 << 28,
      timeout: 60_000,
    })
    return { status, stdout, stderr }
  }
}

type File = readonly [path: string, bytes: Uint8Array]

/** What a run has on the branch: its record, of each hundredth written by hand, and notes of some. */
function filesOf(index: number): readonly File[] {
  const bytes = Uint8Array.of(index % 7, index % 11, 0, 0, 0, 0, 0, 0, index >> 8, index & 255)
  const id = runIdOf(ulidFrom(Date.UTC(2026, 10, 20, 0, index), bytes))
  const run = { ...exampleRun, id, metrics: metricsOf({ auc: (index % 997) / 997, [`m${index % 3}`]: index }) }
  const record = encodeRun(run)
  const byHand = Buffer.concat([Buffer.from('# seen\n'), record])
  const notes = encodeNotes({ tags: ['seen'], archived: index % 20 === 0, note: `looked at ${index}` })
  return [
    [`${runFolder(id)}/run.yaml`, index % 100 === 50 ? byHand : record],
    ...(index % 10 === 0 ? [[`${runFolder(id)}/notes.yaml`, notes] as const] : []),
  ]
}

function importFiles(world: World, files: readonly File[]): void {
  const ref = 'refs/heads/mlv'
  const head = `commit ${ref}\ncommitter Ada <ada@example.com> 1790000000 +0000\ndata 5\nruns\nfrom ${ref}^0\n`
  const parts = files.map(([path, bytes]) =>
    Buffer.concat([Buffer.from(`M 100644 inline ${path}\ndata ${bytes.length}\n`), bytes, Buffer.from('\n')]),
  )
  const input = Buffer.concat([Buffer.from(head), ...parts])
  execFileSync('git', ['fast-import', '--quiet'], { cwd: world.folder, env: WORLD_VARIABLES, input })
}
