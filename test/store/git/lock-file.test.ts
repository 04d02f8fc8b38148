/**
 * Locks that a crash cannot wedge: a dead writer's is recognised and removed, anyone else's is left.
 */
import { expect, test } from 'vitest'
import type { Files } from '../../../src/store/files/files.ts'
import { clearLeftLocks, holdLock } from '../../../src/store/git/lock-file.ts'
import { writeFile } from '../../support/git-worlds.ts'
import { systemError } from '../../support/memory-files.ts'
import { makeMemoryRepository } from '../../support/repository.ts'

const FILE = '/repository/.git/refs/heads/mlv'
const LOCK = `${FILE}.lock`

test('a lock becomes the file, or leaves it as it is', async () => {
  const { place, files } = makeMemoryRepository()
  await (await holdLock(place, files, { file: FILE, content: 'one\n' })).commit()
  const second = await holdLock(place, files, { file: FILE, content: 'two\n' })
  expect(Buffer.from(await files.readFile(LOCK)).toString()).toBe('two\n')
  await second.release()

  expect(Buffer.from(await files.readFile(FILE)).toString()).toBe('one\n')
  expect(await files.lstat(LOCK)).toBeUndefined()
})

test("a dead writer's lock is removed, once", async () => {
  const { place, files } = makeMemoryRepository()
  await holdLock(place, files, { file: FILE, content: 'dead\n' })
  await clearLeftLocks(place, files)

  expect(await files.lstat(LOCK)).toBeUndefined()
  await (await holdLock(place, files, { file: FILE, content: 'alive\n' })).commit()
  expect(Buffer.from(await files.readFile(FILE)).toString()).toBe('alive\n')
})

// The writer died after its lock was gone; the lock there now is another program's, made since.
test("another program's lock is left, also where a dead writer's was", async () => {
  const { place, files } = makeMemoryRepository()
  await holdLock(place, files, { file: FILE, content: 'dead\n' })
  await writeFile(files, LOCK, 'git\n')
  await clearLeftLocks(place, files)

  expect(Buffer.from(await files.readFile(LOCK)).toString()).toBe('git\n')
  await expect(holdLock(place, files, { file: FILE, content: 'x\n' })).rejects.toMatchObject({ code: 'ref-locked' })
  expect(Buffer.from(await files.readFile(LOCK)).toString()).toBe('git\n')
})

test('a lock let go twice, or after it was committed, leaves the lock another took meanwhile', async () => {
  const { place, files } = makeMemoryRepository()
  const lock = await holdLock(place, files, { file: FILE, content: 'one\n' })
  await lock.commit()
  await writeFile(files, LOCK, 'git\n')
  await lock.release()

  expect(Buffer.from(await files.readFile(LOCK)).toString()).toBe('git\n')
})

test('a folder that git removed in the meantime is made again', async () => {
  const { place, files } = makeMemoryRepository()
  const file = '/repository/.git/refs/mlv/code'
  let removals = 1
  const link: Files['link'] = async (from, to) => {
    if (removals > 0) await files.removeFolder('/repository/.git/refs/mlv')
    removals -= 1
    await files.link(from, to)
  }
  await (await holdLock(place, { ...files, link }, { file, content: 'one\n' })).commit()

  expect(Buffer.from(await files.readFile(file)).toString()).toBe('one\n')
})

test('a disk without hard links still lets one in at a time', async () => {
  const { place, files } = makeMemoryRepository()
  const linkless: Files = { ...files, link: (_, to) => Promise.reject(systemError('EPERM', to)) }
  const lock = await holdLock(place, linkless, { file: FILE, content: 'one\n' })

  await expect(holdLock(place, linkless, { file: FILE, content: 'two\n' })).rejects.toThrow()
  await lock.commit()
  expect(Buffer.from(await files.readFile(FILE)).toString()).toBe('one\n')
})
