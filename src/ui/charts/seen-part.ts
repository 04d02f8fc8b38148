/**
 * The part of a line that is within the frame of a chart.
 */

/** A place on a line; of an edge of the frame it is between two points. */
export interface SeenPoint {
  readonly x: number
  readonly value: number
}

/** The points of a column within a range of x, and where the line crosses its two ends. */
export function seenPart(
  xs: readonly (number | null)[],
  column: readonly (number | null)[],
  [from, to]: readonly [number, number],
): readonly SeenPoint[] {
  const seen: SeenPoint[] = []
  let before: SeenPoint | undefined
  for (const [index, x] of xs.entries()) {
    const value = column[index] ?? null
    if (x === null || value === null) continue
    const point = { x, value }
    for (const edge of [from, to]) {
      if (before !== undefined && before.x < edge && edge < x) seen.push(between(before, point, edge))
    }
    if (x >= from && x <= to) seen.push(point)
    if (x > to) break
    before = point
  }
  return seen
}

function between(left: SeenPoint, right: SeenPoint, x: number): SeenPoint {
  const part = (x - left.x) / (right.x - left.x)
  return { x, value: left.value * (1 - part) + right.value * part }
}
