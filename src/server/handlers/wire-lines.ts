/**
 * Questions for lines, and tiles as the wire has them; what both routes of series share.
 */
import { parseMetricKey } from '../../domain/key.ts'
import type { MetricKey } from '../../domain/key.ts'
import type { MetricRule } from '../../domain/metric.ts'
import { countIn, meanIn } from '../../domain/series-tiles.ts'
import type { AxisRange, Tiles } from '../../domain/series-tiles.ts'
import { badRequest } from '../refusal.ts'
import type { Query } from '../request.ts'
import { finiteOrNull, wireRule } from '../to-wire.ts'
import type { WireLine, WireSeries } from '../wire.ts'

/** What points are laid along. */
export type LineAxis =
  | { readonly kind: 'step' }
  | { readonly kind: 'time' }
  | { readonly kind: 'elapsed' }
  | { readonly kind: 'metric'; readonly key: MetricKey }

/** What part of a series is asked for. */
export interface Zoom {
  readonly from: number | undefined
  readonly to: number | undefined
  readonly points: number
}

const USUAL_BUCKETS = 1_200
const MOST_BUCKETS = 10_000
const METRIC = 'metric:'

/** Reads `from`, `to` and `points`. @throws a refusal for what is none of these */
export function zoomOf(query: Query): Zoom {
  const points = query.count('points', USUAL_BUCKETS, MOST_BUCKETS)
  if (points === 0) throw badRequest("'points' is at least 1")
  return { from: query.number('from'), to: query.number('to'), points }
}

/** Reads `x`. @throws a refusal for what is no axis, `name-invalid` for what is no metric */
export function axisOf(x: string): LineAxis {
  if (x === 'step' || x === 'time' || x === 'elapsed') return { kind: x }
  if (x.startsWith(METRIC)) return { kind: 'metric', key: parseMetricKey(x.slice(METRIC.length)) }
  throw badRequest("'x' is step, time, elapsed or metric:KEY")
}

/** The range that is cut: what is asked for, as far as it is said. */
export function rangeOf({ from, to }: Zoom, extent: AxisRange): AxisRange {
  return { from: from ?? extent.from, to: to ?? extent.to }
}

/** What one series is beside its tiles. */
export type SeriesHead = Pick<LineHead, 'metric' | 'rule' | 'total' | 'isComplete' | 'extent'>

/** What a line is beside its tiles. */
export interface LineHead {
  readonly run: string
  readonly metric: MetricKey
  readonly rule: MetricRule
  readonly total: number
  readonly isComplete: boolean
  readonly extent: AxisRange | undefined
  readonly cursor: string | null
  readonly replacesFrom: number | null
  readonly before: WireLine['before']
  readonly after: WireLine['after']
}

/** One line. `axis` says which column of the tiles is x. */
export function wireLine(head: LineHead, tiles: Tiles, axis: LineAxis['kind']): WireLine {
  const isSingle = everyTileIsAPoint(tiles)
  const orNone = (column: () => readonly (number | null)[]) => (isSingle ? null : column())
  return {
    ...head,
    rule: wireRule(head.rule),
    extent: head.extent ?? null,
    width: 2 ** tiles.exponent,
    buckets: [...tiles.numbers],
    xs: [...(axis === 'time' ? tiles.times : tiles.xs)],
    steps: axis === 'step' ? null : [...tiles.steps],
    lasts: wireColumn(tiles.lasts),
    mins: orNone(() => wireColumn(tiles.mins)),
    maxs: orNone(() => wireColumn(tiles.maxs)),
    means: orNone(() => Array.from(tiles.numbers, (_, index) => meanIn(tiles, index) ?? null)),
    counts: isSingle ? null : Array.from(tiles.numbers, (_, index) => countIn(tiles, index)),
    marks: marksOf(tiles),
  }
}

/** One series with all its columns; without points where the run has none of the metric. */
export function wireSeries(head: SeriesHead, tiles: Tiles, axis: LineAxis['kind'], zoom: Zoom): WireSeries {
  const { metric, rule, total, isComplete, extent } = head
  return {
    metric,
    rule: wireRule(rule),
    total,
    isComplete,
    extent: extent ?? null,
    range: extent === undefined ? null : { ...rangeOf(zoom, extent), points: zoom.points },
    width: 2 ** tiles.exponent,
    buckets: [...tiles.numbers],
    xs: [...(axis === 'time' ? tiles.times : tiles.xs)],
    steps: [...tiles.steps],
    times: wireColumn(tiles.times),
    mins: wireColumn(tiles.mins),
    maxs: wireColumn(tiles.maxs),
    means: Array.from(tiles.numbers, (_, index) => meanIn(tiles, index) ?? null),
    lasts: wireColumn(tiles.lasts),
    counts: Array.from(tiles.numbers, (_, index) => countIn(tiles, index)),
    marks: marksOf(tiles),
  }
}

function everyTileIsAPoint(tiles: Tiles): boolean {
  for (let index = 0; index < tiles.length; index += 1) if (countIn(tiles, index) !== 1) return false
  return true
}

function wireColumn(column: Float64Array): readonly (number | null)[] {
  return Array.from(column, finiteOrNull)
}

function marksOf({ length, nans, positives, negatives }: Tiles): WireSeries['marks'] {
  const marks: { at: number; nan: number; positive: number; negative: number }[] = []
  for (let at = 0; at < length; at += 1) {
    const [nan = 0, positive = 0, negative = 0] = [nans[at], positives[at], negatives[at]]
    if (nan + positive + negative > 0) marks.push({ at, nan, positive, negative })
  }
  return marks
}
