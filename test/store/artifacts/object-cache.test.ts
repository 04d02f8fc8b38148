/**
 * The cache that repositories of one machine share: what it gives is whole, what goes wrong in it is told and harms
 * nobody, and what was not used for longest goes first.
 */
import { randomBytes } from 'node:crypto'
import { existsSync, readdirSync, readFileSync, statSync, symlinkSync } from 'node:fs'
import { chmod, rm, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { sha256Of } from '../../../src/base/digest.ts'
import type { Sha256 } from '../../../src/base/digest.ts'
import { listCached } from '../../../src/store/artifacts/cache-room.ts'
import { openArtifactStore } from '../../../src/store/artifacts/artifact-store.ts'
import type { ArtifactStore } from '../../../src/store/artifacts/artifact-store.ts'
import { cachedPath, openObjectCache } from '../../../src/store/artifacts/object-cache.ts'
import type { Files } from '../../../src/store/files/files.ts'
import { nodeFiles } from '../../../src/store/files/node-files.ts'
import { faultyFiles, FAULTS, countingFiles } from '../../support/faulty-files.ts'
import { temporaryFolder } from '../../support/repository.ts'

const entropy = { randomBytes: (count: number) => randomBytes(count) }

interface CacheWorld {
  readonly folder: string
  /** A clone of its own at each call. */
  readonly clone: (options?: { readonly files?: Files; readonly limitBytes?: number }) => ArtifactStore
  /** What was told of the cache. */
  readonly told: readonly string[]
  /** Moves the clock on. */
  readonly wait: (ms: number) => void
  readonly cached: () => Promise<readonly string[]>
}

function makeCache(): CacheWorld {
  const folder = join(temporaryFolder(), 'cache')
  const told: string[] = []
  let nowMs = Date.parse('2100-01-01')
  const clock = { nowMs: () => nowMs, elapsedMs: () => nowMs }
  const lock = { clock, entropy, processId: process.pid, hostName: 'here' }
  const clone: CacheWorld['clone'] = ({ files = nodeFiles, limitBytes = 1e9 } = {}) => {
    const onTrouble = (problem: string): void => void told.push(problem)
    const cache = openObjectCache({ files, folder, limitBytes, lock, onTrouble })
    const git = join(temporaryFolder(), '.git')
    return openArtifactStore(git, files, { kind: 'dir', entropy, shared: () => Promise.resolve(cache) })
  }
  const cached = async () => {
    const objects = await listCached({ files: nodeFiles, folder, lock })
    return objects.map(({ sha256 }) => sha256)
  }
  return { folder, clone, told, wait: (ms) => (nowMs += ms), cached }
}

const BYTES = Buffer.alloc(50_000, 'an artifact')
const OBJECT = { sha256: sha256Of(BYTES), sizeBytes: BYTES.length }

test('what one clone adds another one takes, as one file with several names', async () => {
  const { folder, clone, told } = makeCache()
  const [first, second] = [clone(), clone()]
  await first.addBytes(BYTES)
  expect(await second.takeCached(OBJECT)).toBe(true)
  expect(await second.verify(OBJECT.sha256, OBJECT.sizeBytes, { rehash: true })).toBe('ok')
  const inodes = [first.path(OBJECT.sha256), cachedPath(folder, OBJECT.sha256), second.path(OBJECT.sha256)]
  expect(new Set(inodes.map((path) => statSync(path).ino)).size).toBe(1)
  expect(statSync(cachedPath(folder, OBJECT.sha256)).mode & 0o777).toBe(0o444)
  expect(await second.takeCached({ sha256: sha256Of('other'), sizeBytes: 5 })).toBe(false)
  expect(told).toEqual([])
})

test('what was received fills it too', async () => {
  const { clone, cached } = makeCache()
  await clone().receive(OBJECT, async (start) => Promise.resolve(chunksOf(BYTES.subarray(start))))
  expect(await cached()).toEqual([OBJECT.sha256])
})

/** What somebody did to an object of the cache. */
const POISON: readonly (readonly [name: string, poison: (path: string) => Promise<void>])[] = [
  ['has other bytes of the same length', async (path) => replaceBy(path, Buffer.alloc(BYTES.length, 'x'))],
  ['was cut', async (path) => replaceBy(path, BYTES.subarray(0, 100))],
  ['is empty', async (path) => replaceBy(path, Buffer.alloc(0))],
  [
    'is a link to something else',
    async (path) => {
      await rm(path)
      symlinkSync('/etc/hostname', path)
    },
  ],
]

test.each(POISON)('an object that %s is dropped, told and not taken', async (_, poison) => {
  const { folder, clone, told, cached } = makeCache()
  await clone().addBytes(BYTES)
  await poison(cachedPath(folder, OBJECT.sha256))
  const other = clone()
  expect(await other.takeCached(OBJECT)).toBe(false)
  expect(await other.has(OBJECT.sha256)).toBe(false)
  expect(told).toEqual([`an object of the cache was damaged and is dropped: ${cachedPath(folder, OBJECT.sha256)}`])
  expect(existsSync(cachedPath(folder, OBJECT.sha256))).toBe(false)
  await other.addBytes(BYTES)
  expect(await cached()).toEqual([OBJECT.sha256])
})

test('one that others may write to is copied, so that it stays what it was', async () => {
  const { folder, clone } = makeCache()
  await clone().addBytes(BYTES)
  const path = cachedPath(folder, OBJECT.sha256)
  await replaceBy(path, BYTES)
  await chmod(path, 0o666)
  const other = clone()
  expect(await other.takeCached(OBJECT)).toBe(true)
  await writeFile(path, 'poison')
  expect(readFileSync(other.path(OBJECT.sha256)).equals(BYTES)).toBe(true)
})

test('what was not used for longest goes first, and what clones have stays theirs', async () => {
  const { clone, cached, wait } = makeCache()
  const store = clone({ limitBytes: 220_000 })
  const objects: Sha256[] = []
  for (const text of ['a', 'b', 'c', 'd']) {
    objects.push((await store.addBytes(Buffer.alloc(50_000, text))).sha256)
    wait(1000)
  }
  expect([...(await cached())].sort()).toEqual([...objects].sort())
  const [a, , , d] = objects
  // The oldest is used, so the two after it go: room is made for more than one.
  await clone({ limitBytes: 220_000 }).takeCached({ sha256: a ?? OBJECT.sha256, sizeBytes: 50_000 })
  wait(1000)
  const { sha256: e } = await store.addBytes(Buffer.alloc(50_000, 'e'))
  expect(await cached()).toEqual([d, a, e])
  for (const sha256 of objects) expect(await store.verify(sha256, 50_000, { rehash: true })).toBe('ok')
})

test('an object larger than the limit is left out', async () => {
  const { clone, cached, told } = makeCache()
  await clone({ limitBytes: 10_000 }).addBytes(BYTES)
  expect(await cached()).toEqual([])
  expect(told).toEqual([])
})

test.each(FAULTS.filter((fault) => fault !== 'kill'))(
  'a cache on a disk that says %s is told once, and nothing fails but itself',
  async (fault) => {
    const { folder, clone, told } = makeCache()
    const calls = await callsInCache(folder, clone)
    expect(calls.length).toBeGreaterThan(5)
    for (const at of calls) {
      const world = makeCache()
      const store = world.clone({ files: onlyIn(world.folder, nodeFiles, faultyFiles(nodeFiles, { at, fault })) })
      await store.addBytes(BYTES)
      await store.addBytes(Buffer.from('second'))
      expect(await store.verify(OBJECT.sha256, OBJECT.sizeBytes, { rehash: true })).toBe('ok')
      expect(world.told.length, `call ${at}`).toBeLessThan(2)
    }
    expect(told).toEqual([])
  },
)

test('a kill at any call leaves a cache that gives nothing but whole objects', async () => {
  const { folder, clone } = makeCache()
  for (const at of await callsInCache(folder, clone)) {
    const world = makeCache()
    const faulty = faultyFiles(nodeFiles, { at, fault: 'kill' })
    const killed = world.clone({ files: onlyIn(world.folder, nodeFiles, faulty) })
    expect(await killed.addBytes(BYTES).catch(String)).toContain('Killed')
    // A lock of a process that lives would be waited for; the one of a killed one is broken.
    await rm(join(world.folder, 'lock'), { force: true })
    const next = world.clone()
    const isThere = await next.takeCached(OBJECT)
    if (isThere) expect(await next.verify(OBJECT.sha256, OBJECT.sizeBytes, { rehash: true })).toBe('ok')
    await next.addBytes(BYTES)
    expect(await world.cached()).toEqual([OBJECT.sha256])
    expect(world.told).toEqual([])
  }
})

test('between two disks an object is copied, and the copy is digested', async () => {
  const { folder, clone, cached } = makeCache()
  const apart: Files = {
    ...nodeFiles,
    link: (from, to) => {
      const isOver = from.startsWith(folder) !== to.startsWith(folder)
      return isOver ? Promise.reject(Object.assign(new Error('EXDEV'), { code: 'EXDEV' })) : nodeFiles.link(from, to)
    },
  }
  await clone({ files: apart }).addBytes(BYTES)
  expect(await cached()).toEqual([OBJECT.sha256])
  expect(readdirSync(join(folder, 'tmp'))).toEqual([])
  const other = clone({ files: apart })
  expect(await other.takeCached(OBJECT)).toBe(true)
  expect(statSync(other.path(OBJECT.sha256)).nlink).toBe(1)
})

/** The numbers of calls that change the disk below the cache while an object is added. */
async function callsInCache(folder: string, clone: CacheWorld['clone']): Promise<readonly number[]> {
  const counting = countingFiles(nodeFiles)
  await clone({ files: onlyIn(folder, nodeFiles, counting) }).addBytes(BYTES)
  return counting.calls.map((_, index) => index + 1)
}

/** One disk below a folder, another one everywhere else. */
function onlyIn(folder: string, elsewhere: Files, there: Files): Files {
  const on = (...paths: readonly string[]): Files => (paths.some((path) => path.startsWith(folder)) ? there : elsewhere)
  return {
    open: (path, mode, permissions) => on(path).open(path, mode, permissions),
    readFile: (path) => on(path).readFile(path),
    stat: (path) => on(path).stat(path),
    lstat: (path) => on(path).lstat(path),
    readFolder: (path) => on(path).readFolder(path),
    readLink: (path) => on(path).readLink(path),
    realPath: (path) => on(path).realPath(path),
    makeFolder: (path, permissions) => on(path).makeFolder(path, permissions),
    rename: (from, to) => on(from, to).rename(from, to),
    link: (from, to) => on(from, to).link(from, to),
    makeSymlink: (target, path) => on(path).makeSymlink(target, path),
    remove: (path) => on(path).remove(path),
    removeFolder: (path) => on(path).removeFolder(path),
    setMode: (path, permissions) => on(path).setMode(path, permissions),
    setTimes: (path, atMs) => on(path).setTimes(path, atMs),
    syncFolder: (path) => on(path).syncFolder(path),
    copy: (from, to) => on(from, to).copy(from, to),
  }
}

async function replaceBy(path: string, bytes: Uint8Array): Promise<void> {
  await rm(path)
  await writeFile(path, bytes, { mode: 0o444 })
}

async function* chunksOf(bytes: Uint8Array): AsyncIterable<Uint8Array> {
  await Promise.resolve()
  yield bytes
}
