/**
 * `mlv check`: whether a change of the registry may be merged. Reads the two sides and the store; changes nothing but
 * what git has fetched.
 */
import { objectsOf } from '../../domain/artifact.ts'
import { Failure, isFailure, refuse } from '../../domain/failure.ts'
import type { ModelVersion } from '../../domain/model-version.ts'
import type { Oid } from '../../domain/oid.ts'
import { parseRefName } from '../../domain/ref-name.ts'
import type { CiJob } from '../../domain/review/ci-job.ts'
import type { CheckReport, CheckResult, JudgedAlias } from '../../domain/review/request-check.ts'
import { SETTINGS_PATH, versionFolder } from '../../domain/tree-path.ts'
import { mergeBaseOf } from '../../remote/git-history.ts'
import { trackingRef } from '../../remote/git-transport.ts'
import { readFileList } from '../../store/branch/read-runs.ts'
import { findArea, readSettings, REGISTRY_REF } from '../../store/branch/snapshot.ts'
import type { BranchSnapshot } from '../../store/branch/snapshot.ts'
import { usualRemote, withSharedStore } from '../repository/artifact-store-access.ts'
import { checkChangedFiles, failed, passed } from './check-changed-files.ts'
import { checkCommits, checkFork } from './check-history.ts'
import { checkMovedAlias } from './check-moved-alias.ts'
import type { CheckedSides } from './check-moved-alias.ts'
import { fetchHistory, fetchSides } from './fetch-for-check.ts'
import { requireGit } from '../repository/repository.ts'
import type { Repository } from '../repository/repository.ts'

/** Which change, and whether the store is asked. */
export interface CheckOptions {
  /** `BASE..HEAD`, or a request; absent for that of the job, else for `HEAD`. */
  readonly change?: string
  /** The job of a continuous integration that this runs in. */
  readonly job?: CiJob
  readonly isOffline: boolean
}

const RANGE = /^(.*?)\.{2,3}(.*)$/

/**
 * Checks a change of the registry.
 *
 * @throws `commit-not-found`, `usage-invalid` when its head holds no registry, `branch-not-found`,
 * `remote-unreachable`, `git-missing`
 */
export async function checkRequest(repository: Repository, options: CheckOptions): Promise<CheckReport> {
  const remote = await usualRemote(repository)
  const ends = endsOf(options, remote)
  await fetchSides(repository, remote, { ...ends, isJob: options.job !== undefined })
  const [base, head] = await Promise.all([ends.base, ends.head].map((end) => commitOf(repository, end, remote)))
  if (base === undefined || head === undefined) throw refuse('commit-not-found', { text: ends.head })
  const sides = await sidesOf(repository, remote, { base, head })
  const { engine } = repository.context
  const git = requireGit(repository, 'read the commits of a change')
  const names = { base: ends.base, head: ends.head }
  const fork = await mergeBaseOf({ git, place: repository.place }, base.oid, head.oid)
  if (fork === undefined) {
    return { ...names, results: [failed('files', ends.head, `has no commit in common with ${ends.base}`)], judged: [] }
  }
  if ((await engine.entryAt(head.oid, SETTINGS_PATH)) === undefined) throw noRegistry(ends.head)
  const history = { git, place: repository.place }
  const range = { engine, base: base.oid, head: head.oid, deepen: sides.deepen }
  const forks = await checkFork(history, range, ends.head)
  if (forks.length > 0) return { ...names, results: forks, judged: [] }
  const { results, aliases } = await checkChangedFiles(fork, sides.head)
  const told: CheckResult[] = [...(await checkCommits(history, range, ends.head)), ...results]
  const judged: JudgedAlias[] = []
  for (const change of aliases) {
    const checked = await checkMovedAlias(sides, change)
    told.push(...checked.results)
    if (checked.judged !== undefined) judged.push(checked.judged)
    if (checked.version !== undefined) {
      told.push(await checkArtifacts(repository, sides, checked.version, { remote, isOffline: options.isOffline }))
    }
  }
  return { ...names, results: told, judged }
}

