/**
 * Lines as they were and what was added to them.
 */
import type { WireLine } from '../../server/wire.ts'
import type { ChartSeries } from './series-loader.ts'

/** A line with all its columns; what the server left out follows from the rest. */
export function wholeLine(line: WireLine): ChartSeries {
  const { metric, rule, total, isComplete, width, buckets, xs, lasts, marks } = line
  return {
    metric,
    rule,
    total,
    isComplete,
    width,
    buckets,
    xs,
    lasts,
    marks,
    steps: line.steps ?? xs,
    mins: line.mins ?? lasts,
    maxs: line.maxs ?? lasts,
    means: line.means ?? lasts,
    counts: line.counts ?? buckets.map(() => 1),
    before: line.before,
    after: line.after,
  }
}

/** A line that went on: the buckets before the first one that changed, and those from there on. */
export function mergedLine(known: ChartSeries, line: WireLine): ChartSeries {
  const added = wholeLine(line)
  const from = line.replacesFrom ?? 0
  const first = known.buckets.findIndex((bucket) => bucket >= from)
  const kept = first === -1 ? known.buckets.length : first
  const joined = <Value>(before: readonly Value[], after: readonly Value[]): readonly Value[] => {
    return after.length === 0 && kept === before.length ? before : [...before.slice(0, kept), ...after]
  }
  return {
    ...added,
    buckets: joined(known.buckets, added.buckets),
    xs: joined(known.xs, added.xs),
    steps: joined(known.steps, added.steps),
    lasts: joined(known.lasts, added.lasts),
    mins: joined(known.mins, added.mins),
    maxs: joined(known.maxs, added.maxs),
    means: joined(known.means, added.means),
    counts: joined(known.counts, added.counts),
    marks: [
      ...known.marks.filter(({ at }) => at < kept),
      ...added.marks.map((mark) => ({ ...mark, at: mark.at + kept })),
    ],
  }
}
