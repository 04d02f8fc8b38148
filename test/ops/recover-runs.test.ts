/**
 * Recovery: what a killed writer left is sealed, what still runs is left alone, and a bad journal stops no other.
 */
import { appendFileSync, mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { parseMetricKey } from '../../src/domain/key.ts'
import { listRuns } from '../../src/ops/read/list-runs.ts'
import { recoverRuns } from '../../src/ops/record/recover-runs.ts'
import { readStatus } from '../../src/ops/read/read-status.ts'
import { startRun } from '../../src/ops/record/start-run.ts'
import { encodeFrames } from '../../src/store/journal/frames.ts'
import { encodeEvent } from '../../src/store/journal/journal-event.ts'
import { leaveRun } from '../support/left-run.ts'
import { sampleUlid } from '../support/sample.ts'
import { openForTest } from '../support/open-repository.ts'
import { makeReadyWorld } from '../support/world.ts'
import type { World } from '../support/world.ts'

test('a run of this very process that still runs is not sealed under its feet', async () => {
  const world = initialized()
  const repository = await openForTest(world.folder)
  const run = await startRun(repository, { experiment: 'live' })
  await run.logMetric('loss', 0.5)
  expect(await recoverRuns(repository)).toEqual({ sealed: [], skippedLive: [run.id] })
  await run.logMetric('loss', 0.25)
  expect((await run.finish()).metrics.get(parseMetricKey('loss'))?.summary).toMatchObject({ last: 0.25, count: 2 })
  expect(await listRuns(repository, {})).toHaveLength(1)
})

test('a damaged journal is told, and the other runs are sealed all the same', async () => {
  const world = initialized()
  const good = leftBehind(world, 1)
  const bad = leftBehind(world, 2)
  damage(join(bad, 'events'))
  const repository = await openForTest(world.folder)
  expect((await readStatus(repository)).pending).toHaveLength(2)
  await expect(recoverRuns(repository)).rejects.toMatchObject({ code: 'journal-damaged' })
  expect(await listRuns(repository, {})).toHaveLength(1)
  expect(readdirSync(join(good, '..'))).toHaveLength(1)
})

test('a journal that is only being started is not one that was left behind', async () => {
  const world = initialized()
  const folder = join(world.folder, '.git/mlv/journal', sampleUlid(9))
  mkdirSync(folder, { recursive: true })
  writeFileSync(join(folder, 'events.starting'), '')
  const repository = await openForTest(world.folder)
  expect(await recoverRuns(repository)).toEqual({ sealed: [], skippedLive: [] })
  expect(readdirSync(folder)).toEqual(['events.starting'])
})

function initialized(): World {
  const world = makeReadyWorld()
  return world
}

/** Leaves a run whose process is gone, with a journal of some events. */
function leftBehind(world: World, number: number): string {
  const { folder } = leaveRun(world.folder, `left ${number}`)
  const tags = ['a', 'b', 'c'].map((tag) => encodeEvent({ kind: 'tags', tags: [tag] }))
  appendFileSync(join(folder, 'events'), encodeFrames(tags))
  return folder
}

/** Breaks the payload of the third frame and leaves those after it whole. */
function damage(path: string): void {
  const bytes = readFileSync(path)
  let position = 0
  for (let frame = 0; frame < 2; frame += 1) position += 8 + bytes.readUInt32LE(position)
  bytes[position + 10] = (bytes[position + 10] ?? 0) ^ 0xff
  writeFileSync(path, bytes)
}
