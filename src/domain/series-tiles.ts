/**
 * Tiles: what the points of a series amount to on stretches of an axis, as maps have them. A tile of exponent `e` with
 * number `n` holds the points with n·2^e ≤ x < (n+1)·2^e. Where tiles lie follows from the axis alone, so that tiles of
 * all runs share their edges, coarser ones are sums of finer ones, and what is added later changes no tile elsewhere.
 *
 * Law: every point with a place belongs to exactly one tile of each exponent, and the least and greatest value of a
 * tile are those of its points.
 */

/** The columns of tiles, in the order in which they are kept on disks. */
export const TILE_COLUMNS = [
  'numbers',
  'firsts',
  'xs',
  'steps',
  'times',
  'lasts',
  'mins',
  'maxs',
  'sums',
  'finites',
  'nans',
  'positives',
  'negatives',
] as const

/** One of them. */
export type TileColumn = (typeof TILE_COLUMNS)[number]

/**
 * Tiles of one exponent, ascending by number, none of them empty. `firsts` is the least x; `xs`, `steps`, `times` (NaN
 * without one) and `lasts` are of the last point, of equal places the one logged last. `mins`, `maxs`, `sums` and
 * `finites` are of the finite values (∞ and -∞ where there are none); the last three count the others.
 */
export type Tiles = { readonly [Column in TileColumn]: Float64Array } & {
  readonly exponent: number
  readonly length: number
}

/** A stretch of an axis, both ends within. */
export interface AxisRange {
  readonly from: number
  readonly to: number
}

/** Points in the order of an axis, as columns of one length. */
export interface PlacedPoints {
  readonly xs: Float64Array
  readonly steps: Float64Array
  /** NaN for a point without a time. */
  readonly times: Float64Array
  readonly values: Float64Array
}

/** Tiles that grow at their end. */
export interface TileBuilder {
  readonly length: () => number
  /** Adds a point; its tile is the last one or comes after it. */
  readonly addPoint: (x: number, step: number, time: number, value: number) => void
  /** Adds a tile of the same or a finer exponent; the tile it belongs to is the last one or comes after it. */
  readonly addTile: (tiles: Tiles, index: number) => void
  /** Forgets the tiles from an index on. */
  readonly truncate: (length: number) => void
  /** The tiles so far; not to be used once more is added. */
  readonly tiles: () => Tiles
}

/** Nothing is cut finer or coarser. */
export const LEAST_EXPONENT = -120
/** Tiles of this exponent are wider than any axis. */
export const MOST_EXPONENT = 120
/** Points further out than this have no place: their tiles would have no number. */
export const FARTHEST_PLACE = 1e200

/** The number of the tile of an exponent that a place is in. Exact: a power of two changes no digit. */
export function tileAt(x: number, exponent: number): number {
  return Math.floor(x * 2 ** -exponent)
}

/**
 * The exponent that cuts a range into at most `count` stretches, and into more than half as many; a tile more may be
 * touched, because tiles begin where they begin. @param count at least 1
 */
export function exponentFor({ from, to }: AxisRange, count: number): number {
  const width = (to - from) / count
  if (!(width > 0)) return 0
  let exponent = Math.ceil(Math.log2(width))
  // Logarithms are rounded.
  if (2 ** exponent < width) exponent += 1
  else if (2 ** (exponent - 1) >= width) exponent -= 1
  return Math.min(MOST_EXPONENT, Math.max(LEAST_EXPONENT, exponent))
}

type Growing = { -readonly [Column in TileColumn]: Float64Array }

/** Starts without tiles. */
export function buildTiles(exponent: number, capacity = 16): TileBuilder {
  const scale = 2 ** -exponent
  let columns = emptyColumns(capacity)
  let length = 0
  let lastNumber = NaN
  const openTile = (number: number, first: number): number => {
    if (number === lastNumber) return length - 1
    if (length === columns.numbers.length) columns = grownColumns(columns, 2 * length)
    columns.numbers[length] = number
    columns.firsts[length] = first
    columns.xs[length] = -Infinity
    columns.mins[length] = Infinity
    columns.maxs[length] = -Infinity
    for (const name of COUNTS) columns[name][length] = 0
    lastNumber = number
    length += 1
    return length - 1
  }
  return {
    length: () => length,
    addPoint: (x, step, time, value) => {
      const at = openTile(Math.floor(x * scale), x)
      setLast(columns, at, x, step, time, value)
      addValue(columns, at, value)
    },
    addTile: (tiles, index) => {
      const number = Math.floor((tiles.numbers[index] ?? NaN) * 2 ** (tiles.exponent - exponent))
      const at = openTile(number, tiles.firsts[index] ?? NaN)
      addSums(columns, at, tiles, index)
    },
    truncate: (kept) => {
      length = kept
      lastNumber = kept === 0 ? NaN : (columns.numbers[kept - 1] ?? NaN)
    },
    tiles: () => tilesFrom(exponent, length, (name) => columns[name].subarray(0, length)),
  }
}

