/**
 * `mlv bisect`: the first commit of the code with which a metric was bad. Recorded runs are what is known; the others
 * are run where that is asked for. Nothing is kept of a search but the runs it made: begun again, it goes on with them.
 */
import { present } from '../../base/assert.ts'
import { closestNames } from '../../base/suggest.ts'
import { bisect, contradictions } from '../../domain/bisection.ts'
import type { BisectionStep, CommitVerdict } from '../../domain/bisection.ts'
import { boundOf, meanOf, sideOf } from '../../domain/bisection-bound.ts'
import type { Bound } from '../../domain/bisection-bound.ts'
import { causesBetween } from '../../domain/cause.ts'
import type { CauseDifference } from '../../domain/cause.ts'
import { isFailure, refuse } from '../../domain/failure.ts'
import { parseMetricKey } from '../../domain/key.ts'
import type { MetricKey } from '../../domain/key.ts'
import { UNDECLARED_RULE } from '../../domain/metric.ts'
import type { MetricRule } from '../../domain/metric.ts'
import type { Oid } from '../../domain/oid.ts'
import { parseRevision } from '../../domain/revision.ts'
import type { SealedRun } from '../../domain/run.ts'
import { readEnvironment, requireRun } from '../../store/branch/read-runs.ts'
import { openSnapshot } from '../../store/branch/snapshot.ts'
import type { BranchSnapshot } from '../../store/branch/snapshot.ts'
import { codeDiffStat } from '../../store/git/code-diff.ts'
import type { Commit } from '../../store/git/engine.ts'
import { badEnd, bisectedCommit, commitLine, runsAlong, wasInterrupted } from './bisect-line.ts'
import type { BisectEnd } from './bisect-line.ts'
import type { BisectOptions, BisectOutcome, BisectReport, BisectStep, TriedCommit } from './bisect-options.ts'
import { causeReader } from '../read/cause-side.ts'
import { launchAtCommit } from './launch-at-commit.ts'
import type { Launched } from './launch-at-commit.ts'
import type { Repository } from '../repository/repository.ts'
import { requireOwnRun } from './require-own-run.ts'
import { resolveRevision } from '../revisions/resolve-revision.ts'
import type { Resolved } from '../revisions/resolve-revision.ts'
import { ruledMetrics } from '../revisions/ruled-metrics.ts'

/**
 * Searches for the first bad commit.
 *
 * @throws `run-not-found`, `metric-not-found`, `usage-invalid` for ends that are not good and bad in this order,
 * `command-unknown` and `command-foreign` where runs are to be made, what `launchAtCommit` refuses
 */
export async function bisectRuns(repository: Repository, options: BisectOptions): Promise<BisectReport> {
  const search = await openSearch(repository, options)
  await tryBadEnd(search)
  const bound = requireBound(search)
  const steps: BisectStep[] = []
  const seen = new Set<number>([0, search.last])
  for (;;) {
    const known = verdictsOf(search, bound)
    const { used, next } = bisect(search.line.length, known)
    for (const place of used.filter((at) => !seen.has(at))) {
      seen.add(place)
      steps.push({ ...tried(search, bound, place), how: 'recorded', told: [] })
    }
    if (next.kind === 'found' || options.launch === undefined) return report(search, { bound, steps, next })
    const { told, isInterrupted } = await tryPlace(search, next.place, next.left)
    if (isInterrupted) return report(search, { bound, steps, next })
    seen.add(next.place)
    steps.push({ ...tried(search, bound, next.place), how: 'launched', told })
  }
}

/** A search as it stands. */
interface Search {
  readonly repository: Repository
  readonly snapshot: BranchSnapshot
  readonly options: BisectOptions
  readonly metric: MetricKey
  readonly rule: MetricRule
  readonly goodRun: SealedRun
  /** Commits from good to bad, oldest first. */
  readonly line: readonly Commit[]
  /** The place of bad. */
  readonly last: number
  /** What ran at each commit, oldest first; launches are added. */
  readonly runs: Map<Oid, readonly SealedRun[]>
  /** Commits that cannot be run at all, because their command is not there. */
  readonly unstartable: Set<Oid>
  /** Values of the metric at a place. */
  readonly measured: (place: number) => readonly number[]
}

