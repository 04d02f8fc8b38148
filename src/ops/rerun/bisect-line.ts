/**
 * The line of commits a bisection goes along, and the recorded runs that speak for each of them.
 */
import { instantOf } from '../../base/clock.ts'
import { causesBetween, isSeed } from '../../domain/cause.ts'
import { refuse } from '../../domain/failure.ts'
import type { Failure } from '../../domain/failure.ts'
import type { ParameterKey } from '../../domain/key.ts'
import type { Oid } from '../../domain/oid.ts'
import type { Parameters } from '../../domain/parameter.ts'
import type { SealedRun } from '../../domain/run.ts'
import type { BranchSnapshot } from '../../store/branch/snapshot.ts'
import { withCatalog } from '../../store/catalog/open-catalog.ts'
import type { Commit } from '../../store/git/engine.ts'
import type { BisectedCommit } from './bisect-options.ts'
import type { CauseReader } from '../read/cause-side.ts'
import { personOf } from '../models/promote-version.ts'

const FIRST_LOOK = 250
const INTERRUPTIONS: ReadonlySet<string> = new Set(['SIGINT', 'SIGTERM', 'SIGHUP', 'SIGQUIT'])

/** An end of a search, as it is given. */
export type BisectEnd = '--good' | '--bad'

/** Refuses an end; the problem starts lower case. */
export function badEnd(flag: BisectEnd, text: string, problem: string): Failure {
  return refuse('usage-invalid', { problem: `${flag} ${text}: ${problem}` })
}

/**
 * Commits from good to bad, both included, oldest first, along first parents.
 *
 * @throws `usage-invalid` when the way from bad along first parents does not come to good
 */
export async function commitLine(
  snapshot: BranchSnapshot,
  good: Oid,
  bad: { readonly text: string; readonly commit: Oid },
): Promise<readonly Commit[]> {
  if (good === bad.commit) throw badEnd('--bad', bad.text, 'it ran the same commit of the code as the good one')
  const line = await wayBack(snapshot, bad.commit, good)
  if (line !== undefined) return line.toReversed()
  const isTurned = await snapshot.engine.isAncestor(bad.commit, good)
  const problem = isTurned
    ? 'its commit comes before that of the good one'
    : `the way back from its commit along first parents does not come to ${good.slice(0, 12)}, the good one`
  throw badEnd('--bad', bad.text, problem)
}

/** Commits from the newest to an older one, as far as that; `undefined` when it is not on the way. */
async function wayBack({ engine }: BranchSnapshot, from: Oid, to: Oid): Promise<readonly Commit[] | undefined> {
  // The older one is mostly near: the whole history is read only when it is not.
  for (let limit = FIRST_LOOK; ; limit *= 8) {
    const back = await engine.log(from, { limit })
    const at = back.findIndex(({ oid }) => oid === to)
    if (at >= 0) return back.slice(0, at + 1)
    if (back.length < limit) return undefined
  }
}

/** A commit for people. */
export function bisectedCommit({ oid, author, committer, message }: Commit): BisectedCommit {
  return {
    commit: oid,
    subject: message.split('\n', 1)[0] ?? '',
    by: personOf(author),
    at: instantOf(committer.atSeconds * 1000),
  }
}

/**
 * Runs by the commit they ran, oldest first. A run counts when it is of the experiment of `like`, was not
 * interrupted, was started alike but for seeds, is not archived, and ran the commit's own code: what is recorded as
 * parameters, data or results may differ from it.
 */
export async function runsAlong(
  snapshot: BranchSnapshot,
  reader: CauseReader,
  line: readonly Commit[],
  like: SealedRun,
): Promise<ReadonlyMap<Oid, readonly SealedRun[]>> {
  const commits = new Map(line.map((commit) => [commit.oid, commit]))
  const found = new Map<Oid, readonly SealedRun[]>()
  for (const { run, notes } of await withCatalog(snapshot, (catalog) => catalog.allRecords())) {
    const commit = run.code.kind === 'commit' ? commits.get(run.code.commit) : undefined
    if (commit === undefined || notes.archived || wasInterrupted(run)) continue
    if (run.experiment !== like.experiment || !isStartedAlike(like, run)) continue
    if (await isOwnCode(reader, run, commit)) found.set(commit.oid, [...(found.get(commit.oid) ?? []), run])
  }
  return found
}

/**
 * Tells whether somebody ended a run, or the machine went down under it: then it says nothing of its code. A run that
 * crashed, or took all memory, does.
 */
export function wasInterrupted(run: SealedRun): boolean {
  if (run.status !== 'killed') return false
  return run.signal === undefined || INTERRUPTIONS.has(run.signal)
}

/** Tells whether two runs were started with the same command and parameters, whatever their seeds. */
export function isStartedAlike(left: SealedRun, right: SealedRun): boolean {
  const given = new Set([...(left.givenParameters ?? []), ...(right.givenParameters ?? [])])
  const sides = [left, right].map(({ parameters, command }) => ({
    label: '',
    parameters: chosen(parameters, given),
    metrics: new Map(),
    files: [],
    datasets: [],
    code: left.code,
    ...(command === undefined ? {} : { command }),
  }))
  const [base, head] = sides
  return base !== undefined && head !== undefined && causesBetween(base, head).every(({ cause }) => cause === 'seed')
}

function chosen(parameters: Parameters, given: ReadonlySet<ParameterKey>): Parameters {
  return new Map([...parameters].filter(([key]) => given.has(key) || isSeed(key)))
}

/** The worktree was clean, or differed only in files that do not count as code. */
async function isOwnCode(reader: CauseReader, run: SealedRun, { tree }: Commit): Promise<boolean> {
  const { code } = run
  if (code.kind === 'none') return false
  if (code.tree === tree) return true
  const [ran, committed] = await Promise.all([
    reader.side(run, 'ran'),
    reader.side({ ...run, code: { ...code, tree } }, 'committed'),
  ])
  if (ran.codeFiles === undefined || committed.codeFiles === undefined) return false
  return causesBetween(ran, committed).every(({ cause }) => cause !== 'code')
}
