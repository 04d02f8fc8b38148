/**
 * Points and tiles as bytes: columns of doubles, one behind the other, in blocks of so many rows. A block is what a
 * checksum covers, and the least that is read.
 */
import { TILE_COLUMNS, noTiles, tilesFrom } from '../../domain/series-tiles.ts'
import type { AxisRange, PlacedPoints, TileColumn, Tiles } from '../../domain/series-tiles.ts'
import type { OpenFile } from '../files/files.ts'
import { readRow } from './pyramid-parts.ts'
import type { Checksum, PartWriter } from './pyramid-parts.ts'

/** Columns of one length in blocks, and between which keys the rows of each block lie. */
export interface KeptColumns {
  readonly offset: number
  readonly length: number
  /** First key, last key, checksum of each block. */
  readonly blocks: readonly (readonly [first: number, last: number, checksum: number])[]
}

/** How many rows a block has, but for the last: some 50 kB of points or tiles. */
const BLOCK_ROWS = 512
const POINT_COLUMNS = ['steps', 'times', 'values'] as const
const DOUBLE_BYTES = 8

/** Writes points; `keys` are their places. */
export async function writePoints(writer: PartWriter, points: PlacedPoints): Promise<KeptColumns> {
  return writeColumns(
    writer,
    points.xs,
    POINT_COLUMNS.map((name) => points[name]),
  )
}

/** Writes tiles. */
export async function writeTiles(writer: PartWriter, tiles: Tiles): Promise<KeptColumns> {
  return writeColumns(
    writer,
    tiles.numbers,
    TILE_COLUMNS.map((name) => tiles[name]),
  )
}

/** The same columns by other keys: what lies in one order along two axes is kept once. */
export function byOtherKeys(kept: KeptColumns, keys: Float64Array): KeptColumns {
  return {
    ...kept,
    blocks: kept.blocks.map(([, , checksum], block) => {
      const end = Math.min(kept.length, (block + 1) * BLOCK_ROWS)
      return [keys[block * BLOCK_ROWS] ?? NaN, keys[end - 1] ?? NaN, checksum] as const
    }),
  }
}

/** Reads the points of the blocks that reach into a stretch; `placeOf` says where they lie. */
export async function readPoints(
  file: OpenFile,
  kept: KeptColumns,
  stretch: AxisRange,
  placesOf: (columns: { readonly steps: Float64Array; readonly times: Float64Array }) => Float64Array,
  checksum: Checksum,
): Promise<PlacedPoints> {
  const rows = await readColumns(file, kept, { first: stretch.from, last: stretch.to }, POINT_COLUMNS.length, checksum)
  const [steps = NONE, times = NONE, values = NONE] = rows
  const xs = placesOf({ steps, times })
  const start = xs.findIndex((x) => x >= stretch.from)
  const end = xs.findLastIndex((x) => x <= stretch.to) + 1
  const part = (column: Float64Array): Float64Array => (start === -1 ? NONE : column.subarray(start, end))
  return { xs: part(xs), steps: part(steps), times: part(times), values: part(values) }
}

/** Reads the tiles of the blocks that reach into a stretch of numbers. */
export async function readTiles(
  file: OpenFile,
  kept: KeptColumns,
  exponent: number,
  numbers: { readonly first: number; readonly last: number },
  checksum: Checksum,
): Promise<Tiles> {
  const rows = await readColumns(file, kept, numbers, TILE_COLUMNS.length, checksum)
  const at = (name: TileColumn): Float64Array => rows[TILE_COLUMNS.indexOf(name)] ?? NONE
  return rows.length === 0 ? noTiles(exponent) : tilesFrom(exponent, at('numbers').length, at)
}

const NONE = new Float64Array()

async function writeColumns(
  writer: PartWriter,
  keys: Float64Array,
  columns: readonly Float64Array[],
): Promise<KeptColumns> {
  const blocks: KeptColumns['blocks'][number][] = []
  let offset = 0
  for (let start = 0; start < keys.length; start += BLOCK_ROWS) {
    const end = Math.min(keys.length, start + BLOCK_ROWS)
    const bytes = new Float64Array(columns.length * (end - start))
    columns.forEach((column, index) => bytes.set(column.subarray(start, end), index * (end - start)))
    const [at, , checksum] = await writer.add(new Uint8Array(bytes.buffer))
    if (start === 0) offset = at
    blocks.push([keys[start] ?? NaN, keys[end - 1] ?? NaN, checksum])
  }
  return { offset, length: keys.length, blocks }
}

/** Columns of whole blocks, in one read; none when no block reaches into the keys that are asked for. */
async function readColumns(
  file: OpenFile,
  kept: KeptColumns,
  keys: { readonly first: number; readonly last: number },
  columns: number,
  checksum: Checksum,
): Promise<readonly Float64Array[]> {
  const start = kept.blocks.findIndex(([, last]) => last >= keys.first)
  const end = kept.blocks.findLastIndex(([first]) => first <= keys.last) + 1
  if (start === -1 || end <= start) return []
  const stride = BLOCK_ROWS * columns * DOUBLE_BYTES
  const rows = Math.min(kept.length, end * BLOCK_ROWS) - start * BLOCK_ROWS
  const row = { offset: kept.offset + start * stride, stride, lengthBytes: rows * columns * DOUBLE_BYTES }
  const sums = kept.blocks.slice(start, end).map(([, , sum]) => sum)
  const bytes = await readRow(file, row, sums, checksum)
  const numbers = new Float64Array(bytes.buffer, bytes.byteOffset, rows * columns)
  return Array.from({ length: columns }, (_, column) => {
    const joined = new Float64Array(rows)
    for (let from = 0; from < rows; from += BLOCK_ROWS) {
      const count = Math.min(BLOCK_ROWS, rows - from)
      const at = from * columns + column * count
      joined.set(numbers.subarray(at, at + count), from)
    }
    return joined
  })
}