/** Tiles from their columns. */
export function tilesFrom(exponent: number, length: number, column: (name: TileColumn) => Float64Array): Tiles {
  return {
    exponent,
    length,
    numbers: column('numbers'),
    firsts: column('firsts'),
    xs: column('xs'),
    steps: column('steps'),
    times: column('times'),
    lasts: column('lasts'),
    mins: column('mins'),
    maxs: column('maxs'),
    sums: column('sums'),
    finites: column('finites'),
    nans: column('nans'),
    positives: column('positives'),
    negatives: column('negatives'),
  }
}

/** Points in a tile. */
export function countIn({ finites, nans, positives, negatives }: Tiles, index: number): number {
  return (finites[index] ?? 0) + (nans[index] ?? 0) + (positives[index] ?? 0) + (negatives[index] ?? 0)
}

/** The mean of the finite values of a tile; `undefined` where there are none. Huge values do not make it infinite. */
export function meanIn({ finites, sums, mins, maxs }: Tiles, index: number): number | undefined {
  const count = finites[index] ?? 0
  if (count === 0) return undefined
  const mean = (sums[index] ?? NaN) / count
  return Number.isFinite(mean) ? mean : (mins[index] ?? NaN) / 2 + (maxs[index] ?? NaN) / 2
}

/** No tiles. */
export function noTiles(exponent: number): Tiles {
  return buildTiles(exponent, 0).tiles()
}

/** Tiles from an index on and before another. */
export function sliceTiles(tiles: Tiles, start: number, end: number): Tiles {
  if (start === 0 && end === tiles.length) return tiles
  return tilesFrom(tiles.exponent, Math.max(0, end - start), (name) => tiles[name].subarray(start, end))
}

/** The tiles of points that are in the order of the axis. */
export function tilesOfPoints(points: PlacedPoints, exponent: number): Tiles {
  const { xs, steps, times, values } = points
  const builder = buildTiles(exponent)
  for (let index = 0; index < xs.length; index += 1) {
    builder.addPoint(xs[index] ?? NaN, steps[index] ?? NaN, times[index] ?? NaN, values[index] ?? NaN)
  }
  return builder.tiles()
}

/** Puts tiles that follow each other into tiles of an exponent, the same or a coarser one. */
export function joinTiles(parts: readonly Tiles[], exponent: number): Tiles {
  const filled = parts.filter(({ length }) => length > 0)
  if (filled.length === 1 && filled[0]?.exponent === exponent) return filled[0]
  const builder = buildTiles(exponent)
  for (const part of filled) {
    for (let index = 0; index < part.length; index += 1) builder.addTile(part, index)
  }
  return builder.tiles()
}

/** Puts tiles of the same stretches together; of equal places the last point is that of the later list. */
export function mergeTiles(lists: readonly Tiles[], exponent: number): Tiles {
  const [first, ...others] = lists
  return others.reduce((merged, tiles) => mergeTwo(merged, tiles, exponent), first ?? noTiles(exponent))
}

/** Tiles that a range touches, and the stretches of it that the first and the last of them reach out of. */
export interface TouchedTiles {
  /** Wholly within the range. */
  readonly inner: Tiles
  /** Where the points themselves must be asked, before and behind. */
  readonly head: AxisRange | undefined
  readonly tail: AxisRange | undefined
}

/** Parts the tiles that lie in a range, as their numbers tell, from those that only reach into it. */
export function touchedTiles(tiles: Tiles, range: AxisRange): TouchedTiles {
  let start = firstIndex(tiles.length, (index) => (tiles.numbers[index] ?? NaN) >= tileAt(range.from, tiles.exponent))
  let end = firstIndex(tiles.length, (index) => (tiles.numbers[index] ?? NaN) > tileAt(range.to, tiles.exponent))
  let [head, tail]: (AxisRange | undefined)[] = []
  const [first, last] = [tiles.firsts, tiles.xs]
  if (start < end && (first[start] ?? NaN) < range.from) {
    head = within(range, { from: range.from, to: last[start] ?? NaN })
    start += 1
  }
  if (start < end && (last[end - 1] ?? NaN) > range.to) {
    tail = within(range, { from: first[end - 1] ?? NaN, to: range.to })
    end -= 1
  }
  return { inner: sliceTiles(tiles, start, end), head, tail }
}

