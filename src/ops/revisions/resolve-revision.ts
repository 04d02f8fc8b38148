/**
 * Revisions: from what a person types to the run or version it names on a pinned snapshot.
 */
import { closestNames } from '../../base/suggest.ts'
import { refuse } from '../../domain/failure.ts'
import type { Metric } from '../../domain/metric.ts'
import { parseMetricKey } from '../../domain/key.ts'
import type { MetricKey } from '../../domain/key.ts'
import type { VersionReference } from '../../domain/alias.ts'
import { parseVersionNumber } from '../../domain/model-version.ts'
import type { ModelVersion, VersionNumber } from '../../domain/model-version.ts'
import type { AliasName, ModelName } from '../../domain/name.ts'
import type { Oid } from '../../domain/oid.ts'
import { parseRevision } from '../../domain/revision.ts'
import type { Revision } from '../../domain/revision.ts'
import type { RunId, SealedRun } from '../../domain/run.ts'
import { parseRunId } from '../../domain/run.ts'
import { aliasPath } from '../../domain/tree-path.ts'
import { decodeAlias } from '../../store/documents/alias-manifest.ts'
import {
  listModelNames,
  listVersionNumbers,
  readAlias,
  readAliases,
  readModel,
  readState,
  readVersion,
  requireVersion,
} from '../../store/branch/read-models.ts'
import { newestRunIds, readRun, readRunsBackwards, requireRun } from '../../store/branch/read-runs.ts'
import { readPath } from '../../store/branch/snapshot.ts'
import type { BranchSnapshot } from '../../store/branch/snapshot.ts'
import { withCatalog } from '../../store/catalog/open-catalog.ts'

/** What a revision names. */
export type Resolved =
  | { readonly kind: 'run'; readonly run: SealedRun; readonly label: string }
  | { readonly kind: 'version'; readonly version: ModelVersion; readonly label: string }

/**
 * Resolves a revision.
 *
 * @throws `run-not-found`, `model-not-found`, `version-not-found`, `alias-not-found`, `metric-not-found`,
 * `revision-ambiguous`, `revision-invalid`, `argument-option-like`
 */
export async function resolveRevision(snapshot: BranchSnapshot, text: string): Promise<Resolved> {
  const revision = parseRevision(text)
  switch (revision.kind) {
    case 'run-prefix':
      return runOf(await requireRun(snapshot, await resolvePrefix(snapshot, text, revision.prefix)))
    case 'last-run':
      return runOf(await requireRun(snapshot, await resolveLast(snapshot, text, revision.back)))
    case 'best':
      return runOf(await resolveBest(snapshot, revision))
    case 'code':
      return runOf(await resolveCode(snapshot, revision.text))
    case 'version':
    case 'alias':
    case 'latest':
      return resolvedVersion(await resolveModelRevision(snapshot, revision))
  }
}

/** Resolves a revision that must name a version. @throws `revision-invalid` when it names a run */
export async function resolveVersion(snapshot: BranchSnapshot, text: string): Promise<ModelVersion> {
  return versionOf(await resolveRevision(snapshot, text), text)
}

/** The version a revision named; `text` is the revision as typed. @throws `revision-invalid` when it names a run */
export function versionOf(resolved: Resolved, text: string): ModelVersion {
  if (resolved.kind === 'version') return resolved.version
  throw refuse('revision-invalid', { text, problem: 'it names a run, and a version such as churn@v3 is needed' })
}

/** Resolves a revision to the run itself, or the run that made the version. */
export async function resolveRun(snapshot: BranchSnapshot, text: string): Promise<SealedRun> {
  const resolved = await resolveRevision(snapshot, text)
  return resolved.kind === 'run' ? resolved.run : requireRun(snapshot, resolved.version.run)
}

/** Refuses the name of a model the branch does not have, telling the closest ones. @throws `model-not-found` */
export async function requireModel(snapshot: BranchSnapshot, name: ModelName): Promise<void> {
  if ((await readModel(snapshot, name)) !== undefined) return
  const names = await listModelNames(snapshot)
  throw refuse('model-not-found', { text: name, closest: closestNames(name, names) })
}

