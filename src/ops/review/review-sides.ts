/**
 * The two sides of a review: which recorded runs stand for the base of a change, and which for its head.
 */
import { compareText } from '../../base/order.ts'
import { instantMs } from '../../base/clock.ts'
import type { VersionReference } from '../../domain/alias.ts'
import { isSeed } from '../../domain/cause.ts'
import { isDirty } from '../../domain/code-state.ts'
import type { ModelVersion } from '../../domain/model-version.ts'
import type { ModelName } from '../../domain/name.ts'
import type { Oid } from '../../domain/oid.ts'
import type { ParameterValue } from '../../domain/parameter.ts'
import { subjectName } from '../../domain/review/review.ts'
import type { ReviewSide, ReviewSubject, SideSource } from '../../domain/review/review.ts'
import type { RunId, SealedRun } from '../../domain/run.ts'
import { listModelNames, readAlias, readVersion, readVersions } from '../../store/branch/read-models.ts'
import { readRun, readRunsBackwards } from '../../store/branch/read-runs.ts'
import type { BranchSnapshot } from '../../store/branch/snapshot.ts'
import type { CodeCommit, CodeRange } from '../../store/code/code-range.ts'
import { PRODUCTION } from '../revisions/baseline.ts'

/** A side with the runs themselves, newest first. */
export interface SideRuns {
  readonly side: ReviewSide
  /** The run that stands for the others: their first. */
  readonly newest: SealedRun
  readonly runs: readonly SealedRun[]
}

/** What a change is found to be about, and the runs that stand for it. */
export interface FoundSubject {
  readonly subject: ReviewSubject
  readonly head?: SideRuns
  readonly base?: SideRuns
  /** What a reader should know of how they were found, one sentence each. */
  readonly notices: readonly string[]
}

/** The versions each run led to. */
export type VersionsByRun = ReadonlyMap<RunId, readonly Pick<ModelVersion, 'model' | 'number' | 'uid'>[]>

/**
 * A run that is committed later is older than its commit, by how long its author waited; older ones are not looked for.
 */
const BEFORE_COMMIT_MS = 7 * 24 * 3_600_000
/** So many of the newest runs of a base are looked at: more than a sweep has, and few beside a year's. */
const LIMIT_POOL = 1_000

/** Finds what a change is about: one subject for each model, and each experiment without one, that has a run of it. */
export async function findSubjects(
  snapshot: BranchSnapshot,
  range: CodeRange,
  versions: VersionsByRun,
): Promise<readonly FoundSubject[]> {
  const commits = range.merged === undefined ? range.added : [range.merged, ...range.added]
  const headRuns = await runsOfCommits(snapshot, commits)
  const groups = new Map<string, readonly SealedRun[]>()
  for (const run of headRuns) {
    const key = JSON.stringify(subjectOf(run, headRuns, versions))
    groups.set(key, [...(groups.get(key) ?? []), run])
  }
  const found: FoundSubject[] = []
  for (const group of groups.values()) {
    const runs = nearestFirst(exactFirst(group, commits), commits)
    const [nearest] = runs
    if (nearest === undefined) continue
    const subject = subjectOf(nearest, headRuns, versions)
    // Of the runs of the nearest code, one that led to a version; never one of older code.
    const same = runs.filter((run) => treeOf(run) === treeOf(nearest))
    const chosen = same.find((run) => versionOf(run, subject, versions) !== undefined) ?? nearest
    const head = sideOf(chosen, runs, { source: 'commit', subject, versions, commits })
    const base = await findBase(snapshot, range, { subject, like: chosen, versions })
    const other = same.filter((run) => !head.runs.includes(run)).length
    const told =
      other === 0
        ? []
        : [`${other} more ${other === 1 ? 'run' : 'runs'} of this code, with other parameters or data: not judged`]
    found.push({ subject, head, ...base, notices: [...headNotices(head, range), ...told, ...base.notices] })
  }
  return found.sort((left, right) => compareText(subjectName(left.subject), subjectName(right.subject)))
}

/** The base of a subject: the newest runs made from the base's code, else the version in production. */
export async function findBase(
  snapshot: BranchSnapshot,
  range: CodeRange,
  wanted: { readonly subject: ReviewSubject; readonly like?: SealedRun; readonly versions: VersionsByRun },
): Promise<Pick<FoundSubject, 'base' | 'notices'>> {
  const { subject, like, versions } = wanted
  const pool: SealedRun[] = []
  let newestMs = -Infinity
  for await (const run of runsFrom(snapshot, range.onBase)) {
    if (pool.length === LIMIT_POOL || instantMs(run.startedAt) < newestMs - BEFORE_COMMIT_MS) break
    if (!isOfSubject(run, subject, like, versions)) continue
    newestMs = Math.max(newestMs, instantMs(run.startedAt))
    pool.push(run)
  }
  const [newest] = nearestFirst(exactFirst(pool, range.onBase), range.onBase)
  if (newest !== undefined) {
    // Of the runs of the newest code, one with the parameters of the head says most about the code.
    const same = pool.filter((run) => treeOf(run) === treeOf(newest))
    const chosen = same.find((run) => like !== undefined && settingOf(run) === settingOf(like)) ?? newest
    const base = sideOf(chosen, same, { source: 'commit', subject, versions, commits: range.onBase })
    return { base, notices: [] }
  }
  return subject.kind === 'model'
    ? findProduction(snapshot, subject.model, { subject, versions }, range)
    : noBase(range)
}

