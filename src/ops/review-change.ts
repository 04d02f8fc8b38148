/**
 * Reviews a change of code by the runs recorded on both of its sides: what `mlv pr report`, `mlv gate` and
 * `mlv diff BASE..HEAD` show.
 */
import { compareRuns } from '../domain/comparison.ts'
import type { Comparison, ComparisonSide } from '../domain/comparison.ts'
import { parseConfig } from '../store/inputs/config-document.ts'
import type { Config } from '../domain/config.ts'
import { EMPTY_CONFIG } from '../domain/config.ts'
import { refuse } from '../domain/failure.ts'
import { DEFAULT_POLICY } from '../domain/gate-policy.ts'
import type { GatePolicy } from '../domain/gate-policy.ts'
import type { MetricRules } from '../domain/metric.ts'
import type { Oid } from '../domain/oid.ts'
import type { SeriesSet } from '../domain/series.ts'
import { curvesOf } from '../domain/review/curves.ts'
import { judgeGates } from '../domain/review/gate.ts'
import { reviewMetrics } from '../domain/review/metric-review.ts'
import type { Review, ReviewReport } from '../domain/review/review.ts'
import { parseExperimentName } from '../domain/key.ts'
import { rootPath } from '../domain/tree-path.ts'
import { readModel } from '../store/branch/read-models.ts'
import { readSeriesOf } from '../store/branch/read-runs.ts'
import { openSnapshot, readPath } from '../store/branch/snapshot.ts'
import type { BranchSnapshot } from '../store/branch/snapshot.ts'
import { readCodeRange } from '../store/code/code-range.ts'
import type { CodeRange } from '../store/code/code-range.ts'
import { CONFIG_FILE } from '../store/inputs/config-file.ts'
import { comparisonSide } from './compare-revisions.ts'
import { requireGit } from './repository.ts'
import type { Repository } from './repository.ts'
import { readFlips } from './review-flips.ts'
import { findBase, findSubjects, versionsByRun } from './review-sides.ts'
import type { FoundSubject, SideRuns } from './review-sides.ts'

/** A change of code, by the names of its two ends. */
export interface ChangeOptions {
  /** What the change would be merged into: a revision of git. */
  readonly base: string
  readonly head: string
}

/**
 * Reviews a change.
 *
 * @throws `branch-not-found`, `commit-not-found`, `git-missing`, `document-malformed` when the base's gates cannot be
 * read
 */
export async function reviewChange(repository: Repository, change: ChangeOptions): Promise<ReviewReport> {
  const snapshot = await openSnapshot(repository.context.engine)
  const range = await rangeOf(repository, change)
  const config = await configAt(repository, range.base)
  const found = await findSubjects(snapshot, range)
  const subjects = found.length > 0 ? found : [await expectedSubject(snapshot, range, config)]
  const reviews: Review[] = []
  for (const subject of subjects) reviews.push(await reviewOf(repository, snapshot, { subject, config, change }))
  return { base: change.base, head: change.head, reviews }
}

async function rangeOf(repository: Repository, { base, head }: ChangeOptions): Promise<CodeRange> {
  const git = requireGit(repository, 'read the commits of a change')
  const { engine } = repository.context
  const ends: Oid[] = []
  for (const text of [base, head]) {
    const commit = text.startsWith('-') ? undefined : await engine.resolveCommit(text)
    if (commit === undefined) throw refuse('commit-not-found', { text })
    ends.push(commit)
  }
  const [left, right] = ends
  if (left === undefined || right === undefined) throw refuse('commit-not-found', { text: base })
  return readCodeRange(git, repository.place, left, right)
}

/** The configuration the base has at its top; what cannot be read there is no gate that was passed. */
async function configAt(repository: Repository, base: Oid): Promise<Config> {
  const bytes = await readPath(repository.context.engine, base, rootPath(CONFIG_FILE))
  return bytes === undefined
    ? EMPTY_CONFIG
    : parseConfig(Buffer.from(bytes).toString('utf8'), `${CONFIG_FILE} of the base`)
}

