/**
 * The index under damage, kills, races and failing disks: it is a cache, so nothing that happens to it may change an
 * answer, and the next command puts it in order.
 */
import { expect, test } from 'vitest'
import type { Files } from '../../src/store/files/files.ts'
import { damagesOf } from '../support/damage.ts'
import { countingFiles, faultyFiles, FAULTS } from '../support/faulty-files.ts'
import { everything, INDEX, listed, makeIndexWorld, recordRuns, tipOf, verifyIndex } from '../support/index-world.ts'
import { systemError } from '../support/memory-files.ts'
import type { MemoryRepository } from '../support/repository.ts'

test('whichever byte is flipped, zeroed, moved or cut away, answers stay, and the next command mends it', async () => {
  const world = await makeIndexWorld(12)
  const expected = await everything(world.files, 'never')
  expect(await everything(world.files, 'always')).toEqual(expected)
  const whole = indexOf(world)
  let damages = 0
  for (const { what, bytes } of damagesOf(whole, 30)) {
    world.volume.writeFileSync(INDEX, bytes)
    await expect(verifyIndex(world), what).rejects.toThrow()
    expect(await everything(world.files, 'always'), what).toEqual(expected)
    // That command removed what was damaged, or made it anew before it read on; this one makes it anew at the latest.
    await listed(world.files, 'always')
    await verifyIndex(world)
    damages += 1
  }
  expect(damages).toBeGreaterThan(100)
}, 60_000)

test('a kill or a fault at each single write changes no answer, and leaves nothing that does', async () => {
  const world = await makeIndexWorld(5)
  const expected = await listed(world.files, 'never')
  const counting = countingFiles(world.files)
  expect(await listed(onlyIndex(world.files, counting), 'always')).toEqual(expected)
  expect(counting.calls.length).toBeGreaterThan(5)
  for (const fault of FAULTS) {
    for (let at = 1; at <= counting.calls.length; at += 1) {
      world.volume.unlinkSync(INDEX)
      const files = onlyIndex(world.files, faultyFiles(world.files, { at, fault }))
      const found = await listed(files, 'always').catch(() => 'killed')
      if (found !== 'killed') expect(found).toEqual(expected)
      // What came into place before the kill is whole; what did not is not there at all.
      if (world.volume.existsSync(INDEX)) await verifyIndex(world)
      expect(await listed(world.files, 'always')).toEqual(expected)
      await verifyIndex(world)
    }
  }
}, 60_000)

test('readers beside a writer who replaces the index answer for the commit that they read', async () => {
  const world = await makeIndexWorld(70)
  let tip = await tipOf(world)
  let expected = await listed(world.files, 'never', tip)
  for (let round = 0; round < 4; round += 1) {
    const next = await recordRuns(world, tip, 71 + round * 70, 70)
    const [before, after] = [expected, await listed(world.files, 'never', next)]
    const old = tip
    const readers = Array.from({ length: 8 }, async (_, reader) => {
      const isOld = reader % 4 === 3
      expect(await listed(world.files, 'always', isOld ? old : next)).toEqual(isOld ? before : after)
    })
    await Promise.all(readers)
    tip = next
    expected = after
  }
  expect(await everything(world.files, 'always')).toEqual(await everything(world.files, 'never'))
  expect(world.volume.readdirSync('/repository/.git/mlv/index')).toEqual(['runs'])
}, 60_000)

test('an index that is cut while it is read, or that a directory is in the place of, is done without', async () => {
  const world = await makeIndexWorld(40)
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

test('an index that cannot be read for a moment stays, and the branch answers', async () => {
  const world = await makeIndexWorld(40)
  const expected = await everything(world.files, 'never')
  expect(await everything(world.files, 'always')).toEqual(expected)
  const whole = indexOf(world)
  let refused = 0
  const busy: Files = {
    ...world.files,
    open: async (path, mode, permissions) => {
      const file = await world.files.open(path, mode, permissions)
      if (path !== INDEX || mode !== 'read') return file
      let reads = 0
      return {
        ...file,
        read: (buffer, position) => {
          reads += 1
          // The end of the file and its contents are read when it is opened.
          if (reads <= 2) return file.read(buffer, position)
          refused += 1
          return Promise.reject(systemError('ENOMEM', path))
        },
      }
    },
  }
  expect(await everything(busy, 'always')).toEqual(expected)
  expect(refused).toBeGreaterThan(0)
  expect(world.volume.existsSync(INDEX)).toBe(true)
  expect(indexOf(world).equals(whole)).toBe(true)
})

test('what a mlv of another layout wrote is not read, and is written anew', async () => {
  const world = await makeIndexWorld(12)
  const expected = await everything(world.files, 'never')
  await listed(world.files, 'always')
  const whole = indexOf(world)
  expect(whole.subarray(-16).toString('latin1')).toMatch(/^mlv-runs-index \d$/)
  for (const layout of ['1', '9']) {
    const other = Buffer.concat([whole.subarray(0, -1), Buffer.from(layout)])
    world.volume.writeFileSync(INDEX, other)
    expect(await everything(world.files, 'always')).toEqual(expected)
    expect(indexOf(world).subarray(-16)).toEqual(whole.subarray(-16))
    await verifyIndex(world)
  }
})

test('on a disk that only reads, an index that is there answers; else the branch does', async () => {
  const world = await makeIndexWorld(12)
  const expected = await everything(world.files, 'never')
  const readOnly = onlyIndex(world.files, readOnlyFiles(world.files))
  expect(await everything(readOnly, 'always')).toEqual(expected)
  expect(world.volume.existsSync(INDEX)).toBe(false)
  await listed(world.files, 'always')
  const whole = indexOf(world)
  expect(await everything(readOnly, 'always')).toEqual(expected)
  const damaged = Buffer.from(whole).fill(0, 200, 300)
  world.volume.writeFileSync(INDEX, damaged)
  expect(await everything(readOnly, 'always')).toEqual(expected)
  expect(indexOf(world).equals(damaged)).toBe(true)
})

test('twenty readers at once make one index and answer alike', async () => {
  const world = await makeIndexWorld(40)
  const expected = await listed(world.files, 'never')
  const found = await Promise.all(Array.from({ length: 20 }, () => listed(world.files, 'always')))
  for (const rows of found) expect(rows).toEqual(expected)
  expect(world.volume.readdirSync('/repository/.git/mlv/index')).toEqual(['runs'])
})

function indexOf(world: MemoryRepository): Buffer {
  return Buffer.from(world.volume.readFileSync(INDEX) as Buffer)
}

/** Every call that would change the disk is refused, as on one that is mounted to be read. */
function readOnlyFiles(files: Files): Files {
  const refused = (): Promise<never> => Promise.reject(Object.assign(new Error('read-only'), { code: 'EROFS' }))
  return {
    ...files,
    open: (path, mode, permissions) => (mode === 'read' ? files.open(path, mode, permissions) : refused()),
    makeFolder: refused,
    rename: refused,
    remove: refused,
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
