/**
 * Baselines: what a new run is compared with, so that the first thing its author reads is what changed.
 */
import { compareText } from '../../base/order.ts'
import { ownMetrics } from '../../domain/metric.ts'
import type { MetricRule, Metrics } from '../../domain/metric.ts'
import type { MetricKey } from '../../domain/key.ts'
import { judge } from '../../domain/metric-verdict.ts'
import type { Verdict } from '../../domain/metric-verdict.ts'
import { parseAliasName } from '../../domain/name.ts'
import type { ModelVersion } from '../../domain/model-version.ts'
import type { ModelName } from '../../domain/name.ts'
import { listVersionNumbers, readAlias, readState, readVersion } from '../../store/branch/read-models.ts'
import { newestRunIds, readRun } from '../../store/branch/read-runs.ts'
import type { BranchSnapshot } from '../../store/branch/snapshot.ts'
import type { RunRecord } from '../repository/run-edits.ts'

/** The alias that stands for what is in use now. */
export const PRODUCTION = parseAliasName('production')

/** How many of the newest runs are looked through for one of the same experiment. */
const RUNS_LOOKED_AT = 20

/** With more versions, the others are not read while somebody waits for a commit. */
const MOST_RIVALS = 50

/** What a run is compared with. */
export interface Baseline {
  readonly kind: 'alias' | 'version' | 'run'
  /** As a person would type it: `churn@production`, `churn@v11`, a short run id. */
  readonly label: string
  readonly metrics: Metrics
  /** Where nothing is in production: metrics of every version in use; absent where there are too many to read. */
  readonly rivals?: readonly Metrics[]
}

/** How one metric moved. */
export interface MetricChange {
  readonly key: MetricKey
  readonly rule: MetricRule
  /** Absent when the baseline did not measure it. */
  readonly base: number | undefined
  readonly head: number
  readonly verdict: Verdict | undefined
}

/** The version in production, else the newest version in use, else the newest run of the same experiment. */
export async function findBaseline(snapshot: BranchSnapshot, record: RunRecord): Promise<Baseline | undefined> {
  const model = record.model?.name
  if (model !== undefined) return findModelBaseline(snapshot, model)
  for (const id of await newestRunIds(snapshot, RUNS_LOOKED_AT)) {
    const run = await readRun(snapshot, id)
    if (run?.experiment === record.run.experiment) {
      return { kind: 'run', label: id.slice(0, 12), metrics: run.metrics }
    }
  }
  return undefined
}

/** Every metric of the head beside the baseline's, by key, but for the machine's; judged by the head's rules. */
export function metricChanges(base: Metrics | undefined, head: Metrics): readonly MetricChange[] {
  return [...ownMetrics(head)]
    .sort(([left], [right]) => compareText(left, right))
    .map(([key, metric]) => {
      const before = base?.get(key)?.summary.last
      const { goal, tolerance, unit } = metric
      const rule: MetricRule = { goal, tolerance, ...(unit === undefined ? {} : { unit }) }
      const verdict = before === undefined ? undefined : judge(rule, before, metric.summary.last)
      return { key, rule, base: before, head: metric.summary.last, verdict }
    })
}

async function findModelBaseline(snapshot: BranchSnapshot, model: ModelName): Promise<Baseline | undefined> {
  const alias = await readAlias(snapshot, model, PRODUCTION)
  if (alias !== undefined) {
    const version = await readVersion(snapshot, model, alias.version.number)
    if (version !== undefined) {
      return { kind: 'alias', label: `${model}@${PRODUCTION} (v${version.number})`, metrics: version.metrics }
    }
  }
  const [version, rivals] = await Promise.all([newestInUse(snapshot, model), rivalsOf(snapshot, model)])
  if (version === undefined) return undefined
  const label = `${model}@v${version.number}`
  return { kind: 'version', label, metrics: version.metrics, ...(rivals === undefined ? {} : { rivals }) }
}

async function rivalsOf(snapshot: BranchSnapshot, model: ModelName): Promise<readonly Metrics[] | undefined> {
  const numbers = await listVersionNumbers(snapshot, model)
  if (numbers.length > MOST_RIVALS) return undefined
  const versions = await Promise.all(
    numbers.map(async (number) => {
      const [version, state] = await Promise.all([
        readVersion(snapshot, model, number),
        readState(snapshot, model, number),
      ])
      return version === undefined || state.retired !== undefined ? [] : [version.metrics]
    }),
  )
  return versions.flat()
}

/** A retired version is no measure of the next one. */
async function newestInUse(snapshot: BranchSnapshot, model: ModelName): Promise<ModelVersion | undefined> {
  for (const number of [...(await listVersionNumbers(snapshot, model))].reverse()) {
    if ((await readState(snapshot, model, number)).retired === undefined) return readVersion(snapshot, model, number)
  }
  return undefined
}
