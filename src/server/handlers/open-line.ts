/**
 * A series of a run along the axis that was asked for. Along the time of day a line is that along the time since the
 * run began, moved by its start.
 */
import type { MetricKey } from '../../domain/key.ts'
import type { AxisRange, Tiles } from '../../domain/series-tiles.ts'
import type { RunCurves } from '../../ops/read/keep-curves.ts'
import type { LineAxis } from './wire-lines.ts'

/** A line that can be cut. */
export interface OpenLine {
  readonly total: number
  /** `undefined` when no point has a place on the axis. */
  readonly extent: AxisRange | undefined
  /** `undefined` where the line is always answered whole. */
  readonly cursor: string | undefined
  /** Where the first point since a cursor lies, in the line's own range; infinite when nothing is new. */
  readonly firstSince: (cursor: string) => number | undefined
  /** A range of the axis as the line itself has it. */
  readonly toOwn: (range: AxisRange) => AxisRange
  /** @param range its own */
  readonly cut: (range: AxisRange, exponent: number) => Promise<Tiles>
}

/** Opens a line; `undefined` for a metric without points. @throws what reading the points refuses */
export async function openLine(run: RunCurves, metric: MetricKey, axis: LineAxis): Promise<OpenLine | undefined> {
  const curve = await run.find(metric)
  if (curve === undefined) return undefined
  if (axis.kind === 'metric') {
    const laid = await run.along(metric, axis.key)
    if (laid === undefined) return undefined
    return {
      total: curve.total,
      extent: laid.extent(),
      cursor: undefined,
      firstSince: () => undefined,
      toOwn: (range) => range,
      cut: (range, exponent) => Promise.resolve(laid.cut(range, exponent)),
    }
  }
  const kind = axis.kind === 'step' ? 'step' : 'elapsed'
  const shift = axis.kind === 'time' ? run.startedAtMs : 0
  const extent = curve.extent(kind)
  return {
    total: curve.total,
    extent: extent === undefined ? undefined : moved(extent, shift),
    cursor: curve.cursor,
    firstSince: (cursor) => curve.firstSince(kind, cursor),
    toOwn: (range) => moved(range, -shift),
    cut: (range, exponent) => curve.cut(kind, range, exponent),
  }
}

function moved({ from, to }: AxisRange, shift: number): AxisRange {
  return { from: from + shift, to: to + shift }
}