/** What the base's configuration says is trained, for a change without a run. */
async function expectedSubject(snapshot: BranchSnapshot, range: CodeRange, config: Config): Promise<FoundSubject> {
  const subject =
    config.model === undefined
      ? { kind: 'experiment' as const, experiment: config.experiment ?? parseExperimentName('default') }
      : { kind: 'model' as const, model: config.model.name }
  const found = await findBase(snapshot, range, { subject, versions: await versionsByRun(snapshot) })
  return { subject, ...found, notices: ['no finished run was made from the code of this change', ...found.notices] }
}

interface ReviewRequest {
  readonly subject: FoundSubject
  readonly config: Config
  readonly change: ChangeOptions
}

async function reviewOf(repository: Repository, snapshot: BranchSnapshot, request: ReviewRequest): Promise<Review> {
  const { subject: found, config, change } = request
  const { subject, head, base, notices } = found
  const model = subject.kind === 'model' ? await readModel(snapshot, subject.model) : undefined
  const rules: MetricRules = model?.metrics ?? config.goals
  const metrics = reviewMetrics(metricsOf(base), metricsOf(head), rules)
  const policy = policyOf(model?.gates, config, change.base)
  const gates = judgeGates(policy.rules, {
    runs: head?.runs.length ?? 0,
    hasBase: base !== undefined,
    metrics,
    ...sizeOf(head),
  })
  const facts = { subject, metrics, gates, notices, ...(policy.source === undefined ? {} : { policy: policy.source }) }
  const sides = { ...sideMember('base', base, change.base), ...sideMember('head', head, change.head) }
  if (head === undefined || base === undefined) return { ...facts, ...sides, curves: [] }
  const [comparison, curves, flips] = await Promise.all([
    compareNewest(snapshot, base, head),
    readCurves(snapshot, base, head, metrics),
    readFlips(repository, snapshot, { table: config.evaluation, base: base.newest, head: head.newest }),
  ])
  return {
    ...facts,
    ...sides,
    comparison,
    curves,
    ...(flips.flips === undefined ? {} : { flips: flips.flips }),
    notices: [...notices, ...flips.notices],
  }
}

function metricsOf(side: SideRuns | undefined): Parameters<typeof reviewMetrics>[0] {
  return (side?.runs ?? []).map(({ metrics }) => metrics)
}

function policyOf(
  own: GatePolicy | undefined,
  config: Config,
  base: string,
): { readonly rules: GatePolicy; readonly source?: string } {
  if (own !== undefined) return { rules: own, source: 'model.yaml' }
  return config.gates === undefined
    ? { rules: DEFAULT_POLICY }
    : { rules: config.gates, source: `${CONFIG_FILE} of ${base}` }
}

function sizeOf(head: SideRuns | undefined): { readonly sizeBytes?: number } {
  return head === undefined ? {} : { sizeBytes: Math.max(...head.runs.map(({ files }) => files.sizeBytes)) }
}

function sideMember(name: 'base' | 'head', found: SideRuns | undefined, ref: string): Pick<Review, 'base' | 'head'> {
  if (found === undefined) return {}
  const { side } = found
  const isCommitName = side.commit !== undefined && side.commit.startsWith(ref)
  const label = side.source === 'commit' && !isCommitName ? `${ref}@${side.label}` : side.label
  return { [name]: { ...side, label } }
}

async function compareNewest(snapshot: BranchSnapshot, base: SideRuns, head: SideRuns): Promise<Comparison> {
  const sideOf = ({ newest, side }: SideRuns): Promise<ComparisonSide> =>
    comparisonSide(snapshot, { kind: 'run', run: newest, label: side.label })
  return compareRuns(...(await Promise.all([sideOf(base), sideOf(head)])))
}

async function readCurves(
  snapshot: BranchSnapshot,
  base: SideRuns,
  head: SideRuns,
  metrics: Review['metrics'],
): Promise<Review['curves']> {
  const of = ({ newest }: SideRuns): Promise<SeriesSet> => readSeriesOf(snapshot, newest.id)
  return curvesOf(metrics, ...(await Promise.all([of(base), of(head)])))
}
