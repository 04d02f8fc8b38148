/**
 * Levels of tiles over the points of an axis, the finest first. A zoom reads one level, and of that no more than a few
 * times as many tiles as it shows; of the points themselves it reads those at its two ends, and few where it is deep.
 */
import type { AxisRange, PlacedPoints, TileBuilder, Tiles } from './series-tiles.ts'
import { MOST_EXPONENT, buildTiles, finestExponent, joinTiles, tilesOfPoints, touchedTiles } from './series-tiles.ts'

/** Tiles of the finest level hold so many points, as a mean. */
const POINTS_A_TILE = 16
/** A level has at most one tile for so many of the level below. */
const FACTOR = 4
/** Fewer points are read themselves, fewer tiles need no level above. */
const FEW_POINTS = 256
const FEW_TILES = 64

/** Levels that grow with their points. */
export type TileLevels = readonly TileBuilder[]

/** Builds the levels of points in the order of an axis. */
export function buildLevels(points: PlacedPoints): TileLevels {
  const { xs, steps, times, values } = points
  if (xs.length < FEW_POINTS) return []
  const finest = buildTiles(finestExponent(xs, Math.floor(xs.length / POINTS_A_TILE)), xs.length / POINTS_A_TILE)
  for (let index = 0; index < xs.length; index += 1) {
    finest.addPoint(xs[index] ?? NaN, steps[index] ?? NaN, times[index] ?? NaN, values[index] ?? NaN)
  }
  const levels = [finest]
  for (let below = finest.tiles(); below.length > FEW_TILES;) {
    const exponent = below.exponent + finestExponent(below.numbers, Math.floor(below.length / FACTOR))
    if (exponent > MOST_EXPONENT) break
    const level = buildTiles(exponent, Math.ceil(below.length / FACTOR))
    for (let index = 0; index < below.length; index += 1) level.addTile(below, index)
    levels.push(level)
    below = level.tiles()
  }
  return levels
}

/** Adds points that come after all others to every level; costs what they cost, however many there are already. */
export function extendLevels(levels: TileLevels, points: PlacedPoints): void {
  const [finest] = levels
  if (finest === undefined || points.xs.length === 0) return
  let changed = Math.max(0, finest.length() - 1)
  points.xs.forEach((x, index) => {
    finest.addPoint(x, points.steps[index] ?? NaN, points.times[index] ?? NaN, points.values[index] ?? NaN)
  })
  let below = finest.tiles()
  for (const level of levels.slice(1)) {
    changed = sumAgain(level, below, changed)
    below = level.tiles()
  }
}

/** Makes the tiles anew that hold tiles from an index on of the level below. Where the first of them is. */
function sumAgain(level: TileBuilder, below: Tiles, changed: number): number {
  const present = level.tiles()
  const numberOf = (index: number): number => {
    return Math.floor((below.numbers[index] ?? NaN) * 2 ** (below.exponent - present.exponent))
  }
  const number = numberOf(changed)
  let kept = present.length
  while (kept > 0 && (present.numbers[kept - 1] ?? NaN) >= number) kept -= 1
  let start = changed
  while (start > 0 && numberOf(start - 1) >= number) start -= 1
  level.truncate(kept)
  for (let index = start; index < below.length; index += 1) level.addTile(below, index)
  return kept
}

/** The coarsest level that still tells tiles of an exponent apart; -1 where only the points do. */
export function levelFor(exponents: readonly number[], exponent: number): number {
  return exponents.findLastIndex((each) => each <= exponent)
}

/**
 * The tiles of a range: those of a level within it, and at its ends those of the points.
 *
 * @param pointsIn the points of a stretch, in the order of the axis
 */
export function cutTiles(
  level: Tiles | undefined,
  range: AxisRange,
  exponent: number,
  pointsIn: (stretch: AxisRange) => PlacedPoints,
): Tiles {
  if (level === undefined) return tilesOfPoints(pointsIn(range), exponent)
  const { inner, head, tail } = touchedTiles(level, range)
  const ofPoints = (stretch: AxisRange | undefined): readonly Tiles[] => {
    return stretch === undefined ? [] : [tilesOfPoints(pointsIn(stretch), exponent)]
  }
  return joinTiles([...ofPoints(head), inner, ...ofPoints(tail)], exponent)
}