interface Ends {
  readonly base: string
  readonly head: string
}

/** A request is named as its branch is on the remote; the base of a job is the registry as it is now. */
function endsOf({ change, job }: CheckOptions, remote: string | undefined): Ends {
  const registry = REGISTRY_REF.slice('refs/heads/'.length)
  const base = remote === undefined ? registry : `${remote}/${registry}`
  if (change === undefined) return { base, head: job?.change?.headCommit ?? 'HEAD' }
  const [, from, to] = RANGE.exec(change) ?? []
  return from === undefined ? { base, head: change } : { base: from || base, head: to || 'HEAD' }
}

interface End {
  readonly oid: Oid
}

async function commitOf(
  { context: { engine } }: Repository,
  text: string,
  remote: string | undefined,
): Promise<End | undefined> {
  if (text.startsWith('-')) throw refuse('commit-not-found', { text })
  const here = await engine.resolveCommit(text)
  const oid = here ?? (remote === undefined ? undefined : await tracked(engine, `refs/remotes/${remote}/${text}`))
  if (oid === undefined) throw refuse('commit-not-found', { text })
  return { oid }
}

/** What was typed need not be a name that a branch can have. */
async function tracked(engine: BranchSnapshot['engine'], name: string): Promise<Oid | undefined> {
  try {
    return await engine.readRef(parseRefName(name))
  } catch (caught) {
    if (isFailure(caught, 'ref-name-invalid')) return undefined
    throw caught
  }
}

function noRegistry(text: string): Failure {
  const problem = `'${text}' is no state of the registry; name a request, such as mlv-promote/churn-production-1`
  return refuse('usage-invalid', { problem })
}

async function sidesOf(
  repository: Repository,
  remote: string | undefined,
  { base, head }: { readonly base: End; readonly head: End },
): Promise<CheckedSides> {
  const { engine } = repository.context
  const settings = await readSettings(engine, base.oid)
  const { records: ref } = settings.areas
  const there = remote === undefined ? undefined : await engine.readRef(trackingRef(remote, ref))
  const elsewhere = ref === REGISTRY_REF ? undefined : (there ?? (await findArea(engine, ref))?.tip)
  if (ref !== REGISTRY_REF && elsewhere === undefined) throw refuse('branch-not-found', { ref })
  const at = ({ oid }: End): BranchSnapshot => {
    return { engine, settings, tips: { registry: oid, records: elsewhere ?? oid } }
  }
  return { base: at(base), head: at(head), deepen: () => fetchHistory(repository, remote) }
}

/** Asks the store the base names, so that no request brings its own. */
async function checkArtifacts(
  repository: Repository,
  { base, head }: CheckedSides,
  { model, number }: ModelVersion,
  { remote, isOffline }: { readonly remote: string | undefined; readonly isOffline: boolean },
): Promise<CheckResult> {
  const subject = `${model}@v${number}`
  const folder = versionFolder(model, number)
  const holder = (await base.engine.entryAt(base.tips.records, folder)) === undefined ? head : base
  try {
    const files = await readFileList(holder, folder)
    const objects = objectsOf(files)
    if (objects.length === 0) return passed('artifacts', 'every file is on the branch itself', subject)
    if (isOffline) return { rule: 'artifacts', subject, status: 'noted', note: 'the store was not asked' }
    const there = await withSharedStore(repository, base.settings, remote, (transfer) => transfer.has(objects))
    const lost = objects.filter(({ sha256 }) => !there.has(sha256))
    const [first] = lost
    const count = `${objects.length} ${objects.length === 1 ? 'object' : 'objects'}`
    if (first === undefined) return passed('artifacts', `the store has ${count}`, subject)
    return failed(
      'artifacts',
      subject,
      `the store lacks ${lost.length} of ${count}, such as ${first.sha256.slice(0, 12)}`,
    )
  } catch (caught) {
    if (!(caught instanceof Failure)) throw caught
    return failed('artifacts', subject, caught.message)
  }
}
