/**
 * One series of one run, wherever its points are: cut into tiles along any axis, and asked what is new.
 */
import type { MetricKey } from '../../domain/key.ts'
import { growPyramid } from '../../domain/growing-pyramid.ts'
import type { GrowingPyramid } from '../../domain/growing-pyramid.ts'
import { layAlong } from '../../domain/series-join.ts'
import type { Series } from '../../domain/series.ts'
import { mergeTiles } from '../../domain/series-tiles.ts'
import type { AxisRange, PlacedPoints, Tiles } from '../../domain/series-tiles.ts'
import type { FilePyramid } from '../../store/pyramids/pyramid-file.ts'

/** What points are laid along: steps, or milliseconds since the run began. */
export type BaseAxis = 'step' | 'elapsed'

/** What a curve may be laid along: these, or the values of another metric at the same step. */
export type CurveAxis = { readonly kind: BaseAxis } | { readonly kind: 'metric'; readonly key: MetricKey }

/** The points of a metric of a run. */
export interface Curve {
  /** Points of the series, those without a place on an axis too. */
  readonly total: number
  /** How far the series is, as text; the same text means that nothing was added. */
  readonly cursor: string
  /** Where its points lie; `undefined` when none has a place on the axis. */
  readonly extent: (axis: BaseAxis) => AxisRange | undefined
  readonly cut: (axis: BaseAxis, range: AxisRange, exponent: number) => Promise<Tiles>
  /** All points in the order of steps. */
  readonly points: () => Promise<PlacedPoints>
  /** The place of the first point since a cursor; `undefined` for a cursor that says nothing of this series. */
  readonly firstSince: (axis: BaseAxis, cursor: string) => number | undefined
}

/** Pyramids of a series in memory, along both axes, as far as they were asked for. */
export interface MemoryPyramids {
  /** Takes in what the series has beyond what it had. */
  readonly take: (series: Series) => void
  readonly total: () => number
  readonly along: (axis: BaseAxis) => GrowingPyramid
}

/** Starts without points. */
export function memoryPyramids(sinceMs: number): MemoryPyramids {
  const pyramids = new Map<BaseAxis, GrowingPyramid>()
  let [series, elapsed]: [Series, Float64Array] = [{ steps: NONE, values: NONE }, NONE]
  return {
    take: (grown) => void (series = grown),
    total: () => series.values.length,
    along: (axis) => {
      const pyramid = pyramids.get(axis) ?? growPyramid()
      pyramids.set(axis, pyramid)
      if (pyramid.total() === series.values.length) return pyramid
      if (axis === 'elapsed') elapsed = grownPlaces(elapsed, pyramid.total(), series, sinceMs)
      pyramid.take(series, axis === 'step' ? series.steps : elapsed.subarray(0, series.values.length))
      return pyramid
    },
  }
}

/** A curve of a series that came in several parts, in their order. */
export function memoryCurve(parts: readonly MemoryPyramids[]): Curve {
  const totals = parts.map(({ total }) => total())
  const along = (axis: BaseAxis): readonly GrowingPyramid[] => parts.map((part) => part.along(axis))
  return {
    total: totals.reduce((sum, total) => sum + total, 0),
    cursor: totals.join('.'),
    extent: (axis) => widest(along(axis).map((pyramid) => pyramid.extent())),
    cut: (axis, range, exponent) =>
      Promise.resolve(
        mergeTiles(
          along(axis).map((pyramid) => pyramid.cut(range, exponent)),
          exponent,
        ),
      ),
    points: () => Promise.resolve(orderedPoints(parts)),
    firstSince: (axis, cursor) => {
      const counts = cursor.split('.').map(Number)
      const isOurs = counts.length === parts.length && counts.every((count, at) => count <= (totals[at] ?? -1))
      if (!isOurs) return undefined
      return Math.min(...along(axis).map((pyramid, at) => pyramid.firstSince(counts[at] ?? 0) ?? Infinity))
    },
  }
}

/** A curve that is read from the disk. */
export function fileCurve(kept: FilePyramid): Curve {
  return {
    total: kept.total,
    cursor: String(kept.total),
    extent: kept.extent,
    cut: kept.cut,
    points: () => kept.points('step'),
    firstSince: (_, cursor) => (cursor === String(kept.total) ? Infinity : undefined),
  }
}

/** Lays a curve along the values of another metric of its run. */
export async function laidPyramid(curve: Curve, other: Curve): Promise<GrowingPyramid> {
  const { series, places } = layAlong(await curve.points(), await other.points())
  const pyramid = growPyramid()
  pyramid.take(series, places)
  return pyramid
}

/** The least range that holds all; `undefined` when there is none. */
export function widest(ranges: readonly (AxisRange | undefined)[]): AxisRange | undefined {
  const known = ranges.flatMap((range) => range ?? [])
  if (known.length === 0) return undefined
  return { from: Math.min(...known.map(({ from }) => from)), to: Math.max(...known.map(({ to }) => to)) }
}

const NONE = new Float64Array()

/** Places along the time since the run began; room is made for twice as many, so that growing costs little. */
function grownPlaces(known: Float64Array, count: number, { times, values }: Series, sinceMs: number): Float64Array {
  const places = known.length >= values.length ? known : new Float64Array(2 * values.length)
  if (places !== known) places.set(known.subarray(0, count))
  for (let index = count; index < values.length; index += 1) places[index] = (times?.[index] ?? NaN) - sinceMs
  return places
}

function orderedPoints(parts: readonly MemoryPyramids[]): PlacedPoints {
  const [only, ...others] = parts.map((part) => part.along('step').ordered())
  if (only === undefined) return { xs: NONE, steps: NONE, times: NONE, values: NONE }
  if (others.length === 0) return only
  const joined = (name: 'steps' | 'times' | 'values'): Float64Array => {
    return joinedColumns([only, ...others].map((points) => points[name]))
  }
  const pyramid = growPyramid()
  const steps = joined('steps')
  pyramid.take({ steps, times: joined('times'), values: joined('values') }, steps)
  return pyramid.ordered()
}

function joinedColumns(columns: readonly Float64Array[]): Float64Array {
  const joined = new Float64Array(columns.reduce((sum, { length }) => sum + length, 0))
  let at = 0
  for (const column of columns) {
    joined.set(column, at)
    at += column.length
  }
  return joined
}
