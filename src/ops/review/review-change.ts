/**
 * Reviews a change of code by the runs recorded on both of its sides: what `mlv pr report`, `mlv gate` and
 * `mlv diff BASE..HEAD` show.
 */
import { compareRuns } from '../../domain/comparison.ts'
import type { Comparison, ComparisonSide } from '../../domain/comparison.ts'
import { refuse } from '../../domain/failure.ts'
import { DEFAULT_POLICY } from '../../domain/gate-policy.ts'
import type { GatePolicy } from '../../domain/gate-policy.ts'
import type { MetricRules } from '../../domain/metric.ts'
import { parseOid } from '../../domain/oid.ts'
import type { Oid } from '../../domain/oid.ts'
import type { SeriesSet } from '../../domain/series.ts'
import { curvesOf } from '../../domain/review/curves.ts'
import { judgeGates } from '../../domain/review/gate.ts'
import { reviewMetrics } from '../../domain/review/metric-review.ts'
import type { Review, ReviewReport, ReviewSide, ReviewSubject } from '../../domain/review/review.ts'
import { parseArtifactPath } from '../../domain/artifact-path.ts'
import { parseExperimentName } from '../../domain/key.ts'
import type { EvaluationTable } from '../../domain/sample-flips.ts'
import { readModel } from '../../store/branch/read-models.ts'
import { readSeriesOf } from '../../store/branch/read-runs.ts'
import { openSnapshot } from '../../store/branch/snapshot.ts'
import type { BranchSnapshot } from '../../store/branch/snapshot.ts'
import { readCodeRange } from '../../store/code/code-range.ts'
import type { CodeRange } from '../../store/code/code-range.ts'
import { comparisonSide } from '../read/compare-revisions.ts'
import { requireGit } from '../repository/repository.ts'
import type { Repository } from '../repository/repository.ts'
import { configOf, experimentOf, readBaseConfigs, touchedConfigs, usualConfig } from './review-config.ts'
import type { BaseConfig, BaseConfigs, ConfigQuestion } from './review-config.ts'
import { readFlips } from './review-flips.ts'
import { findBase, findSubjects, versionsByRun } from './review-sides.ts'
import type { FoundSubject, SideRuns, VersionsByRun } from './review-sides.ts'

const SHORT_DIGITS = 7

/** A change of code, by the names of its two ends. */
export interface ChangeOptions {
  /** What the change would be merged into: a revision of git. */
  readonly base: string
  readonly head: string
  /** The commit that a forge made of both for its job: runs of it are runs of the head. */
  readonly merged?: Oid
  /** What people call the base, where it is given as a commit: untrusted text. */
  readonly baseName?: string
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
  const [configs, versions] = await Promise.all([readBaseConfigs(repository, range), versionsByRun(snapshot)])
  const found: readonly ExpectedSubject[] = await findSubjects(snapshot, range, versions)
  const missed = await missedSubjects(repository, snapshot, { range, configs, versions, found })
  const reviews: Review[] = []
  for (const subject of [...found, ...missed]) {
    const config = subject.expectedBy ?? configOf(configs, questionOf(subject))
    reviews.push(await reviewOf(repository, snapshot, { subject, config, change }))
  }
  return { base: change.base, head: change.head, reviews }
}

async function rangeOf(repository: Repository, change: ChangeOptions): Promise<CodeRange> {
  const { base, head } = change
  const git = requireGit(repository, 'read the commits of a change')
  const { merged } = change
  const left = await requireCommit(repository, base)
  const right = await requireCommit(repository, head)
  const ofChange = { base: left, head: right, ...(merged === undefined ? {} : { merged }) }
  return readCodeRange({ git, place: repository.place, files: repository.files }, ofChange)
}

async function requireCommit({ context }: Repository, text: string): Promise<Oid> {
  const commit = text.startsWith('-') ? undefined : await context.engine.resolveCommit(text)
  if (commit === undefined) throw refuse('commit-not-found', { text })
  return commit
}

/** A subject that was to be found, and the configuration that says so. */
interface ExpectedSubject extends FoundSubject {
  readonly expectedBy?: BaseConfig
}

interface Finding {
  readonly range: CodeRange
  readonly configs: BaseConfigs
  readonly versions: VersionsByRun
  readonly found: readonly FoundSubject[]
}

/**
 * What the base's configuration says is trained and the change did not run. Where there are several, those whose folder
 * the change touches.
 */