function within(range: AxisRange, { from, to }: AxisRange): AxisRange | undefined {
  const part = { from: Math.max(from, range.from), to: Math.min(to, range.to) }
  return part.from <= part.to ? part : undefined
}

/** The first index below `end` that meets a test which all after it meet too; `end` when none does. */
export function firstIndex(end: number, isMet: (index: number) => boolean): number {
  let [low, high] = [0, end]
  while (low < high) {
    const middle = (low + high) >>> 1
    if (isMet(middle)) high = middle
    else low = middle + 1
  }
  return low
}

/** The finest exponent with at most so many tiles, of places in order; counts, and builds nothing. */
export function finestExponent(xs: Float64Array, most: number): number {
  let [low, high] = [LEAST_EXPONENT, MOST_EXPONENT]
  while (low < high) {
    const middle = Math.floor((low + high) / 2)
    if (hasAtMost(xs, middle, most)) high = middle
    else low = middle + 1
  }
  return low
}

function hasAtMost(xs: Float64Array, exponent: number, most: number): boolean {
  const scale = 2 ** -exponent
  let [count, last] = [0, NaN]
  for (let index = 0; index < xs.length; index += 1) {
    const number = Math.floor((xs[index] ?? NaN) * scale)
    if (number === last) continue
    count += 1
    if (count > most) return false
    last = number
  }
  return true
}

function mergeTwo(left: Tiles, right: Tiles, exponent: number): Tiles {
  if (left.length === 0) return right
  if (right.length === 0) return left
  const builder = buildTiles(exponent, left.length + right.length)
  let [i, j] = [0, 0]
  while (i < left.length || j < right.length) {
    const isLeft = j >= right.length || (i < left.length && (left.numbers[i] ?? NaN) <= (right.numbers[j] ?? NaN))
    if (isLeft) builder.addTile(left, i++)
    else builder.addTile(right, j++)
  }
  return builder.tiles()
}

const COUNTS = ['sums', 'finites', 'nans', 'positives', 'negatives'] as const

function setLast(columns: Growing, at: number, x: number, step: number, time: number, value: number): void {
  columns.xs[at] = x
  columns.steps[at] = step
  columns.times[at] = time
  columns.lasts[at] = value
}

function addValue(columns: Growing, at: number, value: number): void {
  if (Number.isFinite(value)) {
    if (value < (columns.mins[at] ?? 0)) columns.mins[at] = value
    if (value > (columns.maxs[at] ?? 0)) columns.maxs[at] = value
    columns.sums[at] = (columns.sums[at] ?? 0) + value
    columns.finites[at] = (columns.finites[at] ?? 0) + 1
    return
  }
  const counts = Number.isNaN(value) ? columns.nans : value > 0 ? columns.positives : columns.negatives
  counts[at] = (counts[at] ?? 0) + 1
}

function addSums(columns: Growing, at: number, tiles: Tiles, index: number): void {
  const x = tiles.xs[index] ?? NaN
  if (x >= (columns.xs[at] ?? NaN)) {
    setLast(columns, at, x, tiles.steps[index] ?? NaN, tiles.times[index] ?? NaN, tiles.lasts[index] ?? NaN)
  }
  columns.firsts[at] = Math.min(columns.firsts[at] ?? NaN, tiles.firsts[index] ?? NaN)
  columns.mins[at] = Math.min(columns.mins[at] ?? NaN, tiles.mins[index] ?? NaN)
  columns.maxs[at] = Math.max(columns.maxs[at] ?? NaN, tiles.maxs[index] ?? NaN)
  for (const name of COUNTS) columns[name][at] = (columns[name][at] ?? 0) + (tiles[name][index] ?? 0)
}

function emptyColumns(capacity: number): Growing {
  return { ...tilesFrom(0, 0, () => new Float64Array(capacity)) }
}

function grownColumns(columns: Growing, capacity: number): Growing {
  const larger = emptyColumns(Math.max(16, capacity))
  for (const name of TILE_COLUMNS) larger[name].set(columns[name])
  return larger
}
