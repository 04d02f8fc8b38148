/**
 * A pyramid over the points of a series: any zoom of a million points is answered from a few thousand blocks, and no
 * spike is lost, because least and greatest values are carried up and never sampled.
 *
 * Law: whatever the range and the number of buckets, every point of the range belongs to exactly one bucket, and the
 * least and greatest value of a bucket are those of its points.
 */
import type { Series } from './series.ts'

/** What points are laid along: steps, milliseconds since the epoch, or milliseconds since a moment. */
export type PyramidAxis =
  { readonly kind: 'step' } | { readonly kind: 'time' } | { readonly kind: 'elapsed'; readonly sinceMs: number }

/** A stretch of an axis, both ends within. */
export interface AxisRange {
  readonly from: number
  readonly to: number
}

/** Points between two places of the order, summed up. */
interface Tally {
  /** Of the finite values; infinite when there are none. */
  min: number
  max: number
  sum: number
  finite: number
  nan: number
  positive: number
  negative: number
}

/** Blocks of a level: each stands for `FACTOR` of the level below. */
interface Level {
  readonly mins: Float64Array
  readonly maxs: Float64Array
  readonly sums: Float64Array
  readonly finites: Uint32Array
  readonly nans: Uint32Array
  readonly positives: Uint32Array
  readonly negatives: Uint32Array
}

/** A series in the order of an axis, with its blocks. */
export interface SeriesPyramid {
  /** Points of the series, those without a place on the axis too. */
  readonly total: number
  /** Where its points lie; `undefined` when none has a place on the axis. */
  readonly extent: AxisRange | undefined
  readonly xs: Float64Array
  readonly steps: Float64Array
  readonly values: Float64Array
  /** NaN for a point without a time; absent when no point has one. */
  readonly times: Float64Array | undefined
  /** The lowest first; none stands for the points themselves. */
  readonly levels: readonly Level[]
}

/** Buckets of a stretch, as columns of one length, ascending; empty buckets are left out. */
export interface SeriesBuckets {
  /** Which bucket, counted from 0. */
  readonly buckets: readonly number[]
  /** Place, step, time and value of the last point of each bucket; of equal places the one logged last. */
  readonly xs: readonly number[]
  readonly steps: readonly number[]
  readonly times: readonly (number | undefined)[]
  readonly lasts: readonly number[]
  /** Of the finite values; `undefined` where there are none. */
  readonly mins: readonly (number | undefined)[]
  readonly maxs: readonly (number | undefined)[]
  readonly means: readonly (number | undefined)[]
  readonly counts: readonly number[]
  /** Values that are not finite, for those buckets that have some; `at` is an index into the columns. */
  readonly marks: readonly { at: number; nan: number; positive: number; negative: number }[]
}

const FACTOR = 16

/** Builds the pyramid; linear but for sorting where the points are not in the order of the axis. */
export function buildPyramid(series: Series, axis: PyramidAxis): SeriesPyramid {
  const placed = placesOf(series, axis)
  const order = orderOf(placed)
  const pick = (column: Float64Array): Float64Array => {
    return order === undefined ? column : Float64Array.from(order, (index) => column[index] ?? NaN)
  }
  const [xs, values] = [pick(placed), pick(series.values)]
  const [from, to] = [xs[0], xs[xs.length - 1]]
  return {
    total: series.values.length,
    extent: from === undefined || to === undefined ? undefined : { from, to },
    xs,
    steps: pick(series.steps),
    values,
    times: series.times === undefined ? undefined : pick(series.times),
    levels: levelsOf(values),
  }
}

/**
 * Cuts a range into buckets of equal width and sums each up. Where a bucket lies follows from the range and the count
 * alone, so that series share buckets.
 *
 * @param count of buckets, at least 1
 */
export function bucketsOf(pyramid: SeriesPyramid, range: AxisRange, count: number): SeriesBuckets {
  const { xs, steps, values, times } = pyramid
  const found = emptyBuckets()
  const width = range.to - range.from
  const bucketAt = (index: number): number => {
    const part = ((xs[index] ?? NaN) - range.from) / width
    return width > 0 ? Math.min(count - 1, Math.floor(part * count)) : 0
  }
  const end = firstIndex(0, xs.length, (index) => (xs[index] ?? NaN) > range.to)
  let start = firstIndex(0, end, (index) => (xs[index] ?? NaN) >= range.from)
  while (start < end) {
    const bucket = bucketAt(start)
    const next = firstIndex(start + 1, end, (index) => bucketAt(index) > bucket)
    const last = next - 1
    const time = times?.[last] ?? NaN
    found.buckets.push(bucket)
    found.xs.push(xs[last] ?? NaN)
    found.steps.push(steps[last] ?? NaN)
    found.times.push(Number.isNaN(time) ? undefined : time)
    found.lasts.push(values[last] ?? NaN)
    found.counts.push(next - start)
    addTally(found, tallyBetween(pyramid, start, next))
    start = next
  }
  return found
}

type Columns = { -readonly [Key in keyof SeriesBuckets]: SeriesBuckets[Key][number][] }

function emptyBuckets(): Columns {
  return { buckets: [], xs: [], steps: [], times: [], lasts: [], mins: [], maxs: [], means: [], counts: [], marks: [] }
}

