/**
 * Pyramids on the disk answer as those in memory do, whatever the points, and never from bytes that were changed.
 */
import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { sha256Of, sha256Stream } from '../../src/base/digest.ts'
import { growPyramid } from '../../src/domain/growing-pyramid.ts'
import { parseMetricKey } from '../../src/domain/key.ts'
import { seriesOf } from '../../src/domain/series.ts'
import type { Point, SeriesSet } from '../../src/domain/series.ts'
import { exponentFor, TILE_COLUMNS } from '../../src/domain/series-tiles.ts'
import type { AxisRange, Tiles } from '../../src/domain/series-tiles.ts'
import { elapsedPlaces, openPyramids, writePyramids } from '../../src/store/pyramids/pyramid-file.ts'
import type { KeptAxis, PyramidFile } from '../../src/store/pyramids/pyramid-file.ts'
import { PART_CHECKSUM, PyramidUnreadable } from '../../src/store/pyramids/pyramid-parts.ts'
import type { Checksum } from '../../src/store/pyramids/pyramid-parts.ts'
import { expectTiles, loggedPoints } from '../support/brute-tiles.ts'
import { memoryFiles } from '../support/memory-files.ts'

const KEY = parseMetricKey('loss')
const SOURCE = { sha256: sha256Of('points'), sinceMs: 100 }
const PATH = '/pyramids'

test('any zoom of a pyramid on the disk is that of one in memory, and that of the points themselves', async () => {
  await fc.assert(
    fc.asyncProperty(
      loggedPoints,
      fc.constantFrom<KeptAxis>('step', 'elapsed'),
      fc.integer({ min: -160, max: 900 }),
      fc.oneof(fc.integer({ min: 0, max: 700 }), fc.integer({ min: 0, max: 2 ** 40 })),
      fc.integer({ min: 1, max: 60 }),
      async (points, axis, from, width, count) => {
        const { kept } = await keep(points)
        const range = { from, to: from + width }
        const exponent = exponentFor(range, count)
        const found = await kept.find(KEY)
        const tiles = await found?.cut(axis, range, exponent)
        if (tiles === undefined) throw new Error('the series is not there')
        const placed = points.map((point) => ({ ...point, x: placeOf(point, axis) }))
        expectTiles(tiles, placed, range, exponent)
        expect(columnsOf(tiles)).toEqual(columnsOf(inMemory(points, axis, range, exponent)))
        const all = placed.filter(({ x }) => !Number.isNaN(x)).toSorted((left, right) => left.x - right.x)
        expect([...((await found?.points(axis))?.values ?? [])]).toEqual(all.map(({ value }) => value))
        expect(found?.total).toBe(points.length)
      },
    ),
    { numRuns: 150 },
  )
})

/** Points whose file has several blocks of points and of tiles, in two orders. */
const MANY = Array.from({ length: 12_000 }, (_, index) => ({
  step: index,
  value: index === 7_777 ? 1e9 : index === 5_000 ? NaN : Math.sin(index),
  atMs: index % 1_000 === 999 ? 100 + 3 * index - 2_000 : 100 + 3 * index,
}))

/** Zooms that between them read every part of the file. */
const ZOOMS: readonly (readonly [KeptAxis, AxisRange, number])[] = (['step', 'elapsed'] as const).flatMap((axis) =>
  [1, 400, 100_000].flatMap((count) => [
    [axis, { from: 0, to: 36_000 }, count] as const,
    [axis, { from: 5_001, to: 23_456 }, count] as const,
  ]),
)