async function openSearch(repository: Repository, options: BisectOptions): Promise<Search> {
  const snapshot = await openSnapshot(repository.context.engine)
  const metric = parseMetricKey(options.metric)
  const good = await resolveRevision(snapshot, options.good)
  const goodRun = await runOf(snapshot, good)
  const rule = await ruleOf(snapshot, good, goodRun, metric)
  const bad = await resolveBad(snapshot, options.bad)
  const goodCommit = await standsFor(snapshot, options.good, goodRun, commitOf(goodRun, '--good', options.good))
  const line = await commitLine(snapshot, goodCommit, { text: options.bad, commit: bad.commit })
  if (options.launch !== undefined) {
    if (goodRun.command === undefined) throw refuse('command-unknown', { run: goodRun.id })
    if (!options.launch.allowForeign) await requireOwnRun(repository, snapshot, goodRun)
  }
  const runs = new Map(await runsAlong(snapshot, causeReader(snapshot), line, goodRun))
  addNamed(runs, goodCommit, goodRun)
  if (bad.run !== undefined) addNamed(runs, bad.commit, bad.run)
  const measured = (place: number): readonly number[] => valuesOf(runs.get(commitAt(line, place).oid) ?? [], metric)
  const unstartable = new Set<Oid>()
  const last = line.length - 1
  return { repository, snapshot, options, metric, rule, goodRun, line, last, runs, unstartable, measured }
}

/** What was named counts, however its code or command stood. */
function addNamed(runs: Map<Oid, readonly SealedRun[]>, commit: Oid, named: SealedRun): void {
  const others = (runs.get(commit) ?? []).filter(({ id }) => id !== named.id)
  runs.set(
    commit,
    [...others, named].sort((left, right) => (left.id < right.id ? -1 : 1)),
  )
}

/** The commit of an end: one that was named, when the run is of its files under another, as a squash leaves them. */
async function standsFor({ engine }: BranchSnapshot, text: string, { code }: SealedRun, commit: Oid): Promise<Oid> {
  const { kind } = parseRevision(text)
  const named = kind === 'code' || kind === 'run-prefix' ? await engine.resolveCommit(text) : undefined
  if (named === undefined || code.kind !== 'commit') return commit
  return (await engine.readCommit(named)).tree === code.tree ? named : commit
}

async function runOf(snapshot: BranchSnapshot, resolved: Resolved): Promise<SealedRun> {
  return resolved.kind === 'run' ? resolved.run : requireRun(snapshot, resolved.version.run)
}

/** A version is judged by its model's rules of today. @throws `metric-not-found` */
async function ruleOf(
  snapshot: BranchSnapshot,
  resolved: Resolved,
  run: SealedRun,
  key: MetricKey,
): Promise<MetricRule> {
  if (!run.metrics.has(key)) {
    throw refuse('metric-not-found', { text: key, closest: closestNames(key, [...run.metrics.keys()]) })
  }
  const metrics = resolved.kind === 'run' ? run.metrics : await ruledMetrics(snapshot, resolved.version)
  const { goal, tolerance, unit } = metrics.get(key) ?? UNDECLARED_RULE
  return { goal, tolerance, ...(unit === undefined ? {} : { unit }) }
}