async function findProduction(
  snapshot: BranchSnapshot,
  model: ModelName,
  known: { readonly subject: ReviewSubject; readonly versions: VersionsByRun },
  range: CodeRange,
): Promise<Pick<FoundSubject, 'base' | 'notices'>> {
  const alias = await readAlias(snapshot, model, PRODUCTION)
  if (alias === undefined) return noBase(range)
  const version = await readVersion(snapshot, model, alias.version.number)
  const run = version === undefined ? undefined : await readRun(snapshot, version.run)
  if (version === undefined || run === undefined) {
    const name = `${model}@${PRODUCTION}`
    return {
      notices: [`${name} names v${alias.version.number}, which is no longer on the branch`, ...noBase(range).notices],
    }
  }
  const found = sideOf(run, [run], { source: 'production', ...known, commits: [] })
  const side: ReviewSide = { ...found.side, label: `${model}@${PRODUCTION} (v${version.number})` }
  const why = 'no run was made from the code of the base, so the version in production stands for it'
  return { base: { side, newest: run, runs: [run] }, notices: [why, ...shallowNotice(range)] }
}

function noBase(range: CodeRange): Pick<FoundSubject, 'notices'> {
  return {
    notices: ['there is nothing to compare with: no run was made from the code of the base', ...shallowNotice(range)],
  }
}

function shallowNotice({ isShallow }: CodeRange): readonly string[] {
  return isShallow ? ['this clone is shallow: older commits of the base were not looked at'] : []
}

function headNotices({ side, runs }: SideRuns, { added, merged, isUnrelated }: CodeRange): readonly string[] {
  const isMerged = merged !== undefined && runs.some((run) => isMadeFrom(run, merged))
  const at = isMerged ? 0 : added.findIndex((commit) => runs.some((run) => isMadeFrom(run, commit)))
  return [
    ...(isMerged ? ['the runs of the head are of what the forge made by merging it into the base'] : []),
    ...(at > 0 ? [`the newest run is of ${side.label}, ${at} ${at === 1 ? 'commit' : 'commits'} before the head`] : []),
    ...(side.dirtyRuns > 0 ? [`${side.dirtyRuns} of ${runs.length} runs of the head had uncommitted changes`] : []),
    ...(isUnrelated ? ['base and head have no commit in common, so the base may have been rewritten'] : []),
  ]
}

/** The finished runs made from commits, newest first. */
async function runsOfCommits(snapshot: BranchSnapshot, commits: readonly CodeCommit[]): Promise<readonly SealedRun[]> {
  const runs: SealedRun[] = []
  for await (const run of runsFrom(snapshot, commits)) runs.push(run)
  return runs
}

async function* runsFrom(snapshot: BranchSnapshot, commits: readonly CodeCommit[]): AsyncGenerator<SealedRun> {
  const naming = new Set<string>(commits.flatMap(({ oid, tree }) => [oid, tree]))
  const oldestMs = commits.reduce((oldest, { atMs }) => Math.min(oldest, atMs), Infinity)
  const query = { naming, sinceMs: oldestMs - BEFORE_COMMIT_MS }
  for await (const { run, notes } of readRunsBackwards(snapshot, query)) {
    if (notes.archived || run.status !== 'finished' || run.code.kind !== 'commit') continue
    if (naming.has(run.code.tree) || naming.has(run.code.commit)) yield run
  }
}

/**
 * Those of the runs whose code is that of a commit, where there are any: a tree that was run uncommitted and committed
 * later, or rebased without a change, counts; another run with uncommitted changes only stands in.
 */
function exactFirst(runs: readonly SealedRun[], commits: readonly CodeCommit[]): readonly SealedRun[] {
  const trees = new Set(commits.map(({ tree }) => tree))
  const exact = runs.filter(({ code }) => !isDirty(code) || isIn(trees, treeIn(code)))
  return exact.length > 0 ? exact : runs
}

/**
 * The runs of the commit nearest to the tip first, whenever they ran: repeating an old run says nothing of new code.
 * Runs of one commit stay newest first. Commits come newest first.
 */