/** What an alias named `back` changes ago, along the first-parent history of its file. @throws `alias-not-found` */
export async function aliasAt(
  snapshot: BranchSnapshot,
  model: ModelName,
  alias: AliasName,
  back: number,
): Promise<VersionReference> {
  const current = await readAlias(snapshot, model, alias)
  if (current === undefined) {
    const aliases = await readAliases(snapshot, model)
    const names = aliases.map((known) => known.name)
    throw refuse('alias-not-found', { model, text: alias, closest: closestNames(alias, names) })
  }
  if (back === 0) return current.version
  const path = aliasPath(model, alias)
  const changes = await snapshot.engine.log(snapshot.tips.registry, { path, limit: back + 1 })
  const commit = changes[back]
  const bytes = commit === undefined ? undefined : await readPath(snapshot.engine, commit.oid, path)
  if (bytes === undefined) throw refuse('alias-not-found', { model, text: `${alias}~${back}`, closest: [alias] })
  return decodeAlias(bytes, path, model, alias).version
}

function runOf(run: SealedRun): Resolved {
  return { kind: 'run', run, label: run.id.slice(0, 12) }
}

function resolvedVersion(version: ModelVersion): Resolved {
  return { kind: 'version', version, label: `${version.model}@v${version.number}` }
}

async function resolveModelRevision(
  snapshot: BranchSnapshot,
  revision: Extract<Revision, { readonly kind: 'version' | 'alias' | 'latest' }>,
): Promise<ModelVersion> {
  await requireModel(snapshot, revision.model)
  if (revision.kind === 'alias') {
    const { number } = await aliasAt(snapshot, revision.model, revision.alias, revision.back)
    return requireVersion(snapshot, revision.model, number)
  }
  const numbers = await listVersionNumbers(snapshot, revision.model)
  const number = revision.kind === 'version' ? revision.number : await latestInUse(snapshot, revision, numbers)
  const version = number === undefined ? undefined : await readVersion(snapshot, revision.model, number)
  if (version !== undefined) return version
  const text = revision.kind === 'version' ? `v${revision.number}` : `latest~${revision.back}`
  throw refuse('version-not-found', { model: revision.model, text, closest: nearest(numbers, number) })
}

/** Counts back over versions that are not retired. */
async function latestInUse(
  snapshot: BranchSnapshot,
  revision: Extract<Revision, { readonly kind: 'latest' }>,
  numbers: readonly VersionNumber[],
): Promise<VersionNumber | undefined> {
  let back = revision.back
  for (const number of [...numbers].reverse()) {
    const { retired } = await readState(snapshot, revision.model, number)
    if (retired !== undefined) continue
    if (back === 0) return number
    back -= 1
  }
  return undefined
}

function nearest(numbers: readonly VersionNumber[], wanted: VersionNumber | undefined): readonly string[] {
  const target = wanted ?? parseVersionNumber('1') ?? 1
  return [...numbers]
    .sort((left, right) => Math.abs(left - target) - Math.abs(right - target))
    .slice(0, 3)
    .map((number) => `v${number}`)
}

async function resolvePrefix(snapshot: BranchSnapshot, text: string, prefix: string): Promise<RunId> {
  const whole = parseRunId(prefix)
  if (whole !== undefined && (await readRun(snapshot, whole)) !== undefined) return whole
  const ids = await withCatalog(snapshot, (catalog) => catalog.idsStarting(prefix))
  const [only, second] = ids
  if (only !== undefined && second === undefined) return only
  if (only !== undefined) throw refuse('revision-ambiguous', { text, matches: ids })
  const byCode = await newestRunOf(snapshot, text)
  if (byCode !== undefined) return byCode.id
  const known = await newestRunIds(snapshot, 200)
  throw refuse('run-not-found', { text, closest: closestNames(prefix, known) })
}

