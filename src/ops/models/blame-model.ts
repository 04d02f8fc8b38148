/**
 * `mlv blame`: for each metric of a version, which version last improved it and which last worsened it, who made that
 * version, when it was promoted, and what was not the same as in the version before.
 */
import type { Instant } from '../../base/clock.ts'
import { sortedEntries } from '../../base/order.ts'
import { present } from '../../base/assert.ts'
import { causesBetween } from '../../domain/cause.ts'
import type { CauseDifference } from '../../domain/cause.ts'
import type { MetricKey } from '../../domain/key.ts'
import { blameMetric } from '../../domain/metric-blame.ts'
import type { Blame, BlamedStep } from '../../domain/metric-blame.ts'
import type { Verdict } from '../../domain/metric-verdict.ts'
import { ownMetrics } from '../../domain/metric.ts'
import type { Metric, MetricRule } from '../../domain/metric.ts'
import type { ModelVersion, VersionNumber } from '../../domain/model-version.ts'
import type { AliasName, ModelName } from '../../domain/name.ts'
import type { RunId } from '../../domain/run.ts'
import { aliasPath, versionFolder } from '../../domain/tree-path.ts'
import { readAlias, readState, readVersions } from '../../store/branch/read-models.ts'
import { requireRun } from '../../store/branch/read-runs.ts'
import { openSnapshot, readPath } from '../../store/branch/snapshot.ts'
import type { BranchSnapshot } from '../../store/branch/snapshot.ts'
import { decodeAlias } from '../../store/documents/alias-manifest.ts'
import { championOf } from '../review/champion.ts'
import { causeReader } from '../read/cause-side.ts'
import type { CauseReader } from '../read/cause-side.ts'
import { recordedBy } from './recorded-by.ts'
import type { Repository } from '../repository/repository.ts'
import { ruledMetrics } from '../revisions/ruled-metrics.ts'

/** A version that moved a metric. */
export interface BlamedVersion {
  readonly number: VersionNumber
  readonly run: RunId
  /** The version before it that measured the metric. */
  readonly from: VersionNumber
  readonly base: number
  readonly head: number
  readonly verdict: Verdict
  /** `Name <email>` of who recorded it; absent beyond the end of a shallow clone. */
  readonly by?: string
  readonly at: Instant
  readonly message?: string
  /** When the alias first named it; absent when it never did. */
  readonly promotedAt?: Instant
  /** What was not the same as in the version before, in the order causes are told. */
  readonly causes: readonly CauseDifference[]
}

/** Who is to be thanked for a metric, and who is not. */
export interface MetricBlame {
  readonly key: MetricKey
  readonly rule: MetricRule
  /** The last value of the champion. */
  readonly value: number
  /** The first version that measured it. */
  readonly since: VersionNumber
  readonly improved?: BlamedVersion
  readonly worsened?: BlamedVersion
  /** Instead of both for a metric without a goal. */
  readonly changed?: BlamedVersion
}

/** What `mlv blame` found. */
export interface ModelBlame {
  /** The version that is looked at, by label: `churn@v12`. */
  readonly champion: ModelVersion
  /** The alias whose promotions are told. */
  readonly alias: AliasName
  /** When that alias came to name the champion; absent when it names another version. */
  readonly aliasSince?: Instant
  /** Metrics with a goal first, each part by key. */
  readonly metrics: readonly MetricBlame[]
}

/**
 * Blames a model. A name alone means the version in production, else the newest in use; versions that were retired
 * are passed over, but for the one that was asked for.
 *
 * @throws `model-not-found`, `version-not-found`, `alias-not-found`, `revision-invalid`
 */
export async function blameModel(
  repository: Repository,
  text: string,
  options: { readonly at?: string },
): Promise<ModelBlame> {
  const snapshot = await openSnapshot(repository.context.engine, options.at)
  const { champion, alias } = await championOf(snapshot, text)
  const versions = await line(snapshot, champion)
  const reader = causeReader(snapshot)
  const teller = await tellerOf(snapshot, reader, { versions, alias })
  const held = await readAlias(snapshot, champion.model, alias)
  const metrics: MetricBlame[] = []
  for (const [key, metric] of judgedFirst(ownMetrics(await ruledMetrics(snapshot, champion)))) {
    metrics.push(await blameOf(key, metric, versions, teller))
  }
  const isHeld = held?.version.uid === champion.uid
  return { champion, alias, ...(isHeld ? { aliasSince: held.at } : {}), metrics }
}