describe('a file of which a byte was changed', () => {
  test.each(['flipped', 'zeroed', 'cut', 'grown'] as const)('%s: is told, wherever that is', async (damage) => {
    const { bytes, whole } = await answersOf(PART_CHECKSUM)
    for (const at of places(bytes.length)) {
      const answers = await zoomAll(damaged(bytes, at, damage), PART_CHECKSUM).catch((error: unknown) => {
        if (!(error instanceof PyramidUnreadable)) throw error
        return 'told'
      })
      // A zero that is zeroed is no damage.
      expect([at, answers === 'told' || answers === whole]).toEqual([at, true])
      if (damage !== 'zeroed') expect([at, answers]).toEqual([at, 'told'])
    }
  })

  test('without checksums it is not: the answers are other ones, so the test above can fail', async () => {
    const none: Checksum = () => 0
    const { bytes, whole } = await answersOf(none)
    let wrong = 0
    for (const at of places(bytes.length)) {
      const answers = await zoomAll(damaged(bytes, at, 'flipped'), none).catch(() => 'told')
      if (answers !== 'told' && answers !== whole) wrong += 1
    }
    expect(wrong).toBeGreaterThan(places(bytes.length).length / 3)
  })

  test('one of another source, another start or another layout is not taken', async () => {
    const { files } = await keep(MANY)
    const others = { ...SOURCE, sha256: sha256Of('others') }
    await expect(openPyramids(files, PATH, others)).rejects.toThrow(PyramidUnreadable)
    await expect(openPyramids(files, PATH, { ...SOURCE, sinceMs: 101 })).rejects.toThrow(PyramidUnreadable)
    await files.remove(PATH)
    const file = await files.open(PATH, 'create')
    await file.write(Buffer.from('mlv-pyramids 0\n\0'.repeat(10)))
    await file.close()
    await expect(openPyramids(files, PATH, SOURCE)).rejects.toThrow(PyramidUnreadable)
  })
})

function damaged(bytes: Uint8Array, at: number, how: 'flipped' | 'zeroed' | 'cut' | 'grown'): Uint8Array {
  if (how === 'cut') return bytes.subarray(0, at)
  if (how === 'grown') return Buffer.concat([bytes.subarray(0, at), Buffer.from([0]), bytes.subarray(at)])
  const copy = Uint8Array.from(bytes)
  copy[at] = how === 'zeroed' ? 0 : (copy[at] ?? 0) ^ 0x20
  return copy
}

/** Bytes of the end, which says what all else is, and of all kinds of blocks before it. */
function places(size: number): readonly number[] {
  const inside = Array.from({ length: 30 }, (_, index) => Math.floor((index * (size - 200)) / 30) + (index % 8))
  return [...inside, ...Array.from({ length: 30 }, (_, index) => size - 1 - 3 * index)]
}

async function answersOf(checksum: Checksum): Promise<{ readonly bytes: Uint8Array; readonly whole: string }> {
  const { files } = await keep(MANY, checksum)
  const bytes = await files.readFile(PATH)
  return { bytes, whole: await zoomAll(bytes, checksum) }
}

async function zoomAll(bytes: Uint8Array, checksum: Checksum): Promise<string> {
  const files = memoryFiles()
  const file = await files.open(PATH, 'create')
  await file.write(bytes)
  await file.close()
  const kept = await openPyramids(files, PATH, SOURCE, checksum)
  const found = await kept.find(KEY)
  if (found === undefined) return 'none'
  const digest = sha256Stream()
  digest.update(Buffer.from(JSON.stringify([found.total, found.extent('step'), found.extent('elapsed')])))
  for (const [axis, range, count] of ZOOMS) {
    const tiles = await found.cut(axis, range, exponentFor(range, count))
    for (const name of TILE_COLUMNS) digest.update(new Uint8Array(Float64Array.from(tiles[name]).buffer))
  }
  return digest.digest()
}

async function keep(points: readonly Point[], checksum: Checksum = PART_CHECKSUM) {
  const files = memoryFiles()
  const file = await files.open(PATH, 'create')
  const series: SeriesSet = new Map([[KEY, seriesOf(points)]])
  await writePyramids(file, SOURCE, series, checksum)
  await file.close()
  const kept: PyramidFile = await openPyramids(files, PATH, SOURCE, checksum)
  return { files, kept }
}

function inMemory(points: readonly Point[], axis: KeptAxis, range: AxisRange, exponent: number): Tiles {
  const series = seriesOf(points)
  const pyramid = growPyramid()
  const times = series.times ?? new Float64Array(points.length).fill(NaN)
  pyramid.take(series, axis === 'step' ? series.steps : elapsedPlaces(times, SOURCE.sinceMs))
  // Of one strand, as on the disk: sums of several are added up in another order.
  pyramid.ordered()
  return pyramid.cut(range, exponent)
}

function columnsOf(tiles: Tiles): readonly (readonly number[])[] {
  return TILE_COLUMNS.map((name) => [...tiles[name]])
}

function placeOf({ step, atMs }: Point, axis: KeptAxis): number {
  return axis === 'step' ? step : (atMs ?? NaN) - SOURCE.sinceMs
}
