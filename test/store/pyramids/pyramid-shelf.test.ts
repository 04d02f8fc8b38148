/**
 * The shelf of pyramids: bounded, and nobody's trouble whatever becomes of it.
 */
import { join } from 'node:path'
import { describe, expect, test } from 'vitest'
import { sha256Of } from '../../../src/base/digest.ts'
import { parseMetricKey } from '../../../src/domain/key.ts'
import type { SeriesSet } from '../../../src/domain/series.ts'
import type { Files } from '../../../src/store/files/files.ts'
import { openShelf, shelfFolder, shelfLimit } from '../../../src/store/pyramids/pyramid-shelf.ts'
import type { PyramidShelf } from '../../../src/store/pyramids/pyramid-shelf.ts'
import { countingFiles, FAULTS, faultyFiles, Killed } from '../../support/faulty-files.ts'
import { memoryFiles } from '../../support/memory-files.ts'

const KEY = parseMetricKey('loss')
const FOLDER = shelfFolder('/git')
const HOUR_MS = 3_600_000
const START_MS = Date.UTC(2026, 10, 20)

let drawn = 0

/** A shelf whose clock a test moves, and whose files have the times of that clock. */
function makeShelf(files: Files, limitBytes = 1e9) {
  const time = { nowMs: START_MS }
  const shelf = openShelf({
    files,
    commonDir: '/git',
    clock: { nowMs: () => time.nowMs, elapsedMs: () => 0 },
    entropy: { randomBytes: (size) => new Uint8Array(size).fill((drawn += 1)) },
    limitBytes,
  })
  const keep = async (name: string, points = 1_000): Promise<boolean> => {
    const isKept = await shelf.keep(sourceOf(name), seriesOf(points))
    if (isKept) await files.setTimes(await pathOf(files, name), time.nowMs)
    return isKept
  }
  return { shelf, keep, time }
}

function sourceOf(name: string) {
  return { sha256: sha256Of(name), sinceMs: START_MS }
}

async function pathOf(files: Files, name: string): Promise<string> {
  const found = (await files.readFolder(FOLDER)).find((entry) => entry.name.startsWith(sha256Of(name)))
  return join(FOLDER, found?.name ?? 'none')
}

function seriesOf(points: number): SeriesSet {
  const steps = new Float64Array(points).map((_, index) => index)
  return new Map([[KEY, { steps, values: steps.map(Math.sin) }]])
}

async function totalOf(shelf: PyramidShelf, name: string): Promise<number | undefined> {
  const found = await (await shelf.find(sourceOf(name)))?.find(KEY)
  return found?.total
}

test('what was not used for the longest time makes room, and what is alone too large is not kept', async () => {
  const files = memoryFiles()
  const { keep } = makeShelf(files)
  await keep('size')
  const { sizeBytes = 0 } = (await files.stat(await pathOf(files, 'size'))) ?? {}
  await files.remove(await pathOf(files, 'size'))

  const { shelf, keep: keepFew, time } = makeShelf(files, 3.5 * sizeBytes)
  for (const name of ['a', 'b', 'c']) {
    expect(await keepFew(name)).toBe(true)
    time.nowMs += 2 * HOUR_MS
  }
  expect(await totalOf(shelf, 'a')).toBe(1_000)
  await keepFew('d')
  expect(await Promise.all(['a', 'b', 'c', 'd'].map((name) => totalOf(shelf, name)))).toEqual([
    1_000,
    undefined,
    1_000,
    1_000,
  ])
  expect(await keepFew('huge', 10_000)).toBe(false)
  expect(await totalOf(shelf, 'c')).toBe(1_000)
})

test('what a killed writer left is taken away by a later one', async () => {
  const files = memoryFiles()
  const { keep, time } = makeShelf(files)
  await keep('a')
  const left = join(FOLDER, 'new-0123456789abcdef')
  await (await files.open(left, 'create')).close()
  await files.setTimes(left, START_MS)
  time.nowMs += HOUR_MS / 2
  await keep('b')
  expect(await files.stat(left)).toBeDefined()
  time.nowMs += HOUR_MS
  await keep('c')
  expect(await files.stat(left)).toBeUndefined()
})

describe('a disk that fails', () => {
  test.each(FAULTS)('%s at any call: what is found is whole, and nothing is refused', async (fault) => {
    const counting = countingFiles(memoryFiles())
    await makeShelf(counting).shelf.keep(sourceOf('a'), seriesOf(1_000))
    for (let at = 1; at <= counting.calls.length; at += 1) {
      const disk = memoryFiles()
      const { shelf } = makeShelf(faultyFiles(disk, { at, fault }))
      const isKept = await shelf.keep(sourceOf('a'), seriesOf(1_000)).catch((error: unknown) => {
        if (!(error instanceof Killed)) throw error
        return 'killed'
      })
      const after = makeShelf(disk).shelf
      expect([undefined, 1_000]).toContain(await totalOf(after, 'a'))
      if (isKept === true) expect(await totalOf(after, 'a')).toBe(1_000)
      expect(await after.keep(sourceOf('a'), seriesOf(1_000))).toBe(true)
    }
  })

  test('one that is read-only still answers with what is there', async () => {
    const disk = memoryFiles()
    await makeShelf(disk).keep('a')
    const refusing = async () => Promise.reject(Object.assign(new Error('EROFS'), { code: 'EROFS' }))
    const readOnly: Files = {
      ...disk,
      open: (path, mode, permissions) => (mode === 'read' ? disk.open(path, mode, permissions) : refusing()),
      makeFolder: refusing,
      setTimes: refusing,
      remove: refusing,
      rename: refusing,
    }
    const { shelf, time } = makeShelf(readOnly)
    time.nowMs += 5 * HOUR_MS
    expect(await totalOf(shelf, 'a')).toBe(1_000)
    expect(await shelf.keep(sourceOf('b'), seriesOf(10))).toBe(false)
    await shelf.forget(sourceOf('a'))
    expect(await totalOf(shelf, 'a')).toBe(1_000)
  })
})

test('writers and readers at once see whole files or none', async () => {
  const files = memoryFiles()
  const { shelf } = makeShelf(files)
  const found = await Promise.all(
    Array.from({ length: 24 }, async (_, index) => {
      if (index % 3 === 0) await shelf.keep(sourceOf('a'), seriesOf(2_000))
      return totalOf(shelf, 'a')
    }),
  )
  expect(new Set(found.filter((total) => total !== undefined))).toEqual(new Set([2_000]))
  expect((await files.readFolder(FOLDER)).filter(({ name }) => name.startsWith('new-'))).toEqual([])
})

test.each([
  [{}, 1_000_000_000],
  [{ MLV_SERIES_CACHE: '50MB' }, 50_000_000],
  [{ MLV_SERIES_CACHE: '0' }, 0],
  [{ MLV_SERIES_CACHE: 'much' }, 1_000_000_000],
  [{ MLV_SERIES_CACHE: '50MB', MLV_INDEX: 'never' }, 0],
])('of %o at most %d bytes are kept', (variables, limit) => {
  expect(shelfLimit(variables)).toBe(limit)
})
