/**
 * The series of a run in one document: short ones point by point, long ones in tiles, finer than a screen is wide.
 *
 * Law: of short series what is read back is what was written, bit by bit. A tile of a long one has the least and
 * greatest value of its points.
 */
import { sortedEntries } from '../base/order.ts'
import type { MetricKey } from '../domain/key.ts'
import { growPyramid } from '../domain/growing-pyramid.ts'
import { finestExponent, tileAt, tilesFrom, tilesOfPoints } from '../domain/series-tiles.ts'
import type { Tiles } from '../domain/series-tiles.ts'
import type { Series, SeriesSet } from '../domain/series.ts'
import { packColumn, packNumber, unpackColumn, unpackNumber } from './packed-column.ts'
import type { Json, PackedColumn } from './packed-column.ts'

/** The document. */
export interface SeriesDocument {
  readonly run: string
  /** Milliseconds since the Unix epoch. */
  readonly startedAtMs: number
  readonly isComplete: boolean
  /** Steps and times, each as a difference to the one before: metrics that are logged together share them. */
  readonly axes: readonly PackedColumn[]
  readonly series: readonly PackedSeries[]
}

type PackedSeries = PackedPoints | PackedTiles

interface PackedPoints {
  readonly kind: 'points'
  readonly metric: string
  /** Indexes into `axes`; `null` for points without times. */
  readonly steps: number
  readonly times: number | null
  readonly values: PackedColumn
}

interface PackedTiles {
  readonly kind: 'tiles'
  readonly metric: string
  /** Points of the whole series. */
  readonly total: number
  readonly exponent: number
  /** Indexes into `axes`: the least step of each tile, and the step and time of its last point. */
  readonly firsts: number
  readonly steps: number
  readonly times: number | null
  /** `null` for a column that is that of `lasts`. */
  readonly values: { readonly [Column in ValueColumn]: PackedColumn | null }
}

const VALUE_COLUMNS = ['lasts', 'mins', 'maxs', 'sums', 'finites', 'nans', 'positives', 'negatives'] as const

type ValueColumn = (typeof VALUE_COLUMNS)[number]

/** A series as it is read back. */
export type SiteSeries =
  | { readonly kind: 'points'; readonly series: Series }
  /** Along steps. */
  | { readonly kind: 'tiles'; readonly total: number; readonly tiles: Tiles }

/** All series of a run share so many tiles, but each may have so many as stands below at least and at most. */
const TILES_OF_RUN = 65_536
const LEAST_TILES = 1_024
const MOST_TILES = 8_192
/** A series of at most so many points for a tile it may have is kept whole: tiles would take as much room. */
const POINTS_A_TILE = 2

/** Writes the series of a run. */
export function encodeSeries(
  head: Pick<SeriesDocument, 'run' | 'startedAtMs' | 'isComplete'>,
  set: SeriesSet,
): SeriesDocument {
  const axes = new Axes()
  const most = Math.min(MOST_TILES, Math.max(LEAST_TILES, Math.floor(TILES_OF_RUN / Math.max(1, set.size))))
  const series = sortedEntries(set).map(([metric, points]): PackedSeries => {
    return points.steps.length > POINTS_A_TILE * most
      ? packTiles({ metric }, points, { axes, most })
      : packPoints({ metric }, points, axes)
  })
  return { ...head, axes: axes.list(), series }
}

/** Reads a series of a document; `undefined` where there is none of the metric. */
export function decodeSeries(document: SeriesDocument, metric: string): SiteSeries | undefined {
  const found = document.series.find((each) => each.metric === metric)
  if (found === undefined) return undefined
  const steps = readAxis(document.axes[found.steps])
  const times = found.times === null ? undefined : readAxis(document.axes[found.times])
  if (found.kind === 'points') {
    const values = Float64Array.from(unpackColumn(found.values), unpackNumber)
    return {
      kind: 'points',
      series: times === undefined ? { steps, values } : { steps, values, times },
    }
  }
  const { total, exponent } = found
  const columns = Object.fromEntries(
    VALUE_COLUMNS.map((name) => {
      const column = found.values[name] ?? found.values.lasts ?? { list: [] }
      return [name, Float64Array.from(unpackColumn(column), unpackNumber)]
    }),
  ) as { [Column in ValueColumn]: Float64Array }
  const firsts = readAxis(document.axes[found.firsts])
  const all = {
    ...columns,
    firsts,
    steps,
    xs: steps,
    times: times ?? new Float64Array(steps.length).fill(NaN),
    numbers: firsts.map((first) => tileAt(first, exponent)),
  }
  return { kind: 'tiles', total, tiles: tilesFrom(exponent, steps.length, (name) => all[name]) }
}

interface Named {
  readonly metric: MetricKey
}

function packPoints(named: Named, { steps, values, times }: Series, axes: Axes): PackedPoints {
  return {
    kind: 'points',
    ...named,
    steps: axes.add(steps),
    times: times === undefined ? null : axes.add(times),
    values: packColumn(Array.from(values, packNumber)),
  }
}

function packTiles(
  named: Named,
  series: Series,
  { axes, most }: { readonly axes: Axes; readonly most: number },
): PackedTiles {
  const pyramid = growPyramid()
  pyramid.take(series, series.steps)
  const points = pyramid.ordered()
  const tiles = tilesOfPoints(points, finestExponent(points.xs, most))
  const values = VALUE_COLUMNS.map((name) => {
    const isLast = name !== 'lasts' && tiles[name].every((value, index) => Object.is(value, tiles.lasts[index]))
    return [name, isLast ? null : packColumn(Array.from(tiles[name], packNumber))]
  })
  return {
    kind: 'tiles',
    ...named,
    total: pyramid.total(),
    exponent: tiles.exponent,
    firsts: axes.add(tiles.firsts),
    steps: axes.add(tiles.steps),
    times: series.times === undefined ? null : axes.add(tiles.times),
    values: Object.fromEntries(values) as PackedTiles['values'],
  }
}

/** Lists of steps and times, each kept once. */
class Axes {
  readonly #kept = new Map<string, number>()
  readonly #columns: PackedColumn[] = []

  add(numbers: ArrayLike<number>): number {
    const column = packColumn(differencesOf(numbers))
    const text = JSON.stringify(column)
    const known = this.#kept.get(text)
    if (known !== undefined) return known
    this.#kept.set(text, this.#columns.length)
    return this.#columns.push(column) - 1
  }

  list(): readonly PackedColumn[] {
    return this.#columns
  }
}

/** Differences where they give the numbers back, as those of whole numbers do; else the numbers, behind a `null`. */
function differencesOf(numbers: ArrayLike<number>): readonly Json[] {
  const list = Array.from(numbers)
  const differences = list.map((number, index) => number - (index === 0 ? 0 : (list[index - 1] ?? 0)))
  const isExact = [...list, ...differences].every((number) => Number.isSafeInteger(number) && !Object.is(number, -0))
  return isExact ? differences : [null, ...list.map(packNumber)]
}

function readAxis(column: PackedColumn | undefined): Float64Array<ArrayBuffer> {
  const [first, ...rest] = column === undefined ? [] : unpackColumn(column)
  if (first === undefined) return new Float64Array()
  if (first === null) return Float64Array.from(rest, unpackNumber)
  let sum = 0
  return Float64Array.from([first, ...rest], (step) => (sum += Number(step)))
}
