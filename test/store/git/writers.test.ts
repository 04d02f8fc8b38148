/**
 * Many writers of one branch: nothing that was acknowledged is lost, whoever races and whoever is killed, and nobody
 * has to clean up by hand.
 */
import { readdirSync } from 'node:fs'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { nodeFiles } from '../../../src/store/files/node-files.ts'
import { openEngine } from '../../../src/store/git/open-engine.ts'
import { withWriterLock } from '../../../src/store/git/writer-lock.ts'
import { environmentWith, lockOptions } from '../../support/git-environment.ts'
import { MLV, put, updateOf } from '../../support/git-worlds.ts'
import { fsck, makeRepository, SIGNATURES } from '../../support/repository.ts'
import type { TestRepository } from '../../support/repository.ts'
import { buildWriter, startWriter } from '../../support/writer-processes.ts'

test('8 processes commit 20 times each: all 160 commits are there, in one line', async () => {
  const repository = makeRepository()
  const program = buildWriter()
  const folder = repository.place.commonDir
  const writers = Array.from({ length: 8 }, (_, index) =>
    startWriter(program, folder, { name: `w${index}`, count: 20 }),
  )
  const acknowledged = (await Promise.all(writers.map((writer) => writer.acknowledged))).flat()

  expect(writers.map((writer) => writer.complaints()).join('')).toBe('')
  expect(acknowledged.length).toBe(160)
  expect([...acknowledged].sort()).toEqual(historyOf(repository).toSorted())
  expect(repository.git('rev-list', '--merges', 'mlv')).toBe('')
  expect(repository.git('rev-list', '--max-parents=0', '--count', 'mlv')).toBe('1')
  expect(repository.git('ls-tree', '-r', '--name-only', 'mlv').split('\n').length).toBe(160)
  expect(fsck(repository)).toBe('')
  expect(leftoversIn(repository)).toEqual([])
})

test('16 tasks of one process take turns too', async () => {
  const repository = makeRepository()
  const engine = await openEngine(repository.place, nodeFiles, environmentWith(), 'system')
  const commitOnce = (index: number) =>
    withWriterLock(repository.place, nodeFiles, lockOptions(), async () => {
      const expected = await engine.readRef(MLV)
      const update = updateOf({ expected, edits: [put(`runs/${index}`, `${index}`)] })
      return (await engine.commitRefs([update], SIGNATURES))[0]
    })
  const acknowledged = await Promise.all(Array.from({ length: 16 }, (_, index) => commitOnce(index)))
  await engine.close()

  expect(acknowledged.toSorted()).toEqual(historyOf(repository).toSorted())
  expect(repository.git('rev-list', '--max-parents=0', '--count', 'mlv')).toBe('1')
})

// A writer is killed at another moment of its commit each round: alone, so that its git processes outlive it, or with
// them. The next writer must go on by itself.
test('writers killed at any moment lose nothing and block nobody', async () => {
  const repository = makeRepository()
  const program = buildWriter()
  const folder = repository.place.commonDir
  const acknowledged: string[] = []
  for (let round = 0; round < 16; round += 1) {
    const writer = startWriter(program, folder, { name: `round${round}`, count: 1000 })
    await writer.reached(1 + (round % 3))
    // Rounds spread over the time of one commit; the result must not depend on where they fall.
    await new Promise((resolve) => setTimeout(resolve, (round * 7) % 23))
    writer.kill(round % 2 === 0 ? 'group' : 'alone')
    acknowledged.push(...(await writer.acknowledged))
    expect(writer.complaints()).toBe('')
  }
  const { clock } = environmentWith()
  const nextDay = { ...clock, nowMs: () => clock.nowMs() + 86_400_000 }
  // A git process that outlived its writer may still finish something behind the first of these.
  for (let next = 0; next < 20 && (next === 0 || leftoversIn(repository).length > 0); next += 1) {
    await withWriterLock(repository.place, nodeFiles, lockOptions({ clock: nextDay }), () => Promise.resolve())
  }

  expect(acknowledged.length).toBeGreaterThan(20)
  const reachable = new Set(historyOf(repository))
  expect(acknowledged.filter((oid) => !reachable.has(oid))).toEqual([])
  expect(fsck(repository)).toBe('')
  expect(leftoversIn(repository)).toEqual([])
})

test('a writer that is stopped keeps its lock, however long', async () => {
  const repository = makeRepository()
  const order: string[] = []
  let wake = (): void => undefined
  let stopped: Promise<unknown> = Promise.resolve()
  await new Promise<void>((holds) => {
    stopped = withWriterLock(repository.place, nodeFiles, lockOptions(), async () => {
      holds()
      await new Promise<void>((resolve) => void (wake = resolve))
      order.push('stopped')
    })
  })
  const waits: string[] = []
  const other = withWriterLock(
    repository.place,
    nodeFiles,
    lockOptions({
      onWait: ({ owner }) => {
        waits.push(owner)
        wake()
      },
    }),
    () => Promise.resolve(order.push('other')),
  )
  await Promise.all([stopped, other])

  expect(order).toEqual(['stopped', 'other'])
  expect(waits).toEqual([`process ${process.pid} on test-host`])
})

function historyOf(repository: TestRepository): readonly string[] {
  return repository.git('rev-list', 'mlv').split('\n')
}

/** Everything in the repository that only an unfinished commit has. */
function leftoversIn({ place }: TestRepository): readonly string[] {
  const all = readdirSync(place.commonDir, { recursive: true, encoding: 'utf8' })
  const unfinished = /\.lock$|\.keep$|tmp_|fast_import_crash|refs\/mlv\/tmp\/.|^mlv\/./
  return all.filter((path) => unfinished.test(path)).map((path) => join('.git', path))
}
