/**
 * What a line does at the edges of a range: the nearest point before its start and after its end, so that whoever
 * draws the range can draw the line up to its frame. A point without a finite value draws nothing, and is passed over.
 */
import { LEAST_EXPONENT, MOST_EXPONENT } from '../../domain/series-tiles.ts'
import type { AxisRange, Tiles } from '../../domain/series-tiles.ts'
import type { OpenLine } from './open-line.ts'

/** A point; its place as the line itself has it. */
export interface LineEnd {
  readonly x: number
  readonly value: number
}

/** The nearest points on both sides; `undefined` where the line has none. */
export interface LineEnds {
  readonly before: LineEnd | undefined
  readonly after: LineEnd | undefined
}

/** A line that can be cut, and where its points lie as it has them itself. */
export type EndedLine = Pick<OpenLine, 'cut'> & { readonly own: AxisRange | undefined }

/** By how many powers of two the next stretch is wider where one held nothing, or finer where it held too much. */
const STRIDE = 4
/** Each look skips sixteen times as much as the last, or tells sixteen times as much apart. */
const MOST_LOOKS = 100

/**
 * Looks for the nearest points beyond a range; where no point is beyond it nothing is read.
 *
 * @param range as the line itself has it
 * @param exponent that of the buckets of the range: of a line that is dense, the first look finds the point
 * @throws what cutting the line does
 */
export async function lineEnds(line: EndedLine, range: AxisRange, exponent: number): Promise<LineEnds> {
  if (line.own === undefined) return { before: undefined, after: undefined }
  const { from, to } = line.own
  return {
    before: await nearestPoint(line, { side: 'before', from, to: neighbour(range.from, -1), exponent }),
    after: await nearestPoint(line, { side: 'after', from: neighbour(range.to, 1), to, exponent }),
  }
}

/** What is left to look through, from its end on or from its start, and the stretch of it that is looked at next. */
interface Search extends AxisRange {
  readonly side: 'before' | 'after'
  readonly exponent: number
}

async function nearestPoint(line: EndedLine, start: Search): Promise<LineEnd | undefined> {
  let search = start
  let stretch = nextStretch(search)
  for (let looks = 0; looks < MOST_LOOKS && search.from <= search.to; looks += 1) {
    const found = nearestTile(await line.cut(stretch, search.exponent), search.side)
    if (found !== undefined) {
      const { first, last, value } = found
      // The value of a tile is that of its last point.
      if (Number.isFinite(value) && (search.side === 'before' || first === last)) return { x: last, value }
      if (first < last) {
        stretch = { from: first, to: last }
        search = { ...search, exponent: finer(last - first) }
        continue
      }
    }
    search = past(search, found === undefined ? stretch : { from: found.first, to: found.last })
    stretch = nextStretch(search)
  }
  return undefined
}

function nextStretch({ side, from, to, exponent }: Search): AxisRange {
  const width = 2 ** exponent
  return side === 'before' ? { from: Math.max(from, to - width), to } : { from, to: Math.min(to, from + width) }
}

function past(search: Search, { from, to }: AxisRange): Search {
  const exponent = Math.min(MOST_EXPONENT, search.exponent + STRIDE)
  if (search.side === 'before') return { ...search, exponent, to: neighbour(from, -1) }
  return { ...search, exponent, from: neighbour(to, 1) }
}

/** A stretch of this width is told apart into some thirty tiles at most. */
function finer(width: number): number {
  return Math.max(LEAST_EXPONENT, Math.floor(Math.log2(width)) - STRIDE)
}

interface FoundTile {
  readonly first: number
  readonly last: number
  readonly value: number
}

/** The nearest tile with a finite value in it. */
function nearestTile({ length, finites, firsts, xs, lasts }: Tiles, side: Search['side']): FoundTile | undefined {
  const isFilled = (count: number): boolean => count > 0
  const filled = finites.subarray(0, length)
  const index = side === 'before' ? filled.findLastIndex(isFilled) : filled.findIndex(isFilled)
  if (index === -1) return undefined
  return { first: firsts[index] ?? NaN, last: xs[index] ?? NaN, value: lasts[index] ?? NaN }
}

/** The next number below or above. */
function neighbour(x: number, side: -1 | 1): number {
  if (!Number.isFinite(x)) return x
  if (x === 0) return side * Number.MIN_VALUE
  const bits = new BigInt64Array(Float64Array.of(x).buffer)
  const isAway = x > 0 === side > 0
  bits[0] = (bits[0] ?? 0n) + (isAway ? 1n : -1n)
  return new Float64Array(bits.buffer)[0] ?? x
}