/** The bad end: a run or version that was named, or a commit, whether or not it was ever run. */
async function resolveBad(
  snapshot: BranchSnapshot,
  text: string,
): Promise<{ readonly commit: Oid; readonly run?: SealedRun }> {
  const { kind } = parseRevision(text)
  const named = kind === 'code' || kind === 'run-prefix' ? await snapshot.engine.resolveCommit(text) : undefined
  try {
    const run = await runOf(snapshot, await resolveRevision(snapshot, text))
    const commit = await standsFor(snapshot, text, run, commitOf(run, '--bad', text))
    // A commit stands for all its runs, not for the newest of them alone.
    return run.code.kind === 'commit' && run.code.commit === named ? { commit } : { commit, run }
  } catch (caught) {
    if (named !== undefined && isFailure(caught, 'run-not-found')) return { commit: named }
    throw caught
  }
}

function commitOf({ code }: SealedRun, flag: BisectEnd, text: string): Oid {
  if (code.kind === 'commit') return code.commit
  throw badEnd(flag, text, `its code was not recorded: ${code.reason}`)
}

function commitAt(line: readonly Commit[], place: number): Commit {
  return present(line[place], 'a place of the line')
}

function valuesOf(runs: readonly SealedRun[], metric: MetricKey): readonly number[] {
  return measuring(runs, metric).map(({ value }) => value)
}

function measuring(
  runs: readonly SealedRun[],
  metric: MetricKey,
): readonly { readonly run: SealedRun; readonly value: number }[] {
  return runs.flatMap((run) => {
    const value = run.status === 'finished' ? run.metrics.get(metric)?.summary.last : undefined
    return value === undefined ? [] : [{ run, value }]
  })
}

/** The bound, once both ends are known to be on their side of it. @throws `usage-invalid` */
function requireBound({ rule, options, measured, last, metric }: Search): Bound {
  const [good, bad] = [measured(0), measured(last)]
  const { threshold } = options
  const bound = boundOf({
    goal: rule.goal,
    tolerance: options.tolerance ?? rule.tolerance,
    good,
    bad,
    ...(threshold === undefined ? {} : { threshold }),
  })
  if (bound === undefined) {
    const problem = bad.length === 0 ? `no run of it measured ${metric}` : `its ${metric} is that of the good one`
    throw badEnd('--bad', options.bad, problem)
  }
  const than = `${bound.worse === 'lower' ? 'below' : 'above'} ${shown(bound.limit)} (${bound.from})`
  if (sideOf(bound, good).verdict !== 'good') {
    throw badEnd('--good', options.good, `its ${metric} of ${shown(meanOf(good))} is ${than}`)
  }
  if (bad.length > 0 && sideOf(bound, bad).verdict !== 'bad') {
    throw badEnd('--bad', options.bad, `its ${metric} of ${shown(meanOf(bad))} is not ${than}`)
  }
  return bound
}

function shown(value: number): string {
  return String(Number(value.toPrecision(6)))
}

function verdictsOf(search: Search, bound: Bound): ReadonlyMap<number, CommitVerdict> {
  return new Map(
    search.line.flatMap(({ oid }, place) => {
      if (place === 0 || place === search.last) return []
      const isKnown = (search.runs.get(oid) ?? []).length > 0 || search.unstartable.has(oid)
      return isKnown ? [[place, tried(search, bound, place).verdict] as const] : []
    }),
  )
}

/** What is known of a commit. One that ended in failures only, or never measured the metric, is skipped. */
function tried({ line, last, runs, metric }: Search, bound: Bound, place: number): TriedCommit {
  const commit = commitAt(line, place)
  const ran = runs.get(commit.oid) ?? []
  const found = measuring(ran, metric)
  const common = bisectedCommit(commit)
  if (found.length === 0) {
    // The ends are what they were said to be.
    const verdict = place === 0 ? 'good' : place === last ? 'bad' : 'skip'
    return { ...common, verdict, runs: ran.map(({ id }) => id), values: [], isClear: true }
  }
  const values = found.map(({ value }) => value)
  return { ...common, ...sideOf(bound, values), runs: found.map(({ run }) => run.id), values }
}

