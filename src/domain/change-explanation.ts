/**
 * Why a metric moved between two runs: which causes changed, whether one of them can be held responsible, and which
 * recorded runs tell causes apart that changed together.
 *
 * Laws: between a run and itself nothing moved and nothing changed; turning the sides around keeps causes and verdict.
 */
import { sortedEntries } from '../base/order.ts'
import { instantMs } from '../base/clock.ts'
import type { Instant } from '../base/clock.ts'
import { causesBetween, unpinnedBetween } from './cause.ts'
import type { Cause, CauseDifference, CauseSide } from './cause.ts'
import { compareRuns } from './comparison.ts'
import type { MetricDifference } from './comparison.ts'
import type { MetricKey } from './key.ts'
import type { RunId } from './run.ts'

/** A recorded run as far as an explanation needs it. */
export interface ExplainedRun extends CauseSide {
  readonly run: RunId
  readonly startedAt: Instant
}

/** What can be said about a change. */
export type ChangeVerdict =
  /** No metric moved by more than its tolerance. */
  | { readonly kind: 'unmoved' }
  /** Exactly one cause changed. With `seed` the change is chance, as far as the record can tell. */
  | { readonly kind: 'attributable'; readonly cause: Cause }
  /** Several causes changed together: none can be held responsible. */
  | { readonly kind: 'confounded'; readonly causes: readonly Cause[]; readonly separating: readonly Separation[] }
  /** Nothing that is recorded changed: the metrics vary by themselves. */
  | { readonly kind: 'noise' }

/** A recorded run that differs from one side in one cause only. */
export interface Separation {
  readonly cause: Cause
  readonly run: RunId
  readonly label: string
  /** The side it differs from in this cause only. */
  readonly from: 'base' | 'head'
  /** It has the other side's value of the cause, so its step is the share of that cause in the whole change. */
  readonly isExact: boolean
  /** How the metrics moved over this one step, base to head. */
  readonly metrics: readonly MetricDifference[]
}

/** How much a metric varies over runs that are alike. */
export interface Spread {
  readonly count: number
  readonly least: number
  readonly greatest: number
  readonly mean: number
  /** Of the sample, with n - 1; 0 for a single run. */
  readonly deviation: number
}

/** Runs that are like one side; seeds may differ where a cause is being judged, and nothing may where noise is. */
export interface Repeats {
  readonly side: 'base' | 'head'
  /** The side itself first. */
  readonly runs: readonly RunId[]
  readonly metrics: ReadonlyMap<MetricKey, Spread>
}

/** A change and what is known of its causes. */
export interface ChangeExplanation {
  readonly base: string
  readonly head: string
  /** Metrics whose last value differs, sorted by key. */
  readonly metrics: readonly MetricDifference[]
  readonly causes: readonly CauseDifference[]
  /** What was never pinned, one phrase each: a cause may hide there. */
  readonly unpinned: readonly string[]
  readonly verdict: ChangeVerdict
  /** Only sides with at least two runs that are alike. */
  readonly repeats: readonly Repeats[]
  /** Metrics whose change is no more than what repeats of a side differ by, sorted by key; none where all is noise. */
  readonly withinSpread: readonly MetricKey[]
}

/** Explains the change from base to head with the help of other recorded runs. */
export function explainChange(
  base: ExplainedRun,
  head: ExplainedRun,
  others: readonly ExplainedRun[],
): ChangeExplanation {
  const known = others.filter(({ run }) => run !== base.run && run !== head.run)
  const metrics = metricsBetween(base, head)
  const causes = causesBetween(base, head)
  const verdict = verdictOf(base, head, { metrics, causes, known })
  const varied: ReadonlySet<Cause> = new Set(causes.length === 0 ? [] : ['seed' as const])
  // The other side of a judged change is no witness to how much runs that are alike differ, nor is a run to itself.
  const pool = causes.length === 0 && head.run !== base.run ? [head, ...known] : known
  const repeats = (['base', 'head'] as const)
    .filter((side) => side === 'base' || causes.length > 0)
    .map((side) => repeatsOf(side, side === 'base' ? base : head, pool, varied))
    .filter(({ runs }) => runs.length > 1)
  return {
    base: base.label,
    head: head.label,
    metrics,
    causes,
    unpinned: unpinnedBetween(base, head),
    verdict,
    repeats,
    withinSpread:
      causes.length === 0 ? [] : metrics.filter((metric) => isWithinSpread(metric, repeats)).map(({ key }) => key),
  }
}

interface Found {
  readonly metrics: readonly MetricDifference[]
  readonly causes: readonly CauseDifference[]
  readonly known: readonly ExplainedRun[]
}

function verdictOf(base: ExplainedRun, head: ExplainedRun, { metrics, causes, known }: Found): ChangeVerdict {
  if (!metrics.some(({ verdict }) => verdict?.kind !== 'unchanged')) return { kind: 'unmoved' }
  const [first, second] = causes
  if (first === undefined) return { kind: 'noise' }
  if (second === undefined) return { kind: 'attributable', cause: first.cause }
  const names = causes.map(({ cause }) => cause)
  return { kind: 'confounded', causes: names, separating: separate(base, head, names, known) }
}

