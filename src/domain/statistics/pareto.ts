/**
 * Pareto fronts: what nothing else beats in one way without being worse in the other.
 */

/** Which way is better. */
export type Direction = 'min' | 'max'

/** A point in the plane; both finite. */
export interface PlanePoint {
  readonly x: number
  readonly y: number
}

/**
 * Indices of the points of the front, from the best x to the best y. Points that are equal in both are all on it or
 * all off it.
 */
export function paretoFront(points: readonly PlanePoint[], better: { x: Direction; y: Direction }): readonly number[] {
  const [across, up] = [better.x === 'min' ? 1 : -1, better.y === 'min' ? 1 : -1]
  const costs = points.map(({ x, y }, index) => ({ x: x * across, y: y * up, index }))
  costs.sort((left, right) => left.x - right.x || left.y - right.y || left.index - right.index)
  const front: typeof costs = []
  for (const cost of costs) {
    const last = front.at(-1)
    const isEqual = last?.x === cost.x && last.y === cost.y
    if (last === undefined || isEqual || cost.y < last.y) front.push(cost)
  }
  return front.map(({ index }) => index)
}
