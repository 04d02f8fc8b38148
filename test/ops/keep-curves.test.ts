/**
 * Curves of real runs: kept on the disk once they were looked at, the same without, and read on while a run lives.
 */
import { dirname, join } from 'node:path'
import { existsSync, mkdirSync, readdirSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs'
import { expect, onTestFinished, test } from 'vitest'
import { hostOptions } from '../../src/host.ts'
import { parseMetricKey } from '../../src/domain/key.ts'
import { exponentFor, TILE_COLUMNS } from '../../src/domain/series-tiles.ts'
import { keepCurves } from '../../src/ops/read/keep-curves.ts'
import { startRun } from '../../src/ops/record/start-run.ts'
import { openRepository } from '../../src/ops/repository/repository.ts'
import type { Repository } from '../../src/ops/repository/repository.ts'
import type { Files } from '../../src/store/files/files.ts'
import { nodeFiles } from '../../src/store/files/node-files.ts'
import { systemError } from '../support/memory-files.ts'
import { openForTest } from '../support/open-repository.ts'
import { GIT_VARIABLES } from '../support/repository.ts'
import { makeChurnWorld } from '../support/world.ts'
import type { World } from '../support/world.ts'

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

test('a summary is shown for a while only: once the points are here again, all of them are', async () => {
  const world = makeChurnWorld()
  let aheadMs = 0
  const repository = await openAhead(world, () => aheadMs)
  const run = await recorded(repository)
  const putBack = putAway(repository.commonDir)
  const keeper = keepCurves(repository)
  const away = await keeper.open(run)
  const summary = await away.find(LOSS)
  expect(away.isComplete).toBe(false)
  expect(summary?.total).toBeLessThan(SIZE)

  putBack()
  // Not every zoom asks the store anew.
  expect((await keeper.open(run)).isComplete).toBe(false)
  aheadMs += 30_000
  const back = await keeper.open(run)
  expect(back.isComplete).toBe(true)
  const loss = await back.find(LOSS)
  expect(loss?.total).toBe(SIZE)
  // Whoever has the summary is not told that it goes on, but gets the whole curve.
  expect(loss?.firstSince('step', summary?.cursor ?? '')).toBeUndefined()
})

test('pyramids that go away while they are open leave the points, and without these the summary says so', async () => {
  const world = makeChurnWorld()
  let aheadMs = 0
  const repository = await openAhead(world, () => aheadMs)
  const run = await recorded(repository)
  const keeper = keepCurves(repository)
  const curves = await keeper.open(run)
  expect(curves.isComplete).toBe(true)
  rmSync(join(repository.commonDir, 'mlv', 'index', 'series'), { recursive: true })
  const putBack = putAway(repository.commonDir)
  expect((await curves.find(LOSS))?.total).toBeLessThan(SIZE)
  expect(curves.isComplete).toBe(false)
  expect((await keeper.open(run)).isComplete).toBe(false)
  putBack()
  aheadMs += 30_000
  expect(await answer(repository, run)).toMatchObject({ isComplete: true, total: SIZE })
  expect((await keeper.open(run)).isComplete).toBe(true)
})

test('too many open files for a moment take no pyramid away', async () => {
  const world = makeChurnWorld()
  let isBusy = false
  const files: Files = {
    ...nodeFiles,
    open: async (path, mode, permissions) => {
      if (isBusy && path.includes('/index/series/')) throw systemError('EMFILE', path)
      return nodeFiles.open(path, mode, permissions)
    },
  }
  const repository = await openRepository({ ...hostOptions(world.folder), variables: GIT_VARIABLES, files })
  onTestFinished(() => repository.close())
  const run = await recorded(repository)
  const folder = join(repository.commonDir, 'mlv', 'index', 'series')
  const curves = await keepCurves(repository).open(run)
  const kept = readdirSync(folder)
  expect(kept).toHaveLength(1)
  isBusy = true
  expect((await curves.find(LOSS))?.total).toBe(SIZE)
  expect(readdirSync(folder)).toEqual(kept)
})

test('a run that the branch no longer has is not answered from what was found before', async () => {
  const world = makeChurnWorld()
  let aheadMs = 0
  const repository = await openAhead(world, () => aheadMs)
  const before = world.git('rev-parse', 'refs/heads/mlv').trim()
  const run = await recorded(repository)
  const keeper = keepCurves(repository)
  expect(await keeper.keysOf(run)).toContain(LOSS)
  world.git('update-ref', 'refs/heads/mlv', before)
  aheadMs += 2_000
  await expect(keeper.open(run)).rejects.toMatchObject({ code: 'run-not-found' })
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

/** The repository of a world, whose clock is ahead by so much. */
async function openAhead(world: World, aheadMs: () => number): Promise<Repository> {
  const options = hostOptions(world.folder)
  const clock = { ...options.clock, elapsedMs: () => options.clock.elapsedMs() + aheadMs() }
  const repository = await openRepository({ ...options, variables: GIT_VARIABLES, clock })
  onTestFinished(() => repository.close())
  return repository
}

/** Moves what this clone has of artifacts away; answers with how to put it back. */
function putAway(commonDir: string): () => void {
  const places = ['mlv/objects', 'lfs/objects'].filter((name) => existsSync(join(commonDir, name)))
  const away = join(commonDir, 'away')
  for (const name of places) {
    mkdirSync(dirname(join(away, name)), { recursive: true })
    renameSync(join(commonDir, name), join(away, name))
  }
  return () => {
    for (const name of places) {
      rmSync(join(commonDir, name), { recursive: true, force: true })
      renameSync(join(away, name), join(commonDir, name))
    }
  }
}

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
