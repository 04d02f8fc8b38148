/**
 * The cache of what datasets came to: an unchanged one is looked at and not read, a changed one is read again.
 */
import { mkdirSync, renameSync, rmSync, statSync, utimesSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { setTimeout as wait } from 'node:timers/promises'
import { expect, test } from 'vitest'
import { nodeFiles } from '../../../src/store/files/node-files.ts'
import type { Files } from '../../../src/store/files/files.ts'
import { openDatasetCache } from '../../../src/store/data/dataset-cache.ts'
import { probeDataset } from '../../../src/store/data/datasets.ts'
import { temporaryFolder } from '../../support/repository.ts'

const BIG = Buffer.alloc(5 * 1024 * 1024, 'data')

/** A disk that tells which files of a folder were opened to be read. */
function watchedFiles(folder: string): { readonly files: Files; readonly read: () => readonly string[] } {
  const opened: string[] = []
  const files: Files = {
    ...nodeFiles,
    open: (path, mode, permissions) => {
      if (mode === 'read' && path.startsWith(folder)) opened.push(path)
      return nodeFiles.open(path, mode, permissions)
    },
  }
  return { files, read: () => opened.splice(0) }
}

interface CacheWorld {
  readonly data: string
  readonly probe: (path: string) => Promise<unknown>
  readonly read: () => readonly string[]
}

/** Every probe opens the cache anew, as every command does. */
function cacheWorld(): CacheWorld {
  const root = temporaryFolder()
  const data = join(root, 'data')
  mkdirSync(data)
  mkdirSync(join(root, 'git/mlv'), { recursive: true })
  const { files, read } = watchedFiles(data)
  let names = 0
  const place = {
    files,
    commonDir: join(root, 'git'),
    clock: { nowMs: () => Date.now(), elapsedMs: () => 0 },
    entropy: { randomBytes: (count: number) => new Uint8Array(count).fill((names += 1)) },
  }
  return { data, read, probe: (path) => probeDataset(files, root, path, { cache: openDatasetCache(place) }) }
}

/** Waits until the clock that stamps files has moved on from a file's times. */
async function rest(path: string): Promise<void> {
  const probe = `${path}.clock`
  const changedAt = statSync(path, { bigint: true }).ctimeNs
  for (let now = changedAt; now <= changedAt;) {
    await wait(1)
    writeFileSync(probe, '')
    now = statSync(probe, { bigint: true }).ctimeNs
    rmSync(probe)
  }
}

test('a file that has not changed is not read again; one that has is', async () => {
  const { data, probe, read } = cacheWorld()
  const path = join(data, 'a.bin')
  writeFileSync(path, BIG)
  await rest(path)
  const first = await probe('data/a.bin')
  expect(read()).toEqual([path])
  expect(await probe('data/a.bin')).toEqual(first)
  expect(read()).toEqual([])

  const { atime, mtime } = statSync(path)
  writeFileSync(path, Buffer.alloc(BIG.length, 'atad'))
  utimesSync(path, atime, mtime)
  expect(await probe('data/a.bin')).not.toEqual(first)
  expect(read()).toEqual([path])
})

test('a folder is read again when a file of it is added, renamed or changed', async () => {
  const { data, probe, read } = cacheWorld()
  writeFileSync(join(data, 'a.bin'), BIG)
  writeFileSync(join(data, 'b.csv'), 'x\n1\n')
  await rest(join(data, 'b.csv'))
  const first = await probe('data')
  expect(read()).toHaveLength(2)
  expect(await probe('data')).toEqual(first)
  expect(read()).toEqual([])
  renameSync(join(data, 'b.csv'), join(data, 'c.csv'))
  await rest(join(data, 'c.csv'))
  expect(await probe('data')).not.toEqual(first)
  expect(read()).toHaveLength(2)
  await probe('data')
  expect(read()).toEqual([])
})

test('a file written at the very moment it is read is not remembered', async () => {
  const { data, probe, read } = cacheWorld()
  const path = join(data, 'a.bin')
  writeFileSync(path, BIG)
  // The time of a write after everything mlv looks at.
  utimesSync(path, new Date(), new Date(Date.now() + 60_000))
  await probe('data/a.bin')
  await probe('data/a.bin')
  expect(read()).toEqual([path, path])
})

test('a cache that is damaged or cannot be written is no failure', async () => {
  const { data, probe, read } = cacheWorld()
  const path = join(data, 'a.bin')
  const cache = join(data, '../git/mlv/dataset-cache')
  writeFileSync(path, BIG)
  await rest(path)
  const first = await probe('data/a.bin')
  writeFileSync(cache, 'x'.repeat(200))
  expect(await probe('data/a.bin')).toEqual(first)
  rmSync(cache)
  mkdirSync(cache)
  expect(await probe('data/a.bin')).toEqual(first)
  expect(read()).toHaveLength(3)
})