/** The versions up to the champion that were not retired, oldest first. */
async function line(snapshot: BranchSnapshot, champion: ModelVersion): Promise<readonly ModelVersion[]> {
  const before = (await readVersions(snapshot, champion.model)).filter(({ number }) => number < champion.number)
  const states = await Promise.all(before.map(({ model, number }) => readState(snapshot, model, number)))
  return [...before.filter((_, index) => states[index]?.retired === undefined), champion]
}

function judgedFirst(metrics: ReadonlyMap<MetricKey, Metric>): readonly (readonly [MetricKey, Metric])[] {
  const rank = ({ goal }: Metric): number => (goal === 'none' ? 1 : 0)
  return [...sortedEntries(metrics)].sort(([, left], [, right]) => rank(left) - rank(right))
}

type Teller = (step: BlamedStep) => Promise<BlamedVersion>

async function blameOf(
  key: MetricKey,
  { goal, tolerance, unit, summary }: Metric,
  versions: readonly ModelVersion[],
  tell: Teller,
): Promise<MetricBlame> {
  const rule = { goal, tolerance, ...(unit === undefined ? {} : { unit }) }
  const values = versions.map(({ metrics }) => metrics.get(key)?.summary.last)
  const blame = blameMetric(rule, values)
  const first = present(versions[values.findIndex((value) => value !== undefined)], 'the champion measured it')
  const told = await Promise.all(
    (['improved', 'worsened', 'changed'] as const satisfies readonly (keyof Blame)[]).map(async (kind) => {
      const step = blame[kind]
      return step === undefined ? [] : [[kind, await tell(step)] as const]
    }),
  )
  return { key, rule, value: summary.last, since: first.number, ...Object.fromEntries(told.flat()) }
}

/** Tells a step in full; what versions and pairs of versions have to say is looked up once. */
async function tellerOf(
  snapshot: BranchSnapshot,
  reader: CauseReader,
  { versions, alias }: { readonly versions: readonly ModelVersion[]; readonly alias: AliasName },
): Promise<Teller> {
  const [newest] = versions.slice(-1)
  const promotions = await promotionsOf(snapshot, present(newest, 'the champion').model, alias)
  const authors = new Map<VersionNumber, Promise<string | undefined>>()
  return async ({ from, to, base, head, verdict }) => {
    const [before, version] = [present(versions[from], 'a place in line'), present(versions[to], 'a place in line')]
    const author = authors.get(version.number) ?? recordedBy(snapshot, versionFolder(version.model, version.number))
    authors.set(version.number, author)
    const [by, causes] = await Promise.all([author, causesOf(snapshot, reader, before, version)])
    const promotedAt = promotions.get(version.uid)
    return {
      number: version.number,
      run: version.run,
      from: before.number,
      base,
      head,
      verdict,
      ...(by === undefined ? {} : { by }),
      at: version.createdAt,
      ...(version.message === undefined ? {} : { message: version.message }),
      ...(promotedAt === undefined ? {} : { promotedAt }),
      causes,
    }
  }
}

async function causesOf(
  snapshot: BranchSnapshot,
  reader: CauseReader,
  before: ModelVersion,
  version: ModelVersion,
): Promise<readonly CauseDifference[]> {
  const [base, head] = await Promise.all([requireRun(snapshot, before.run), requireRun(snapshot, version.run)])
  const sides = await Promise.all([
    reader.side(base, `${before.model}@v${before.number}`),
    reader.side(head, `${version.model}@v${version.number}`),
  ])
  return causesBetween(...sides)
}

/** When an alias first named each version, by the version's uid; from the history of the alias. */
async function promotionsOf(
  { engine, tips }: BranchSnapshot,
  model: ModelName,
  name: AliasName,
): Promise<ReadonlyMap<string, Instant>> {
  const path = aliasPath(model, name)
  const moments = new Map<string, Instant>()
  for (const commit of await engine.log(tips.registry, { path })) {
    const bytes = await readPath(engine, commit.oid, path)
    if (bytes === undefined) continue
    const alias = decodeAlias(bytes, path, model, name)
    // Newest first, so that the earliest is what stays.
    moments.set(alias.version.uid, alias.at)
  }
  return moments
}