function addTally(found: Columns, { min, max, sum, finite, nan, positive, negative }: Tally): void {
  found.mins.push(finite === 0 ? undefined : min)
  found.maxs.push(finite === 0 ? undefined : max)
  found.means.push(finite === 0 ? undefined : sum / finite)
  if (nan + positive + negative > 0) found.marks.push({ at: found.mins.length - 1, nan, positive, negative })
}

/** Where each point lies; NaN for one without a place. */
function placesOf({ steps, times }: Series, axis: PyramidAxis): Float64Array {
  if (axis.kind === 'step') return steps
  const known = times ?? new Float64Array(steps.length).fill(NaN)
  return axis.kind === 'time' ? known : known.map((atMs) => atMs - axis.sinceMs)
}

/** Indexes in the order of places, equal ones as they were logged; `undefined` when they are in order already. */
function orderOf(places: Float64Array): Uint32Array | undefined {
  let isOrdered = true
  for (let index = 0; index < places.length && isOrdered; index += 1) {
    const place = places[index] ?? NaN
    isOrdered = !Number.isNaN(place) && (index === 0 || place >= (places[index - 1] ?? NaN))
  }
  if (isOrdered) return undefined
  const kept = Uint32Array.from(places.keys()).filter((index) => !Number.isNaN(places[index] ?? NaN))
  return kept.sort((left, right) => (places[left] ?? 0) - (places[right] ?? 0) || left - right)
}

function levelsOf(values: Float64Array): readonly Level[] {
  const levels: Level[] = []
  for (let size = values.length; size > FACTOR;) {
    const below = levels.at(-1)
    const blocks = Math.ceil(size / FACTOR)
    const level = emptyLevel(blocks)
    for (let block = 0; block < blocks; block += 1) {
      const tally = emptyTally()
      const end = Math.min(size, (block + 1) * FACTOR)
      for (let index = block * FACTOR; index < end; index += 1) addEntry(tally, below, values, index)
      setBlock(level, block, tally)
    }
    levels.push(level)
    size = blocks
  }
  return levels
}

function emptyLevel(blocks: number): Level {
  return {
    mins: new Float64Array(blocks),
    maxs: new Float64Array(blocks),
    sums: new Float64Array(blocks),
    finites: new Uint32Array(blocks),
    nans: new Uint32Array(blocks),
    positives: new Uint32Array(blocks),
    negatives: new Uint32Array(blocks),
  }
}

function setBlock(level: Level, block: number, tally: Tally): void {
  level.mins[block] = tally.min
  level.maxs[block] = tally.max
  level.sums[block] = tally.sum
  level.finites[block] = tally.finite
  level.nans[block] = tally.nan
  level.positives[block] = tally.positive
  level.negatives[block] = tally.negative
}

function emptyTally(): Tally {
  return { min: Infinity, max: -Infinity, sum: 0, finite: 0, nan: 0, positive: 0, negative: 0 }
}

/** Climbs while whole blocks fit: about `FACTOR` entries a level on either side. */
function tallyBetween({ values, levels }: SeriesPyramid, start: number, end: number): Tally {
  const tally = emptyTally()
  let [low, high] = [start, end]
  for (let depth = 0; low < high; depth += 1) {
    const level = depth === 0 ? undefined : levels[depth - 1]
    const isTop = depth >= levels.length
    const lowEdge = isTop ? high : Math.min(high, Math.ceil(low / FACTOR) * FACTOR)
    for (; low < lowEdge; low += 1) addEntry(tally, level, values, low)
    if (low >= high) return tally
    const highEdge = Math.floor(high / FACTOR) * FACTOR
    for (let index = highEdge; index < high; index += 1) addEntry(tally, level, values, index)
    low /= FACTOR
    high = highEdge / FACTOR
  }
  return tally
}

/** Adds a block of a level, or a point where there is no level. */
function addEntry(tally: Tally, level: Level | undefined, values: Float64Array, index: number): void {
  if (level === undefined) {
    addValue(tally, values[index] ?? NaN)
    return
  }
  tally.min = Math.min(tally.min, level.mins[index] ?? Infinity)
  tally.max = Math.max(tally.max, level.maxs[index] ?? -Infinity)
  tally.sum += level.sums[index] ?? 0
  tally.finite += level.finites[index] ?? 0
  tally.nan += level.nans[index] ?? 0
  tally.positive += level.positives[index] ?? 0
  tally.negative += level.negatives[index] ?? 0
}

function addValue(tally: Tally, value: number): void {
  if (Number.isFinite(value)) {
    if (value < tally.min) tally.min = value
    if (value > tally.max) tally.max = value
    tally.sum += value
    tally.finite += 1
  } else if (Number.isNaN(value)) tally.nan += 1
  else if (value > 0) tally.positive += 1
  else tally.negative += 1
}

/** The first index that meets a test which all after it meet too; `end` when none does. */
function firstIndex(start: number, end: number, isMet: (index: number) => boolean): number {
  let [low, high] = [start, end]
  while (low < high) {
    const middle = (low + high) >>> 1
    if (isMet(middle)) high = middle
    else low = middle + 1
  }
  return low
}