async function resolveLast(snapshot: BranchSnapshot, text: string, back: number): Promise<RunId> {
  const ids = await newestRunIds(snapshot, back + 1)
  const id = ids[back]
  if (id === undefined) throw refuse('run-not-found', { text, closest: ids.slice(-1) })
  return id
}

async function resolveBest(
  snapshot: BranchSnapshot,
  revision: Extract<Revision, { readonly kind: 'best' }>,
): Promise<SealedRun> {
  const key: MetricKey = parseMetricKey(revision.metric)
  const measured = await withCatalog(snapshot, async (catalog) => {
    const outlines = await catalog.outlines({ parameters: new Set(), metrics: new Set([key]) })
    const found = outlines.flatMap(({ id, metrics }) => {
      const metric = metrics.get(key)
      return metric === undefined ? [] : [{ id, metric }]
    })
    if (found.length > 0) return found
    const keys = new Set((await catalog.allRecords()).flatMap(({ run }) => [...run.metrics.keys()]))
    throw refuse('metric-not-found', { text: key, closest: closestNames(key, [...keys]) })
  })
  const goal = declaredGoal(measured.map(({ metric }) => metric)) ?? revision.direction
  if (goal === undefined) {
    throw refuse('revision-invalid', {
      text: `best:${key}`,
      problem: `the goal of ${key} is not declared; write best:min:${key} or best:max:${key}`,
    })
  }
  const sign = goal === 'max' ? 1 : -1
  const ranked = measured
    .map(({ id, metric }) => ({ id, score: sign * (goal === 'max' ? metric.summary.max : metric.summary.min) }))
    .filter(({ score }) => !Number.isNaN(score))
    .sort((left, right) => right.score - left.score)
  const [best] = ranked
  if (best === undefined) throw refuse('metric-not-found', { text: key, closest: [] })
  return requireRun(snapshot, best.id)
}

/** The goal of the last of these that declares one: the newest run's word counts. */
function declaredGoal(metrics: readonly Metric[]): 'min' | 'max' | undefined {
  return metrics.flatMap(({ goal }) => (goal === 'none' ? [] : [goal])).at(-1)
}

async function resolveCode(snapshot: BranchSnapshot, text: string): Promise<SealedRun> {
  const run = await newestRunOf(snapshot, text)
  if (run !== undefined) return run
  const [names, known] = [await listModelNames(snapshot), await newestRunIds(snapshot, 200)]
  throw refuse('run-not-found', {
    text,
    closest: closestNames(text, [...names.map((name) => `${name}@latest`), ...known]),
  })
}

/** Runs that began so long before a commit with their files are not looked for: a review waits weeks, not years. */
const BEFORE_COMMIT_MS = 90 * 24 * 3_600_000

/**
 * The newest of the runs made from a commit of the user's code, else from the same files under another commit, as a
 * squash or a rebase leaves them; `undefined` when git or no run knows it.
 */
async function newestRunOf(snapshot: BranchSnapshot, text: string): Promise<SealedRun | undefined> {
  const commit = await snapshot.engine.resolveCommit(text)
  if (commit === undefined) return undefined
  const made = await withCatalog(snapshot, async (catalog) => {
    const outlines = await catalog.outlines({ parameters: new Set(), metrics: new Set() })
    const newest = outlines.findLast((outline) => outline.commit === commit)
    return newest === undefined ? undefined : requireRun(snapshot, newest.id)
  })
  return made ?? newestOfSameFiles(snapshot, commit)
}

/** Nothing that is archived or did not finish speaks for a commit that it was not made from. */
async function newestOfSameFiles(snapshot: BranchSnapshot, commit: Oid): Promise<SealedRun | undefined> {
  const { tree, committer } = await snapshot.engine.readCommit(commit)
  const query = { naming: new Set([tree]), sinceMs: committer.atSeconds * 1000 - BEFORE_COMMIT_MS }
  for await (const { run, notes } of readRunsBackwards(snapshot, query)) {
    const isSame = run.code.kind === 'commit' && run.code.tree === tree
    if (isSame && run.status === 'finished' && !notes.archived) return run
  }
  return undefined
}
