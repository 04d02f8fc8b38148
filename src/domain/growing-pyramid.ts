/**
 * The pyramid of a series that may still grow, in memory. Points are taken in the order they were logged; whatever that
 * is, they lie in strands, each in the order of the axis, and a question puts the tiles of the strands together.
 *
 * A point that goes back begins a strand, and strands of like size are woven into one, so there are never many, and
 * taking in a point costs the same however many there are, as a mean.
 */
import type { Series } from './series.ts'
import { FARTHEST_PLACE, firstIndex, mergeTiles } from './series-tiles.ts'
import type { AxisRange, PlacedPoints, Tiles } from './series-tiles.ts'
import { buildLevels, cutTiles, extendLevels, levelFor } from './tile-levels.ts'
import type { TileLevels } from './tile-levels.ts'

/** A pyramid that grows. */
export interface GrowingPyramid {
  /**
   * Takes in what a series has beyond what was taken before, which it begins with.
   *
   * @param places where each point lies, as long as the series; NaN for a point that lies nowhere
   */
  readonly take: (series: Series, places: Float64Array) => void
  /** Points that were taken in, those that lie nowhere too. */
  readonly total: () => number
  /** Where the points lie; `undefined` when none lies anywhere. */
  readonly extent: () => AxisRange | undefined
  /** The tiles of a range. */
  readonly cut: (range: AxisRange, exponent: number) => Tiles
  /** Where the first point lies among those from an index on; `undefined` when none lies anywhere. */
  readonly firstSince: (index: number) => number | undefined
  /** All points that lie somewhere, in the order of the axis; of equal places as they were logged. */
  readonly ordered: () => PlacedPoints
}

/** Points as they were logged, and where they lie. */
interface Logged {
  readonly series: Series
  readonly places: Float64Array
}

/** Indexes of points in the order of the axis, with what was made of the first `settled` of them. */
interface Strand {
  order: Uint32Array
  length: number
  levels: TileLevels
  settled: number
  /** How many there were when the levels were made, whose exponents fit so many. */
  madeOf: number
}

/** Starts without points. */
export function growPyramid(): GrowingPyramid {
  let logged: Logged = { series: { steps: NONE, values: NONE }, places: NONE }
  const strands: Strand[] = []
  return {
    take: (series, places) => {
      const start = logged.places.length
      logged = { series, places }
      for (let index = start; index < places.length; index += 1) place(strands, places, index)
    },
    total: () => logged.places.length,
    extent: () => extentOf(strands, logged.places),
    cut: (range, exponent) => {
      const cuts = strands.map((strand) => cutStrand(strand, logged, range, exponent))
      return mergeTiles(cuts, exponent)
    },
    firstSince: (index) => {
      const first = logged.places.subarray(index).reduce((least, x) => (x < least ? x : least), Infinity)
      return first === Infinity ? undefined : first
    },
    ordered: () => {
      while (strands.length > 1) weaveLast(strands, logged.places)
      const [only] = strands
      return only === undefined ? pick(logged, new Uint32Array()) : pick(logged, only.order.subarray(0, only.length))
    },
  }
}

const NONE = new Float64Array()
const FIRST_CAPACITY = 64

function place(strands: Strand[], places: Float64Array, index: number): void {
  const x = places[index] ?? NaN
  if (!(Math.abs(x) <= FARTHEST_PLACE)) return
  const last = strands.at(-1)
  if (last !== undefined && x >= (places[last.order[last.length - 1] ?? 0] ?? NaN)) {
    append(last, index)
    return
  }
  while (strands.length > 1 && (strands.at(-2)?.length ?? 0) <= 2 * (strands.at(-1)?.length ?? 0)) {
    weaveLast(strands, places)
  }
  const strand = startStrand(new Uint32Array(FIRST_CAPACITY), 0)
  append(strand, index)
  strands.push(strand)
}

function startStrand(order: Uint32Array, length: number): Strand {
  return { order, length, levels: [], settled: 0, madeOf: 0 }
}

function append(strand: Strand, index: number): void {
  if (strand.length === strand.order.length) {
    const larger = new Uint32Array(2 * strand.length)
    larger.set(strand.order)
    strand.order = larger
  }
  strand.order[strand.length] = index
  strand.length += 1
}

/** Weaves the last two strands into one; of equal places those of the earlier one come first. */
function weaveLast(strands: Strand[], places: Float64Array): void {
  const [right, left] = [strands.pop(), strands.pop()]
  if (left === undefined || right === undefined) return
  const order = new Uint32Array(left.length + right.length)
  let [i, j] = [0, 0]
  for (let at = 0; at < order.length; at += 1) {
    const [one, other] = [left.order[i] ?? 0, right.order[j] ?? 0]
    const isLeft = j >= right.length || (i < left.length && (places[one] ?? NaN) <= (places[other] ?? NaN))
    order[at] = isLeft ? one : other
    if (isLeft) i += 1
    else j += 1
  }
  strands.push(startStrand(order, order.length))
}

function extentOf(strands: readonly Strand[], places: Float64Array): AxisRange | undefined {
  let [from, to] = [Infinity, -Infinity]
  for (const { order, length } of strands) {
    from = Math.min(from, places[order[0] ?? 0] ?? NaN)
    to = Math.max(to, places[order[length - 1] ?? 0] ?? NaN)
  }
  return from <= to ? { from, to } : undefined
}

function cutStrand(strand: Strand, logged: Logged, range: AxisRange, exponent: number): Tiles {
  settle(strand, logged)
  const chosen = levelFor(
    strand.levels.map((level) => level.tiles().exponent),
    exponent,
  )
  const { order, length } = strand
  const placeOf = (at: number): number => logged.places[order[at] ?? 0] ?? NaN
  return cutTiles(strand.levels[chosen]?.tiles(), range, exponent, ({ from, to }) => {
    const start = firstIndex(length, (at) => placeOf(at) >= from)
    const end = firstIndex(length, (at) => placeOf(at) > to)
    return pick(logged, order.subarray(start, Math.max(start, end)))
  })
}

/** Brings the levels up to date: anew when there are twice as many points, else with those that came since. */
function settle(strand: Strand, logged: Logged): void {
  const { order, length, settled, madeOf } = strand
  if (settled === length) return
  if (length >= 2 * madeOf) {
    strand.levels = buildLevels(pick(logged, order.subarray(0, length)))
    strand.madeOf = length
  } else {
    extendLevels(strand.levels, pick(logged, order.subarray(settled, length)))
  }
  strand.settled = length
}

function pick({ series, places }: Logged, order: Uint32Array): PlacedPoints {
  const column = (values: Float64Array): Float64Array => {
    const picked = new Float64Array(order.length)
    for (let at = 0; at < order.length; at += 1) picked[at] = values[order[at] ?? 0] ?? NaN
    return picked
  }
  return {
    xs: column(places),
    steps: column(series.steps),
    times: series.times === undefined ? new Float64Array(order.length).fill(NaN) : column(series.times),
    values: column(series.values),
  }
}
