/**
 * Sketches of series: a curve as it comes in, in bounded memory. Points go into blocks of consecutive points; when
 * there are too many blocks, neighbours become one. What was least and greatest is never lost.
 *
 * Law: the blocks hold every point once, in the order of adding; a block's least and greatest are those of its points.
 */
import type { Series } from './series.ts'

/** Consecutive points, summed up. */
export interface SketchBlock {
  /** At least 1. */
  readonly count: number
  /** Of the first point and of the last. */
  readonly firstStep: number
  readonly lastStep: number
  /** Of the last point, in milliseconds since the Unix epoch; NaN without a time. */
  readonly lastAtMs: number
  /** Of the finite values; infinite when there are none. */
  readonly min: number
  readonly max: number
  /** How many values are finite, and their sum. */
  readonly finite: number
  readonly sum: number
  /** The value of the last point, whatever it is. */
  readonly last: number
}

/** A curve in few numbers. */
export interface SeriesSketch {
  /** Adds a point behind the others. */
  readonly add: (step: number, value: number, atMs?: number) => void
  /** Points added so far. */
  readonly count: () => number
  /**
   * In the order of adding. At least as many as a sketch keeps, or one a point while there are fewer. The last one
   * grows with the next point.
   */
  readonly blocks: () => readonly SketchBlock[]
}

/** Values from left to right, finite, or NaN for a gap. */
export type Sparkline = readonly number[]

/** Blocks a sketch keeps at least; enough for two dots a character of a wide terminal. */
const LEAST_BLOCKS = 128

/** Starts a sketch without points. @param leastBlocks at least 1 */
export function openSketch(leastBlocks: number = LEAST_BLOCKS): SeriesSketch {
  let blocks: OpenBlock[] = []
  let [count, blockSize] = [0, 1]
  return {
    add: (step, value, atMs = NaN) => {
      count += 1
      const open = blocks.at(-1)
      if (open !== undefined && open.count < blockSize) {
        addPoint(open, step, value, atMs)
        return
      }
      blocks.push(pointBlock(step, value, atMs))
      if (blocks.length < 2 * leastBlocks) return
      blocks = halved(blocks)
      blockSize *= 2
    },
    count: () => count,
    blocks: () => blocks,
  }
}

/** Sketches a series, points in the order of their steps. */
export function sketchOf(series: Series, leastBlocks: number = LEAST_BLOCKS): SeriesSketch {
  const sketch = openSketch(leastBlocks)
  const { steps, values, times } = inOrder(series)
  for (let index = 0; index < values.length; index += 1) {
    sketch.add(steps[index] ?? NaN, values[index] ?? NaN, times?.[index])
  }
  return sketch
}

/**
 * The curve in at most `points` values: the last of each stretch, and a gap for a stretch that ends in what is not
 * finite. Of the others, the two that hold the least and the greatest value show it, so that a spike is seen.
 */
export function sparklineOf(blocks: readonly SketchBlock[], points: number): Sparkline {
  const parts = stretches(blocks, points)
  const whole = parts.filter(({ last }) => Number.isFinite(last))
  const low = whole.reduce((least, { min }) => Math.min(least, min), Infinity)
  const high = whole.reduce((most, { max }) => Math.max(most, max), -Infinity)
  const lowAt = whole.find(({ min }) => min === low)
  const highAt = whole.find(({ max }) => max === high)
  return parts.map((part) => {
    const { last, min, max } = part
    if (!Number.isFinite(last)) return NaN
    // Both in one stretch: the one further from where the curve goes on says more.
    if (part === lowAt && part === highAt) return max - last >= last - min ? max : min
    return part === lowAt ? min : part === highAt ? max : last
  })
}

/** The sparkline of a whole series, in the order of its steps: what its sketch gives, in less time. */
export function seriesSparkline(series: Series, points: number): Sparkline {
  const { values } = inOrder(series)
  const count = Math.min(points, values.length)
  const blocks = Array.from({ length: count }, (_, index) => {
    const start = Math.floor((index * values.length) / count)
    const end = Math.floor(((index + 1) * values.length) / count)
    const block = pointBlock(start, values[start] ?? NaN, NaN)
    for (let at = start + 1; at < end; at += 1) addPoint(block, at, values[at] ?? NaN, NaN)
    return block
  })
  return sparklineOf(blocks, points)
}

/** Cuts blocks into at most so many stretches of nearly equal numbers of blocks. @param most at least 1 */
export function stretches(blocks: readonly SketchBlock[], most: number): readonly SketchBlock[] {
  const count = Math.min(most, blocks.length)
  return Array.from({ length: count }, (_, index) => {
    const start = Math.floor((index * blocks.length) / count)
    const end = Math.floor(((index + 1) * blocks.length) / count)
    return blocks.slice(start, end).reduce(joined)
  })
}

/** A block that grows: millions of points make few objects. */
type OpenBlock = { -readonly [Member in keyof SketchBlock]: SketchBlock[Member] }

function addPoint(block: OpenBlock, step: number, value: number, atMs: number): void {
  block.count += 1
  block.lastStep = step
  block.lastAtMs = atMs
  block.last = value
  if (!Number.isFinite(value)) return
  block.finite += 1
  block.sum += value
  if (value < block.min) block.min = value
  if (value > block.max) block.max = value
}

function pointBlock(step: number, value: number, atMs: number): OpenBlock {
  const isFinite = Number.isFinite(value)
  return {
    count: 1,
    firstStep: step,
    lastStep: step,
    lastAtMs: atMs,
    min: isFinite ? value : Infinity,
    max: isFinite ? value : -Infinity,
    finite: isFinite ? 1 : 0,
    sum: isFinite ? value : 0,
    last: value,
  }
}

function joined(earlier: SketchBlock, later: SketchBlock): OpenBlock {
  return {
    count: earlier.count + later.count,
    firstStep: earlier.firstStep,
    lastStep: later.lastStep,
    lastAtMs: later.lastAtMs,
    min: Math.min(earlier.min, later.min),
    max: Math.max(earlier.max, later.max),
    finite: earlier.finite + later.finite,
    sum: earlier.sum + later.sum,
    last: later.last,
  }
}

function halved(blocks: readonly OpenBlock[]): OpenBlock[] {
  const pairs: OpenBlock[] = []
  for (let index = 0; index < blocks.length; index += 2) {
    const [first, second] = [blocks[index], blocks[index + 1]]
    if (first !== undefined) pairs.push(second === undefined ? first : joined(first, second))
  }
  return pairs
}

/** Points in the order of their steps, those of one step as they were logged; nothing is copied where they are so. */
function inOrder(series: Series): Series {
  const { steps, values, times } = series
  if (steps.every((step, index) => index === 0 || step >= (steps[index - 1] ?? NaN))) return series
  const order = Uint32Array.from(steps.keys())
  order.sort((left, right) => (steps[left] ?? 0) - (steps[right] ?? 0) || left - right)
  const picked = (column: Float64Array): Float64Array => Float64Array.from(order, (index) => column[index] ?? NaN)
  const ordered = { steps: picked(steps), values: picked(values) }
  return times === undefined ? ordered : { ...ordered, times: picked(times) }
}