function nearestFirst(runs: readonly SealedRun[], commits: readonly CodeCommit[]): readonly SealedRun[] {
  const places = new Map<Oid, number>()
  commits.forEach(({ oid, tree }, place) => {
    for (const name of [oid, tree]) if (!places.has(name)) places.set(name, place)
  })
  const placeOf = ({ code }: SealedRun): number => {
    if (code.kind !== 'commit') return commits.length
    return Math.min(places.get(code.tree) ?? commits.length, places.get(code.commit) ?? commits.length)
  }
  return runs.toSorted((left, right) => placeOf(left) - placeOf(right))
}

function isIn(trees: ReadonlySet<Oid>, tree: Oid | undefined): boolean {
  return tree !== undefined && trees.has(tree)
}

function isMadeFrom({ code }: SealedRun, { oid, tree }: CodeCommit): boolean {
  return code.kind === 'commit' && (code.commit === oid || code.tree === tree)
}

/** The model a run is of: its own, else the one that a run of the same setting led to. */
function subjectOf(run: SealedRun, others: readonly SealedRun[], versions: VersionsByRun): ReviewSubject {
  const alike = [
    run,
    ...others.filter((other) => other.experiment === run.experiment && settingOf(other) === settingOf(run)),
  ]
  const [version] = alike.flatMap(({ id }) => versions.get(id) ?? [])
  return version === undefined
    ? { kind: 'experiment', experiment: run.experiment }
    : { kind: 'model', model: version.model }
}

function isOfSubject(
  run: SealedRun,
  subject: ReviewSubject,
  like: SealedRun | undefined,
  versions: VersionsByRun,
): boolean {
  if (subject.kind === 'experiment') return run.experiment === subject.experiment
  const models = (versions.get(run.id) ?? []).map(({ model }) => model)
  if (models.length > 0) return models.includes(subject.model)
  return like !== undefined && run.experiment === like.experiment && settingOf(run) === settingOf(like)
}

interface SideFacts {
  readonly source: SideSource
  readonly subject: ReviewSubject
  readonly versions: VersionsByRun
  readonly commits: readonly CodeCommit[]
}

/** A run and those that repeat it: the same code, data and parameters, seeds aside. */
function sideOf(chosen: SealedRun, pool: readonly SealedRun[], facts: SideFacts): SideRuns {
  const repeats = pool.filter((run) => run.id !== chosen.id && isRepeat(run, chosen))
  const runs = [chosen, ...repeats]
  const commit = facts.commits.find((each) => isMadeFrom(chosen, each))?.oid ?? commitOf(chosen)
  const version = versionOf(chosen, facts.subject, facts.versions)
  return {
    side: {
      source: facts.source,
      label: commit === undefined ? chosen.id.slice(0, 12) : commit.slice(0, 7),
      ...(commit === undefined ? {} : { commit }),
      runs: runs.map(({ id }) => id),
      dirtyRuns: runs.filter(({ code }) => isDirty(code) && !facts.commits.some(({ tree }) => tree === treeIn(code)))
        .length,
      ...(version === undefined ? {} : { version }),
    },
    newest: chosen,
    runs,
  }
}

/** Tells whether a run repeats another: the same experiment, code, data and parameters, seeds aside. */
export function isRepeat(run: SealedRun, chosen: SealedRun): boolean {
  return run.experiment === chosen.experiment && treeOf(run) === treeOf(chosen) && settingOf(run) === settingOf(chosen)
}

/** Parameters without seeds, and what pins the data, as text. */
function settingOf({ parameters, datasets }: SealedRun): string {
  const values = [...parameters].filter(([key]) => !isSeed(key)).sort(([left], [right]) => compareText(left, right))
  const pins = [...datasets].sort((left, right) => compareText(left.uri, right.uri)).map(({ uri, pin }) => [uri, pin])
  return JSON.stringify([values.map(([key, value]) => [key, shown(value)]), pins])
}

function shown(value: ParameterValue): string {
  return typeof value === 'object' && value !== null
    ? `[${[...value].map(shown).join()}]`
    : `${typeof value} ${String(value)}`
}

function treeOf({ code }: SealedRun): Oid | undefined {
  return treeIn(code)
}

function treeIn(code: SealedRun['code']): Oid | undefined {
  return code.kind === 'commit' ? code.tree : undefined
}

function commitOf({ code }: SealedRun): Oid | undefined {
  return code.kind === 'commit' ? code.commit : undefined
}

function versionOf(run: SealedRun, subject: ReviewSubject, versions: VersionsByRun): VersionReference | undefined {
  if (subject.kind === 'experiment') return undefined
  const found = (versions.get(run.id) ?? []).find(({ model }) => model === subject.model)
  return found === undefined ? undefined : { number: found.number, uid: found.uid }
}

/** Which versions each run led to. */
export async function versionsByRun(snapshot: BranchSnapshot): Promise<VersionsByRun> {
  const byRun = new Map<RunId, ModelVersion[]>()
  for (const model of await listModelNames(snapshot)) {
    for (const version of await readVersions(snapshot, model)) {
      byRun.set(version.run, [...(byRun.get(version.run) ?? []), version])
    }
  }
  return byRun
}
