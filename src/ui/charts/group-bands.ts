/**
 * Curves of groups: the mean of their runs in each bucket, and how far they lie apart.
 */
import { momentsOf } from '../../domain/statistics/moments.ts'
import type { ChartGroup, ChartLine } from './chart-data.ts'
import type { ChartSeries, LineEnd } from './series-loader.ts'

/** The id of a group among the ids of runs. */
export function groupId(name: string): string {
  return `group:${name}`
}

/** One line for each group of the runs, in the order they are met. Lines of runs in no group stay. */
export function groupedLines(lines: readonly ChartLine[]): readonly ChartLine[] {
  if (!lines.some(({ run }) => run.group !== undefined)) return lines
  const groups = new Map<string, { readonly group: ChartGroup; readonly members: ChartLine[] }>()
  const others: ChartLine[] = []
  for (const line of lines) {
    const { group } = line.run
    if (group === undefined) others.push(line)
    else {
      const present = groups.get(group.name) ?? { group, members: [] }
      present.members.push(line)
      groups.set(group.name, present)
    }
  }
  const grouped = [...groups.values()].map(({ group, members }): ChartLine => {
    const { name, colour, dash } = group
    const title = `${name} (${members.length} ${members.length === 1 ? 'run' : 'runs'})`
    return { run: { id: groupId(name), title, colour, dash, group }, series: meanSeries(members) }
  })
  return [...grouped, ...others]
}

/** What the runs of a group say of one stretch of x. */
interface Stretch {
  x: number
  step: number
  points: number
  readonly means: number[]
}

/**
 * The mean over runs of the means of a bucket, between one standard deviation below and above; each run counts once.
 * Where a run has ended, the others go on alone.
 */
function meanSeries(members: readonly ChartLine[]): ChartSeries {
  const width = Math.max(...members.map(({ series }) => series.width))
  const stretches = new Map<number, Stretch>()
  for (const { series } of members) {
    series.xs.forEach((x, index) => {
      const key = width > 0 ? Math.floor(x / width) : x
      const known = stretches.get(key) ?? { x, step: 0, points: 0, means: [] }
      known.x = Math.max(known.x, x)
      known.step = Math.max(known.step, series.steps[index] ?? 0)
      known.points += (series.counts[index] ?? 1) / members.length
      const mean = series.means[index] ?? null
      if (mean !== null) known.means.push(mean)
      stretches.set(key, known)
    })
  }
  const ordered = [...stretches].sort(([left], [right]) => left - right)
  const spreads = ordered.map(([, { means }]) => spreadOf(means))
  return {
    metric: members[0]?.series.metric ?? '',
    rule: members[0]?.series.rule ?? { goal: 'none', tolerance: 0, unit: null },
    total: members.reduce((sum, { series }) => sum + series.total, 0),
    isComplete: members.every(({ series }) => series.isComplete),
    width,
    buckets: ordered.map(([key]) => key),
    xs: ordered.map(([, { x }]) => x),
    steps: ordered.map(([, { step }]) => step),
    lasts: spreads.map(({ mean }) => mean),
    means: spreads.map(({ mean }) => mean),
    mins: spreads.map(({ mean, deviation }) => (mean === null ? null : mean - deviation)),
    maxs: spreads.map(({ mean, deviation }) => (mean === null ? null : mean + deviation)),
    counts: ordered.map(([, { points }]) => Math.max(1, Math.round(points))),
    marks: [],
    before: meanEnd(members.map(({ series }) => series.before ?? undefined)),
    after: meanEnd(members.map(({ series }) => series.after ?? undefined)),
  }
}

/** What the runs do beyond the range, at the middle of where their nearest points lie. */
function meanEnd(ends: readonly (LineEnd | undefined)[]): LineEnd | null {
  const known = ends.filter((end) => end !== undefined)
  const { mean, deviation } = spreadOf(known.map(({ value }) => value))
  const place = spreadOf(known.map(({ x }) => x)).mean
  if (mean === null || place === null) return null
  return { x: place, value: mean, low: mean - deviation, high: mean + deviation }
}

function spreadOf(values: readonly number[]): { readonly mean: number | null; readonly deviation: number } {
  return values.length === 0 ? { mean: null, deviation: 0 } : momentsOf(values)
}
