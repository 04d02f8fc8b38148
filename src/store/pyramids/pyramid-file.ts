/**
 * The pyramids of a run as a file: for each series its points in order, and levels of tiles over them, along steps and
 * along time. A zoom reads the head of its series and one stretch of one level.
 */
import type { MetricKey } from '../../domain/key.ts'
import { growPyramid } from '../../domain/growing-pyramid.ts'
import type { Series, SeriesSet } from '../../domain/series.ts'
import { joinTiles, tileAt, tilesOfPoints, touchedTiles } from '../../domain/series-tiles.ts'
import type { AxisRange, PlacedPoints, Tiles } from '../../domain/series-tiles.ts'
import { buildLevels, levelFor } from '../../domain/tile-levels.ts'
import type { Files, OpenFile } from '../files/files.ts'
import { byOtherKeys, readPoints, readTiles, writePoints, writeTiles } from './pyramid-columns.ts'
import type { KeptColumns } from './pyramid-columns.ts'
import { PART_CHECKSUM, jsonBytes, partWriter, readDirectory, readJson } from './pyramid-parts.ts'
import type { Checksum, Part, PartWriter, PyramidSource } from './pyramid-parts.ts'

/** What points are laid along in a file: steps, or milliseconds since the run began. */
export type KeptAxis = 'step' | 'elapsed'

/** One axis of a series. */
interface KeptTrack {
  readonly extent: AxisRange
  readonly points: KeptColumns
  /** The finest first. */
  readonly levels: readonly { readonly exponent: number; readonly tiles: KeptColumns }[]
}

/** What is kept of a series; an axis that none of its points lies on is absent. */
interface KeptSeries {
  readonly total: number
  readonly tracks: { readonly [Axis in KeptAxis]?: KeptTrack }
}

/** One series of an open file. */
export interface FilePyramid {
  /** Points of the series. */
  readonly total: number
  /** `undefined` when none of its points lies on the axis. */
  readonly extent: (axis: KeptAxis) => AxisRange | undefined
  /** @throws `PyramidUnreadable`, the disk's errors */
  readonly cut: (axis: KeptAxis, range: AxisRange, exponent: number) => Promise<Tiles>
  /** All points in the order of an axis. @throws as `cut` */
  readonly points: (axis: KeptAxis) => Promise<PlacedPoints>
}

/** A file that was found to be of its source; it is opened for each question, and may be gone by then. */
export interface PyramidFile {
  /** `undefined` for a metric without points. @throws `PyramidUnreadable`, the disk's errors */
  readonly find: (key: MetricKey) => Promise<FilePyramid | undefined>
}

/** Writes the pyramids of all series into a file that was just created; it is not synced. */
export async function writePyramids(
  file: OpenFile,
  source: PyramidSource,
  series: SeriesSet,
  checksum: Checksum = PART_CHECKSUM,
): Promise<void> {
  const writer = partWriter(file, checksum)
  const directory: [MetricKey, Part][] = []
  for (const [key, points] of series) {
    const kept = await writeSeries(writer, points, source.sinceMs)
    directory.push([key, await writer.add(jsonBytes(kept))])
  }
  await writer.end(source, directory)
}

/** Opens the file of a source. @throws `PyramidUnreadable`, the disk's errors */
export async function openPyramids(
  files: Files,
  path: string,
  source: PyramidSource,
  checksum: Checksum = PART_CHECKSUM,
): Promise<PyramidFile> {
  const reader = { files, path, sinceMs: source.sinceMs, checksum }
  const read = await withFile(reader, (file) => readDirectory(file, source, checksum))
  // The checksum held, so these are the words of this very layout.
  const directory = new Map(read as readonly [MetricKey, Part][])
  const known = new Map<MetricKey, Promise<KeptSeries>>()
  return {
    find: async (key) => {
      const part = directory.get(key)
      if (part === undefined) return undefined
      const head = known.get(key) ?? readHead(reader, part)
      known.set(key, head)
      // The next question tries again.
      head.catch(() => known.delete(key))
      return filePyramid(reader, await head)
    },
  }
}

interface Reader {
  readonly files: Files
  readonly path: string
  readonly sinceMs: number
  readonly checksum: Checksum
}

function filePyramid(reader: Reader, { total, tracks }: KeptSeries): FilePyramid {
  return {
    total,
    extent: (axis) => tracks[axis]?.extent,
    cut: async (axis, range, exponent) => {
      const track = tracks[axis]
      if (track === undefined) return joinTiles([], exponent)
      return withFile(reader, (file) => cutTrack(reader, file, { axis, track, range, exponent }))
    },
    points: async (axis) => {
      const track = tracks[axis]
      if (track === undefined) return NO_POINTS
      return withFile(reader, (file) => pointsOf(reader, file, axis, track.points, track.extent))
    },
  }
}