/** Runs the command at a place. Who interrupted the run wants no other. */
async function tryPlace(
  search: Search,
  place: number,
  left = search.line.length,
): Promise<{ readonly told: readonly string[]; readonly isInterrupted: boolean }> {
  const { repository, snapshot, goodRun, options, runs, unstartable } = search
  const launch = present(options.launch, 'leave to run')
  const commit = commitAt(search.line, place)
  options.onTry?.({ commit: bisectedCommit(commit), left })
  const { command } = goodRun
  if (command === undefined) throw refuse('command-unknown', { run: goodRun.id })
  const environment = await readEnvironment(snapshot, goodRun.id)
  const launched: Launched = await launchAtCommit(repository, { run: { ...goodRun, command }, environment }, commit, {
    launch,
    folder: launch.folder(place),
  })
  const ended = launched.runs.filter((run) => !wasInterrupted(run))
  runs.set(commit.oid, [...(runs.get(commit.oid) ?? []), ...ended])
  if (launched.runs.length === 0) unstartable.add(commit.oid)
  return { told: launched.told, isInterrupted: ended.length < launched.runs.length }
}

/** The bad end is not taken at its word where it can be run. @throws `usage-invalid` when it measured nothing */
async function tryBadEnd(search: Search): Promise<void> {
  const { options, measured, last, metric } = search
  if (options.launch === undefined || measured(last).length > 0) return
  const { isInterrupted } = await tryPlace(search, last)
  if (measured(last).length > 0) return
  throw badEnd('--bad', options.bad, isInterrupted ? 'its run was interrupted' : `no run of it measured ${metric}`)
}

interface Found {
  readonly bound: Bound
  readonly steps: readonly BisectStep[]
  readonly next: BisectionStep
}

async function report(search: Search, { bound, steps, next }: Found): Promise<BisectReport> {
  const { last, metric, rule, repository } = search
  const at = (place: number): TriedCommit => tried(search, bound, place)
  const firstBad = next.kind === 'try' ? next.bad : (next.suspects.at(-1) ?? last)
  const [lastGood, bad] = [at(next.good), at(firstBad)]
  const { git, place } = repository
  const codeStat = git === undefined ? undefined : await codeDiffStat(git, place, lastGood.commit, bad.commit)
  return {
    metric,
    rule,
    bound,
    good: at(0),
    bad: at(last),
    commits: last,
    steps,
    outcome: outcomeOf(search, next, bad),
    lastGood,
    causes: await causesOf(search, lastGood, bad),
    ...(codeStat === undefined || codeStat === '' ? {} : { codeStat }),
    contradictions: contradictions(verdictsOf(search, bound), firstBad).map(at),
  }
}

function outcomeOf({ line }: Search, next: BisectionStep, firstBad: TriedCommit): BisectOutcome {
  if (next.kind === 'try') {
    return { kind: 'open', next: bisectedCommit(commitAt(line, next.place)), left: next.left, firstBad }
  }
  if (next.suspects.length === 1) return { kind: 'found', firstBad }
  const suspects = next.suspects.map((place) => bisectedCommit(commitAt(line, place)))
  return { kind: 'suspects', suspects, firstBad }
}

/** What was not the same between the newest run on either side of the step; nothing when a side was never run. */
async function causesOf(
  search: Search,
  lastGood: TriedCommit,
  firstBad: TriedCommit,
): Promise<readonly CauseDifference[]> {
  const [base, head] = [lastGood, firstBad].map(({ runs }) => runs.at(-1))
  if (base === undefined || head === undefined) return []
  // Launches were sealed after the search began.
  const snapshot = await openSnapshot(search.repository.context.engine)
  const reader = causeReader(snapshot)
  const sides = await Promise.all(
    [base, head].map(async (id) => reader.side(await requireRun(snapshot, id), id.slice(0, 12))),
  )
  const [left, right] = sides
  return left === undefined || right === undefined ? [] : causesBetween(left, right)
}
