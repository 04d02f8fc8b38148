/**
 * `mlv board`: the models side by side, each by the version an alias names, now or as it was. Everything is read from
 * one snapshot, so the board of a past moment is the board that was printed then.
 */
import { instantOf } from '../../base/clock.ts'
import type { Instant } from '../../base/clock.ts'
import { compareText } from '../../base/order.ts'
import { closestNames } from '../../base/suggest.ts'
import type { Alias } from '../../domain/alias.ts'
import { refuse } from '../../domain/failure.ts'
import { parseMetricKey } from '../../domain/key.ts'
import type { MetricKey } from '../../domain/key.ts'
import { compareStandings, leadersOf } from '../../domain/leaderboard.ts'
import { ownMetrics } from '../../domain/metric.ts'
import type { Metrics, MetricRule } from '../../domain/metric.ts'
import type { ModelVersion } from '../../domain/model-version.ts'
import { parseAliasName } from '../../domain/name.ts'
import type { AliasName, ModelName } from '../../domain/name.ts'
import { matchesGlob } from '../../domain/name-glob.ts'
import type { Oid } from '../../domain/oid.ts'
import { listModelNames, readAlias, requireVersion } from '../../store/branch/read-models.ts'
import { openSnapshot } from '../../store/branch/snapshot.ts'
import type { BranchSnapshot } from '../../store/branch/snapshot.ts'
import { PRODUCTION } from '../revisions/baseline.ts'
import type { Repository } from '../repository/repository.ts'
import { ruledMetrics } from '../revisions/ruled-metrics.ts'

/** Which board to read. */
export interface BoardOptions {
  /** The alias whose version stands for a model; `production` when absent. */
  readonly alias?: string
  /** Patterns with `*` and `?`, of which a model must match one; every model when absent. */
  readonly models?: readonly string[]
  /** The one metric to show and to rank by; else every metric with a goal, and models by name. */
  readonly metric?: string
  readonly at?: string
}

/** A metric of one model on the board. */
export interface BoardValue {
  readonly rule: MetricRule
  /** The last value. */
  readonly value: number
  /** It leads the models that can be compared with it, or is within the tolerance of the leader. */
  readonly isBest: boolean
}

/** One model on the board. */
export interface BoardRow {
  readonly model: ModelName
  readonly alias: Alias
  readonly version: ModelVersion
  readonly values: ReadonlyMap<MetricKey, BoardValue>
}

/** The models side by side. */
export interface Board {
  readonly alias: AliasName
  /** The commit the aliases were read at, and when it was made. */
  readonly commit: Oid
  readonly asOf: Instant
  /** The columns, sorted by key. */
  readonly metrics: readonly MetricKey[]
  /** By name, or the best first where one metric was chosen. */
  readonly rows: readonly BoardRow[]
  /** Models that have no such alias, sorted. */
  readonly without: readonly ModelName[]
}

/** Reads the board. @throws `branch-not-found`, `instant-invalid`, `name-invalid`, `metric-not-found` */
export async function readBoard(repository: Repository, options: BoardOptions): Promise<Board> {
  const alias = options.alias === undefined ? PRODUCTION : parseAliasName(options.alias)
  const metric = options.metric === undefined ? undefined : parseMetricKey(options.metric)
  const snapshot = await openSnapshot(repository.context.engine, options.at)
  const names = (await listModelNames(snapshot)).filter((name) => isWanted(name, options.models))
  const found = await Promise.all(names.map((name) => championOf(snapshot, name, alias)))
  const champions = found.flatMap((champion) => (champion === undefined ? [] : [champion]))
  const metrics = columnsOf(champions, metric)
  const { committer } = await snapshot.engine.readCommit(snapshot.tips.registry)
  return {
    alias,
    commit: snapshot.tips.registry,
    asOf: instantOf(committer.atSeconds * 1000),
    metrics,
    rows: ranked(rowsOf(champions, metrics), metric),
    without: names.filter((_, index) => found[index] === undefined),
  }
}

interface Champion {
  readonly model: ModelName
  readonly alias: Alias
  readonly version: ModelVersion
  readonly metrics: Metrics
}

function isWanted(name: ModelName, patterns: readonly string[] | undefined): boolean {
  return patterns === undefined || patterns.some((pattern) => matchesGlob(pattern, name))
}

async function championOf(snapshot: BranchSnapshot, model: ModelName, name: AliasName): Promise<Champion | undefined> {
  const alias = await readAlias(snapshot, model, name)
  if (alias === undefined) return undefined
  const version = await requireVersion(snapshot, model, alias.version.number)
  return { model, alias, version, metrics: ownMetrics(await ruledMetrics(snapshot, version)) }
}

/** The metrics with a goal; where nobody declared one, all. */
function columnsOf(champions: readonly Champion[], chosen: MetricKey | undefined): readonly MetricKey[] {
  const all = new Set(champions.flatMap(({ metrics }) => [...metrics.keys()]))
  if (chosen !== undefined) {
    const isKnown = champions.length === 0 || all.has(chosen)
    if (!isKnown) throw refuse('metric-not-found', { text: chosen, closest: closestNames(chosen, [...all]) })
    return [chosen]
  }
  const judged = [...all].filter((key) =>
    champions.some(({ metrics }) => (metrics.get(key)?.goal ?? 'none') !== 'none'),
  )
  return (judged.length === 0 ? [...all] : judged).sort(compareText)
}

function rowsOf(champions: readonly Champion[], keys: readonly MetricKey[]): readonly BoardRow[] {
  const columns = keys.map((key) => {
    const standings = champions.map(({ metrics }) => standingOf(metrics, key))
    return { key, standings, leaders: leadersOf(standings) }
  })
  return champions.map(({ model, alias, version }, place) => {
    const values = columns.flatMap(({ key, standings, leaders }) => {
      const standing = standings[place]
      return standing === undefined ? [] : [[key, { ...standing, isBest: leaders.has(place) }] as const]
    })
    return { model, alias, version, values: new Map(values) }
  })
}

function standingOf(metrics: Metrics, key: MetricKey): Omit<BoardValue, 'isBest'> | undefined {
  const metric = metrics.get(key)
  if (metric === undefined) return undefined
  const { goal, tolerance, unit, summary } = metric
  return { rule: { goal, tolerance, ...(unit === undefined ? {} : { unit }) }, value: summary.last }
}

function ranked(rows: readonly BoardRow[], metric: MetricKey | undefined): readonly BoardRow[] {
  if (metric === undefined) return rows
  return [...rows].sort((left, right) => {
    return compareStandings(left.values.get(metric), right.values.get(metric)) || compareText(left.model, right.model)
  })
}