async function missedSubjects(
  repository: Repository,
  snapshot: BranchSnapshot,
  { range, configs, versions, found }: Finding,
): Promise<readonly ExpectedSubject[]> {
  const isOneOfMany = configs.readable.length > 1
  if (!isOneOfMany && isDeclaredFound(configs, found)) return []
  const touched = isOneOfMany ? await touchedConfigs(repository, range, configs) : []
  const known = new Set(found.map((subject) => configOf(configs, questionOf(subject))))
  const wanted = touched.filter((config) => !known.has(config))
  const usual = (isOneOfMany && found.length > 0) || wanted.length > 0 ? [] : [usualConfig(configs)]
  const missed: ExpectedSubject[] = []
  for (const expectedBy of [...wanted, ...usual]) {
    const subject = expectedSubject(expectedBy)
    const { notices, ...base } = await findBase(snapshot, range, { subject, versions })
    const why = 'no finished run was made from the code of this change'
    missed.push({ subject, ...base, notices: [why, ...notices], expectedBy })
  }
  return missed
}

/**
 * Whether what the only configuration of the base declares was run: a change that trains under another name is not held
 * to the other's past, so the declared one must be there as well. Where nothing is declared, any run will do.
 */
function isDeclaredFound(configs: BaseConfigs, found: readonly FoundSubject[]): boolean {
  const { config } = usualConfig(configs)
  if (config.model === undefined && config.experiment === undefined) return found.length > 0
  const model = config.model?.name
  return found.some(({ subject, head }) => {
    if (subject.kind === 'model')
      return model === undefined ? head?.newest.experiment === config.experiment : subject.model === model
    return subject.experiment === experimentOf(config)
  })
}

function questionOf({ subject, head }: FoundSubject): ConfigQuestion {
  return head === undefined ? { subject } : { subject, experiment: head.newest.experiment }
}

function expectedSubject({ config }: BaseConfig): ReviewSubject {
  return config.model === undefined
    ? { kind: 'experiment', experiment: parseExperimentName(experimentOf(config)) }
    : { kind: 'model', model: config.model.name }
}

interface ReviewRequest {
  readonly subject: FoundSubject
  readonly config: BaseConfig
  readonly change: ChangeOptions
}

async function reviewOf(repository: Repository, snapshot: BranchSnapshot, request: ReviewRequest): Promise<Review> {
  const { subject: found, config: declared, change } = request
  const { config } = declared
  const { subject, head, base, notices } = found
  const model = subject.kind === 'model' ? await readModel(snapshot, subject.model) : undefined
  const rules: MetricRules = model?.metrics ?? config.goals
  const metrics = reviewMetrics(metricsOf(base), metricsOf(head), rules)
  const policy = policyOf(model?.gates, declared, change.baseName ?? change.base)
  const gates = judgeGates(policy.rules, {
    runs: head?.runs.length ?? 0,
    hasBase: base !== undefined,
    metrics,
    ...sizeOf(head),
  })
  const facts = { subject, metrics, gates, notices, ...(policy.source === undefined ? {} : { policy: policy.source }) }
  const sides = { ...sideMember('base', base, change), ...sideMember('head', head, change) }
  if (head === undefined || base === undefined) return { ...facts, ...sides, curves: [] }
  const [comparison, curves, flips] = await Promise.all([
    compareNewest(snapshot, base, head),
    readCurves(snapshot, base, head, metrics),
    readFlips(repository, snapshot, { table: tableOf(declared), base: base.newest, head: head.newest }),
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
  { config, path }: BaseConfig,
  base: string,
): { readonly rules: GatePolicy; readonly source?: string } {
  if (own !== undefined) return { rules: own, source: 'model.yaml' }
  return config.gates === undefined
    ? { rules: DEFAULT_POLICY }
    : { rules: config.gates, source: `${path} of ${shortName(base)}` }
}

/** Recorded paths start at the top; those of a configuration at its folder. */
function tableOf({ config, folder }: BaseConfig): EvaluationTable | undefined {
  const { evaluation } = config
  if (evaluation === undefined || folder === '.') return evaluation
  return { ...evaluation, path: parseArtifactPath(`${folder}/${evaluation.path}`) }
}

/** As people read it: of a whole commit name the beginning. */
function shortName(ref: string): string {
  return parseOid(ref) === undefined ? ref : ref.slice(0, SHORT_DIGITS)
}

function sizeOf(head: SideRuns | undefined): { readonly sizeBytes?: number } {
  return head === undefined ? {} : { sizeBytes: Math.max(...head.runs.map(({ files }) => files.sizeBytes)) }
}

function sideMember(
  name: 'base' | 'head',
  found: SideRuns | undefined,
  change: ChangeOptions,
): Pick<Review, 'base' | 'head'> {
  if (found === undefined) return {}
  const { side } = found
  return { [name]: { ...side, label: side.source === 'commit' ? labelOf(name, side, change) : side.label } }
}

/** `main@9f2c1e0`; of a head that is a commit, that one. */
function labelOf(name: 'base' | 'head', { commit, label }: ReviewSide, { merged, ...change }: ChangeOptions): string {
  const ref = name === 'base' ? (change.baseName ?? change.base) : change.head
  if (commit !== undefined && commit === merged) return `${shortName(ref)} merged as ${label}`
  return commit !== undefined && commit.startsWith(ref) ? label : `${shortName(ref)}@${label}`
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
