/**
 * How a run stands among the runs of its experiment, and what it is worth being compared with.
 *
 * Laws: the best has place 1; runs of equal value share a place; the order of the others changes nothing; a run and its
 * reruns are counted once.
 */
import { compareText } from '../base/order.ts'
import type { MetricKey } from './key.ts'
import { compareStandings } from './leaderboard.ts'
import { ownMetrics } from './metric.ts'
import type { Metric, MetricRule, Metrics } from './metric.ts'
import type { RunId } from './run.ts'

/** A run as far as a standing asks about it. */
export interface StandingRun {
  readonly id: RunId
  /** What people know it by. */
  readonly title: string
  readonly experiment: string
  readonly status: string
  readonly isArchived: boolean
  /** The run it does again, as `rerunsAmong` tells; absent for any other. */
  readonly rerunOf?: RunId
  /** At least those with a goal that the run in question has. */
  readonly metrics: { readonly get: (key: MetricKey) => Metric | undefined }
}

/** The run in question. */
export interface StandingSubject {
  readonly id: RunId
  readonly experiment: string
  readonly parent?: RunId
  readonly metrics: Metrics
}

/** Another run, and its value of a metric. */
export interface StandingRival {
  readonly run: RunId
  readonly title: string
  readonly value: number
}

/** How a run stands by one metric that has a goal; last values. */
export interface MetricStanding {
  readonly key: MetricKey
  readonly rule: MetricRule
  readonly value: number
  /** 1 for the best. */
  readonly place: number
  /** How many runs have the metric, this one included and reruns left out. */
  readonly of: number
  /** The best of the others; absent where it is alone. */
  readonly rival?: StandingRival
}

/** A run or version to compare with. */
export interface StandingBeside {
  readonly kind: 'parent' | 'production' | 'before' | 'best'
  /** As a person types it. */
  readonly revision: string
  readonly label: string
}

/** How a run stands. */
export interface RunStanding {
  readonly experiment: string
  /** Metrics with a goal, by key. */
  readonly metrics: readonly MetricStanding[]
  /** The most telling first; none twice. */
  readonly beside: readonly StandingBeside[]
}

/**
 * Tells how a run stands among those of its experiment that finished and are not archived.
 *
 * @param inProduction versions in production of the models the run made versions of, other than those: `churn@v3`
 */
export function standingOf(
  run: StandingSubject,
  runs: readonly StandingRun[],
  inProduction: readonly string[],
): RunStanding {
  const others = runs.filter(({ id, experiment }) => experiment === run.experiment && id !== run.id)
  const judged = [...ownMetrics(run.metrics)].filter(([, { goal }]) => goal !== 'none')
  const own = runs.find(({ id }) => id === run.id)?.rerunOf ?? run.id
  const rivals = originalsOf(others, own)
  const metrics = judged
    .sort(([left], [right]) => compareText(left, right))
    .map(([key, metric]) => metricStanding(key, metric, rivals))
  const before = others
    .filter(({ id, isArchived }) => id < run.id && !isArchived)
    .reduce<StandingRun | undefined>(
      (latest, each) => (latest === undefined || latest.id < each.id ? each : latest),
      undefined,
    )
  const behind = metrics.find(({ place }) => place > 1)
  const parent = runs.find(({ id }) => id === run.parent)
  const found: readonly StandingBeside[] = [
    ...(run.parent === undefined
      ? []
      : [{ kind: 'parent', revision: run.parent, label: parent?.title ?? run.parent.slice(0, 12) } as const]),
    ...inProduction.map((label) => ({ kind: 'production', revision: label, label }) as const),
    ...(before === undefined ? [] : [{ kind: 'before', revision: before.id, label: before.title } as const]),
    ...(behind?.rival === undefined
      ? []
      : [{ kind: 'best', revision: behind.rival.run, label: `${behind.rival.title}, by ${behind.key}` } as const]),
  ]
  const beside = found.filter(({ revision }, at) => found.findIndex((each) => each.revision === revision) === at)
  return { experiment: run.experiment, metrics, beside }
}

/** Those that count: of a run and its reruns the earliest that does, and none of the run in question. */
function originalsOf(others: readonly StandingRun[], own: RunId): readonly StandingRun[] {
  const found = new Map<RunId, StandingRun>()
  for (const run of others) {
    const original = run.rerunOf ?? run.id
    if (original === own || run.status !== 'finished' || run.isArchived) continue
    const known = found.get(original)
    if (known === undefined || run.id < known.id) found.set(original, run)
  }
  return [...found.values()]
}

function metricStanding(key: MetricKey, metric: Metric, others: readonly StandingRun[]): MetricStanding {
  const { goal, tolerance, unit, summary } = metric
  const rule: MetricRule = { goal, tolerance, ...(unit === undefined ? {} : { unit }) }
  const own = { rule, value: summary.last }
  let [better, of] = [0, 1]
  let rival: StandingRival | undefined
  for (const { id, title, metrics } of others) {
    const value = metrics.get(key)?.summary.last
    if (value === undefined || Number.isNaN(value)) continue
    of += 1
    if (isBetter(rule, value, own.value)) better += 1
    const isAhead = rival === undefined || isBetter(rule, value, rival.value)
    // Of equal values the older run led first.
    if (isAhead || (rival?.value === value && id < rival.run)) rival = { run: id, title, value }
  }
  return { key, ...own, place: better + 1, of, ...(rival === undefined ? {} : { rival }) }
}

function isBetter(rule: MetricRule, value: number, than: number): boolean {
  return value !== than && compareStandings({ rule, value }, { rule, value: than }) < 0
}