/** The best run for each cause and side: one that has the other side's value before one that has a third. */
function separate(
  base: ExplainedRun,
  head: ExplainedRun,
  causes: readonly Cause[],
  known: readonly ExplainedRun[],
): readonly Separation[] {
  const nearest = [...known].sort((left, right) => distance(left, base, head) - distance(right, base, head))
  const found = new Map<string, Separation>()
  for (const other of nearest) {
    for (const separation of separationsBy(other, base, head, causes)) {
      const place = `${separation.cause} ${separation.from}`
      const held = found.get(place)
      if (held === undefined || (separation.isExact && !held.isExact)) found.set(place, separation)
    }
  }
  return causes.flatMap((cause) => {
    const both = (['base', 'head'] as const).flatMap((from) => found.get(`${cause} ${from}`) ?? [])
    const exact = both.filter(({ isExact }) => isExact)
    return exact.length > 0 ? exact : both.slice(0, 1)
  })
}

function separationsBy(
  other: ExplainedRun,
  base: ExplainedRun,
  head: ExplainedRun,
  causes: readonly Cause[],
): readonly Separation[] {
  const [fromBase, fromHead] = [causesBetween(base, other), causesBetween(other, head)]
  const common = { run: other.run, label: other.label }
  return causes.flatMap((cause) => {
    const step: Separation[] = []
    if (isOnly(fromBase, cause)) {
      const isExact = !has(fromHead, cause)
      step.push({ ...common, cause, from: 'base', isExact, metrics: metricsBetween(base, other) })
    }
    if (isOnly(fromHead, cause)) {
      const isExact = !has(fromBase, cause)
      step.push({ ...common, cause, from: 'head', isExact, metrics: metricsBetween(other, head) })
    }
    return step
  })
}

function isOnly(differences: readonly CauseDifference[], cause: Cause): boolean {
  return differences.length === 1 && has(differences, cause)
}

function has(differences: readonly CauseDifference[], cause: Cause): boolean {
  return differences.some((difference) => difference.cause === cause)
}

/** Milliseconds to the nearer side. */
function distance({ startedAt }: ExplainedRun, base: ExplainedRun, head: ExplainedRun): number {
  return Math.min(...[base, head].map((side) => Math.abs(instantMs(startedAt) - instantMs(side.startedAt))))
}

function metricsBetween(base: ExplainedRun, head: ExplainedRun): readonly MetricDifference[] {
  const bare = { parameters: new Map(), files: [], datasets: [], code: base.code }
  return compareRuns(
    { ...bare, label: base.label, metrics: base.metrics },
    { ...bare, label: head.label, metrics: head.metrics },
  ).metrics.filter(({ key }) => !key.startsWith('system/'))
}

function repeatsOf(
  side: 'base' | 'head',
  run: ExplainedRun,
  pool: readonly ExplainedRun[],
  varied: ReadonlySet<Cause>,
): Repeats {
  const like = pool.filter((other) => {
    return causesBetween(run, other).every(({ cause }) => varied.has(cause))
  })
  const runs = [run, ...like]
  const values = new Map<MetricKey, readonly number[]>()
  for (const { metrics } of runs) {
    for (const [key, { summary }] of metrics) values.set(key, [...(values.get(key) ?? []), summary.last])
  }
  const spreads = sortedEntries(values).flatMap(([key, list]) => {
    const spread = key.startsWith('system/') ? undefined : spreadOf(list)
    return spread === undefined ? [] : [[key, spread] as const]
  })
  return { side, runs: runs.map((item) => item.run), metrics: new Map(spreads) }
}

/** The spread of the finite values; `undefined` when there are none. */
export function spreadOf(values: readonly number[]): Spread | undefined {
  const finite = values.filter(Number.isFinite)
  if (finite.length === 0) return undefined
  const [least, greatest] = [Math.min(...finite), Math.max(...finite)]
  // Equal values have that value for a mean, whatever adding them up comes to.
  const mean = least === greatest ? least : finite.reduce((sum, value) => sum + value, 0) / finite.length
  const squares = finite.reduce((sum, value) => sum + (value - mean) ** 2, 0)
  return {
    count: finite.length,
    least,
    greatest,
    mean,
    deviation: finite.length === 1 ? 0 : Math.sqrt(squares / (finite.length - 1)),
  }
}

/** The change is no more than what runs that are alike differ by. */
function isWithinSpread({ key, base, head }: MetricDifference, repeats: readonly Repeats[]): boolean {
  if (base === undefined || head === undefined) return false
  return repeats.some(({ metrics }) => {
    const spread = metrics.get(key)
    const change = Math.abs(head.last - base.last)
    return spread !== undefined && spread.count > 1 && change <= spread.greatest - spread.least
  })
}
