/**
 * The index under damage and failing disks: it is a cache, so nothing that happens to it may change an answer.
 */
import { expect, test } from 'vitest'
import { operationIdOf } from '../../src/domain/operation.ts'
import { formatOperation } from '../../src/domain/operation-message.ts'
import { parseRefName } from '../../src/domain/ref-name.ts'
import { runIdOf } from '../../src/domain/run.ts'
import { rootPath, runFolder } from '../../src/domain/tree-path.ts'
import { hostOptions } from '../../src/host.ts'
import { listRuns } from '../../src/ops/read/list-runs.ts'
import { openRepository } from '../../src/ops/repository/repository.ts'
import { encodeRun } from '../../src/store/documents/run-manifest.ts'
import { encodeSettings } from '../../src/store/documents/settings-manifest.ts'
import type { Files } from '../../src/store/files/files.ts'
import type { TreeEdit } from '../../src/store/git/engine.ts'
import { exampleRun } from '../support/example-records.ts'
import { faultyFiles, FAULTS } from '../support/faulty-files.ts'
import { makeMemoryRepository, SIGNATURES } from '../support/repository.ts'
import type { MemoryRepository } from '../support/repository.ts'
import { metricsOf, sampleUlid } from '../support/sample.ts'

const MLV = parseRefName('refs/heads/mlv')
const INDEX = '/repository/.git/mlv/index/runs'
const SETTINGS = {
  format: 1,
  layout: 'single' as const,
  areas: { registry: MLV, records: MLV },
  store: 'lfs' as const,
  stores: [],
  mirrors: [],
}

test('whichever byte of the index is flipped, zeroed or cut away, lists stay as they are', async () => {
  const world = await worldOf(40)
  const expected = await listed(world.files, 'never')
  expect(await listed(world.files, 'always')).toEqual(expected)
  const whole = Buffer.from(world.volume.readFileSync(INDEX) as Buffer)
  let remade = 0
  for (let at = 0; at < whole.length; at += Math.ceil(whole.length / 40)) {
    for (const damaged of [flipped(whole, at), zeroed(whole, at), whole.subarray(0, at)]) {
      world.volume.writeFileSync(INDEX, damaged)
      expect(await listed(world.files, 'always')).toEqual(expected)
      // Either this command made it anew, or it removed it for the next one.
      expect(await listed(world.files, 'always')).toEqual(expected)
      remade += (world.volume.readFileSync(INDEX) as Buffer).equals(damaged) ? 0 : 1
    }
  }
  expect(remade).toBeGreaterThan(100)
})

test('a disk that fails at any moment, or a kill, changes no answer and leaves no index that does', async () => {
  const world = await worldOf(5)
  const expected = await listed(world.files, 'never')
  let hasFailed = 0
  for (const fault of FAULTS) {
    for (let at = 1; at <= 12; at += 1) {
      if (world.volume.existsSync(INDEX)) world.volume.unlinkSync(INDEX)
      const files = onlyIndex(world.files, faultyFiles(world.files, { at, fault }))
      const found = await listed(files, 'always').catch(() => 'killed')
      if (found !== 'killed') expect(found).toEqual(expected)
      hasFailed += world.volume.existsSync(INDEX) ? 0 : 1
      expect(await listed(world.files, 'always')).toEqual(expected)
    }
  }
  expect(hasFailed).toBeGreaterThan(20)
})

test('an index that is removed while it is read, or that a directory is in the place of, is done without', async () => {
  const world = await worldOf(40)
  const expected = await listed(world.files, 'always')
  const removing: Files = {
    ...world.files,
    open: async (path, mode, permissions) => {
      const file = await world.files.open(path, mode, permissions)
      if (path === INDEX && mode === 'read') world.volume.truncateSync(INDEX, 100)
      return file
    },
  }
  expect(await listed(removing, 'always')).toEqual(expected)
  world.volume.unlinkSync(INDEX)
  world.volume.mkdirSync(INDEX)
  expect(await listed(world.files, 'always')).toEqual(expected)
})

test('twenty readers at once make one index and answer alike', async () => {
  const world = await worldOf(40)
  const expected = await listed(world.files, 'never')
  const found = await Promise.all(Array.from({ length: 20 }, () => listed(world.files, 'always')))
  for (const rows of found) expect(rows).toEqual(expected)
  expect(world.volume.readdirSync('/repository/.git/mlv/index')).toEqual(['runs'])
})

async function worldOf(count: number): Promise<MemoryRepository> {
  const world = makeMemoryRepository()
  const repository = await openRepository({ ...hostOptions('/repository'), files: world.files, engine: 'embedded' })
  const runs = Array.from({ length: count }, (_, index): TreeEdit => {
    const id = runIdOf(sampleUlid(index + 1))
    const run = { ...exampleRun, id, metrics: metricsOf({ auc: index / count, loss: NaN }) }
    return { kind: 'put', path: rootPath(`${runFolder(id)}/run.yaml`), bytes: encodeRun(run) }
  })
  const settings: TreeEdit = { kind: 'put', path: rootPath('mlv.json'), bytes: encodeSettings(SETTINGS) }
  const message = formatOperation({ kind: 'commit', subject: 'runs', id: operationIdOf(sampleUlid(0)) })
  const update = { ref: MLV, expected: undefined, edits: [settings, ...runs], alsoParents: [], message }
  await repository.context.engine.commitRefs([update], SIGNATURES)
  await repository.close()
  return world
}

async function listed(files: Files, index: string): Promise<unknown> {
  const options = { files, engine: 'embedded' as const, variables: { MLV_INDEX: index } }
  const repository = await openRepository({ ...hostOptions('/repository'), ...options })
  try {
    return await listRuns(repository, { filter: 'metric.auc > 0.2', sort: '-metric.auc', limit: 30 })
  } finally {
    await repository.close()
  }
}

/** Faults meet the index alone: those of the branch are told, and tested elsewhere. */
function onlyIndex(files: Files, faulty: Files): Files {
  const of = (path: string): Files => (path.includes('/mlv/index') ? faulty : files)
  return {
    ...files,
    open: (path, mode, permissions) => of(path).open(path, mode, permissions),
    makeFolder: (path, permissions) => of(path).makeFolder(path, permissions),
    readFolder: (path) => of(path).readFolder(path),
    lstat: (path) => of(path).lstat(path),
    rename: (from, to) => of(from).rename(from, to),
    remove: (path) => of(path).remove(path),
  }
}

function flipped(bytes: Uint8Array, at: number): Uint8Array {
  const copy = Buffer.from(bytes)
  copy.writeUInt8(copy.readUInt8(at) ^ 0x10, at)
  return copy
}

function zeroed(bytes: Uint8Array, at: number): Uint8Array {
  return Buffer.from(bytes).fill(0, at, at + 512)
}
