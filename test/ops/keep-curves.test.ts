/**
 * Curves of real runs: kept on the disk once they were looked at, the same without, and read on while a run lives.
 */
import { join } from 'node:path'
import { readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { expect, test } from 'vitest'
import { hostOptions } from '../../src/host.ts'
import { parseMetricKey } from '../../src/domain/key.ts'
import { exponentFor, TILE_COLUMNS } from '../../src/domain/series-tiles.ts'
import { keepCurves } from '../../src/ops/read/keep-curves.ts'
import { startRun } from '../../src/ops/record/start-run.ts'
import { openRepository } from '../../src/ops/repository/repository.ts'
import type { Repository } from '../../src/ops/repository/repository.ts'
import type { Files } from '../../src/store/files/files.ts'
import { nodeFiles } from '../../src/store/files/node-files.ts'
import { openForTest } from '../support/open-repository.ts'
import { GIT_VARIABLES } from '../support/repository.ts'
import { makeChurnWorld } from '../support/world.ts'

const LOSS = parseMetricKey('loss')
const AUC = parseMetricKey('auc')
const SIZE = 6_000

async function recorded(repository: Repository): Promise<string> {
  const run = await startRun(repository, { experiment: 'churn' })
  for (let step = 0; step < SIZE; step += 1) void run.logMetric('loss', step === 4_321 ? 1e6 : 1 / (step + 1), { step })
  await run.logMetric('auc', 0.5, { step: 0 })
  await run.finish()
  return run.id
}

/** What a new server answers of a run. */
async function answer(repository: Repository, run: string): Promise<unknown> {
  const curves = await keepCurves(repository).open(run)
  const loss = await curves.find(LOSS)
  const range = { from: 0, to: SIZE - 1 }
  const tiles = await loss?.cut('step', range, exponentFor(range, 100))
  const auc = await curves.find(AUC)
  return {
    isComplete: curves.isComplete,
    total: loss?.total,
    extent: loss?.extent('step'),
    tiles: tiles === undefined ? undefined : TILE_COLUMNS.map((name) => [...tiles[name]]),
    auc: auc?.total,
    none: await curves.find(parseMetricKey('none')),
  }
}

test('pyramids are kept at the first look, answer alone, and damaged ones are made anew', async () => {
  const world = makeChurnWorld()
  const repository = await openForTest(world.folder)
  const run = await recorded(repository)
  const folder = join(repository.commonDir, 'mlv', 'index', 'series')
  const first = await answer(repository, run)
  expect(first).toMatchObject({ isComplete: true, total: SIZE, extent: { from: 0, to: SIZE - 1 }, auc: 1 })
  const [name = ''] = readdirSync(folder)
  const path = join(folder, name)
  const bytes = readFileSync(path)

  for (const at of [10, bytes.length >> 1, bytes.length - 100, bytes.length - 5]) {
    const flipped = Buffer.from(bytes)
    flipped[at] = (flipped[at] ?? 0) ^ 1
    writeFileSync(path, flipped)
    expect(await answer(repository, run)).toEqual(first)
  }
  // Taken away and damaged while a server has it open.
  const curves = await keepCurves(repository).open(run)
  const loss = await curves.find(LOSS)
  rmSync(path)
  const range = { from: 4_000, to: 5_000 }
  const tiles = await loss?.cut('step', range, 0)
  expect(Math.max(...(tiles?.maxs ?? []))).toBe(1e6)

  expect(await answer(repository, run)).toEqual(first)
  // Without the points themselves: what is kept answers.
  for (const objects of ['mlv/objects', 'lfs/objects']) {
    rmSync(join(repository.commonDir, objects), { recursive: true, force: true })
  }
  expect(await answer(repository, run)).toEqual(first)
  rmSync(path)
  expect(await answer(repository, run)).toMatchObject({ isComplete: false })
})

test('switched off, nothing is kept, and the answer is the same', async () => {
  const world = makeChurnWorld()
  const on = await openForTest(world.folder)
  const run = await recorded(on)
  const off = await openRepository({
    ...hostOptions(world.folder),
    variables: { ...GIT_VARIABLES, MLV_SERIES_CACHE: '0' },
  })
  const without = await answer(off, run)
  await off.close()
  expect(readdirSync(join(on.commonDir, 'mlv')).includes('index')).toBe(false)
  expect(await answer(on, run)).toEqual(without)
})

test('of a live run no byte is read twice', async () => {
  const world = makeChurnWorld()
  const counted = { bytes: 0 }
  const files = countingReads(counted)
  const repository = await openRepository({ ...hostOptions(world.folder), variables: GIT_VARIABLES, files })
  const run = await startRun(repository, { experiment: 'churn' })
  for (let step = 0; step < 20_000; step += 1) void run.logMetric('loss', step, { step })
  await run.logMetric('loss', 1, { step: 20_000 })
  const keeper = keepCurves(repository)
  const look = async () => (await keeper.open(run.id)).find(LOSS)
  const before = await look()
  expect(before?.total).toBe(20_001)

  for (let step = 20_001; step < 20_011; step += 1) await run.logMetric('loss', step, { step })
  counted.bytes = 0
  const after = await look()
  expect(after?.total).toBe(20_011)
  expect(counted.bytes).toBeLessThan(2_000)
  expect(after?.firstSince('step', before?.cursor ?? '')).toBe(20_001)
  const range = { from: 0, to: 20_010 }
  const tiles = await after?.cut('step', range, exponentFor(range, 50))
  expect(tiles?.finites.reduce((sum, count) => sum + count, 0)).toBe(20_011)
  await run.finish()
  expect((await look())?.total).toBe(20_011)
  await repository.close()
})

/** The disk of this machine, which counts what is read of logs. */
function countingReads(counted: { bytes: number }): Files {
  return {
    ...nodeFiles,
    open: async (path, mode, permissions) => {
      const file = await nodeFiles.open(path, mode, permissions)
      if (mode !== 'read' || !path.endsWith('.jsonl')) return file
      return {
        ...file,
        read: async (buffer, position) => {
          const count = await file.read(buffer, position)
          counted.bytes += count
          return count
        },
      }
    },
  }
}