const NONE = new Float64Array()
const NO_POINTS: PlacedPoints = { xs: NONE, steps: NONE, times: NONE, values: NONE }

interface Cut {
  readonly axis: KeptAxis
  readonly track: KeptTrack
  readonly range: AxisRange
  readonly exponent: number
}

/** As `cutTiles` does it in memory. */
async function cutTrack(reader: Reader, file: OpenFile, { axis, track, range, exponent }: Cut): Promise<Tiles> {
  const pointTiles = async (stretch: AxisRange | undefined): Promise<readonly Tiles[]> => {
    if (stretch === undefined) return []
    return [tilesOfPoints(await pointsOf(reader, file, axis, track.points, stretch), exponent)]
  }
  const exponents = track.levels.map((each) => each.exponent)
  const level = track.levels[levelFor(exponents, exponent)]
  if (level === undefined) return joinTiles(await pointTiles(range), exponent)
  const numbers = { first: tileAt(range.from, level.exponent), last: tileAt(range.to, level.exponent) }
  const tiles = await readTiles(file, level.tiles, level.exponent, numbers, reader.checksum)
  const { inner, head, tail } = touchedTiles(tiles, range)
  return joinTiles([...(await pointTiles(head)), inner, ...(await pointTiles(tail))], exponent)
}

function pointsOf(
  { sinceMs, checksum }: Reader,
  file: OpenFile,
  axis: KeptAxis,
  kept: KeptColumns,
  stretch: AxisRange,
): Promise<PlacedPoints> {
  const places = (columns: { readonly steps: Float64Array; readonly times: Float64Array }): Float64Array => {
    return axis === 'step' ? columns.steps : elapsedPlaces(columns.times, sinceMs)
  }
  return readPoints(file, kept, stretch, places, checksum)
}

async function readHead(reader: Reader, part: Part): Promise<KeptSeries> {
  return (await withFile(reader, (file) => readJson(file, part, reader.checksum))) as KeptSeries
}

/** Where points lie along the time since a moment; NaN for those without a time. */
export function elapsedPlaces(times: Float64Array, sinceMs: number): Float64Array {
  return times.map((atMs) => atMs - sinceMs)
}

async function writeSeries(writer: PartWriter, series: Series, sinceMs: number): Promise<KeptSeries> {
  const total = series.values.length
  const bySteps = orderedBy(series, series.steps)
  const step = await writeTrack(writer, bySteps, await writePoints(writer, bySteps))
  if (series.times === undefined) return { total, tracks: { ...(step === undefined ? {} : { step }) } }
  const byTime = orderedBy(series, elapsedPlaces(series.times, sinceMs))
  const isSameOrder = step !== undefined && isSame(bySteps, byTime)
  const points = isSameOrder ? byOtherKeys(step.points, byTime.xs) : await writePoints(writer, byTime)
  const elapsed = await writeTrack(writer, byTime, points)
  return {
    total,
    tracks: { ...(step === undefined ? {} : { step }), ...(elapsed === undefined ? {} : { elapsed }) },
  }
}

function orderedBy(series: Series, places: Float64Array): PlacedPoints {
  const pyramid = growPyramid()
  pyramid.take(series, places)
  return pyramid.ordered()
}

function isSame(left: PlacedPoints, right: PlacedPoints): boolean {
  if (left.xs.length !== right.xs.length) return false
  for (const name of ['steps', 'times', 'values'] as const) {
    if (Buffer.compare(bytesOf(left[name]), bytesOf(right[name])) !== 0) return false
  }
  return true
}

function bytesOf(column: Float64Array): Uint8Array {
  return new Uint8Array(column.buffer, column.byteOffset, column.byteLength)
}

async function writeTrack(
  writer: PartWriter,
  ordered: PlacedPoints,
  points: KeptColumns,
): Promise<KeptTrack | undefined> {
  const { xs } = ordered
  const [from, to] = [xs[0], xs[xs.length - 1]]
  if (from === undefined || to === undefined) return undefined
  const levels: KeptTrack['levels'][number][] = []
  for (const level of buildLevels(ordered)) {
    const tiles = level.tiles()
    levels.push({ exponent: tiles.exponent, tiles: await writeTiles(writer, tiles) })
  }
  return { extent: { from, to }, points, levels }
}

async function withFile<Result>(
  { files, path }: Pick<Reader, 'files' | 'path'>,
  action: (file: OpenFile) => Promise<Result>,
): Promise<Result> {
  const file = await files.open(path, 'read')
  try {
    return await action(file)
  } finally {
    await file.close()
  }
}
