/**
 * `mlv status`: where the branch stands, what waits, and what is missing here.
 */
import type { Instant } from '../../base/clock.ts'
import type { BranchSettings } from '../../domain/branch.ts'
import type { Oid } from '../../domain/oid.ts'
import { parseRefName } from '../../domain/ref-name.ts'
import type { RefName } from '../../domain/ref-name.ts'
import type { RunId } from '../../domain/run.ts'
import { listModelNames } from '../../store/branch/read-models.ts'
import { newestRunIds, readRun } from '../../store/branch/read-runs.ts'
import { findArea, openSnapshot, REGISTRY_REF } from '../../store/branch/snapshot.ts'
import type { BranchSnapshot } from '../../store/branch/snapshot.ts'
import type { GitEngine } from '../../store/git/engine.ts'
import { codeFinder } from '../revisions/find-code.ts'
import { listRequests } from './list-requests.ts'
import type { OpenRequest } from './list-requests.ts'
import { pendingRuns } from '../record/recover-runs.ts'
import type { Repository } from '../repository/repository.ts'

/** How many of the newest runs are checked for code that is absent here. */
const CODE_CHECKED = 100

/** Where an area stands, beside the remote it came from. */
export interface AreaStatus {
  readonly ref: RefName
  readonly tip: Oid | undefined
  readonly upstream: { readonly ref: RefName; readonly ahead: number; readonly behind: number } | undefined
}

/** The state of mlv in this repository. */
export interface StatusReport {
  readonly initialized: boolean
  readonly settings: BranchSettings | undefined
  readonly areas: readonly AreaStatus[]
  readonly runs: number
  readonly models: number
  /** Runs that are still being written or were left by a killed writer. */
  readonly pending: readonly {
    readonly run: RunId
    readonly experiment: string
    readonly startedAt: Instant
    readonly live: boolean
  }[]
  /** Of the newest hundred runs, those whose code this clone does not have, under no name. */
  readonly missingCode: readonly RunId[]
  /** Promotions that wait for a review, as far as they were fetched. */
  readonly requests: readonly OpenRequest[]
  readonly engine: 'system' | 'embedded'
  readonly storeBytes: number
  readonly storeObjects: number
}

/** Reads the state; works before `mlv init` too. */
export async function readStatus(repository: Repository): Promise<StatusReport> {
  const { engine } = repository.context
  const pending = await pendingRuns(repository)
  const area = await findArea(engine, REGISTRY_REF)
  const { sizeBytes: storeBytes, count: storeObjects } = await repository.artifacts('lfs').totals()
  const common = { pending, engine: engine.kind, storeBytes, storeObjects }
  if (area === undefined) {
    const nothing = { settings: undefined, areas: [], runs: 0, models: 0, missingCode: [], requests: [] }
    return { ...common, ...nothing, initialized: false }
  }
  const snapshot = await openSnapshot(engine)
  const refs = [...new Set(Object.values(snapshot.settings.areas))]
  const ids = await newestRunIds(snapshot, Number.MAX_SAFE_INTEGER)
  return {
    ...common,
    initialized: true,
    settings: snapshot.settings,
    areas: await Promise.all(refs.map((ref) => areaStatus(engine, ref))),
    runs: ids.length,
    models: (await listModelNames(snapshot)).length,
    missingCode: await runsWithoutCode(repository, snapshot, ids.slice(0, CODE_CHECKED)),
    requests: await listRequests(repository),
  }
}

async function areaStatus(engine: GitEngine, ref: RefName): Promise<AreaStatus> {
  const area = await findArea(engine, ref)
  const upstreamRef = parseRefName(`refs/remotes/origin/${ref.slice('refs/heads/'.length)}`)
  const upstream = await engine.readRef(upstreamRef)
  if (area === undefined || upstream === undefined) return { ref, tip: area?.tip, upstream: undefined }
  const [ahead, behind] = await Promise.all([
    countBeyond(engine, area.tip, upstream),
    countBeyond(engine, upstream, area.tip),
  ])
  return { ref, tip: area.tip, upstream: { ref: upstreamRef, ahead, behind } }
}

/** Commits of a first-parent history down to one that the other side has. */
async function countBeyond(engine: GitEngine, tip: Oid, other: Oid): Promise<number> {
  if (await engine.isAncestor(tip, other)) return 0
  const known = new Set((await engine.log(other, {})).map((commit) => commit.oid))
  const own = await engine.log(tip, {})
  const shared = own.findIndex((commit) => known.has(commit.oid))
  return shared === -1 ? own.length : shared
}

async function runsWithoutCode(
  repository: Repository,
  snapshot: BranchSnapshot,
  ids: readonly RunId[],
): Promise<readonly RunId[]> {
  const { find } = codeFinder(repository)
  const missing: RunId[] = []
  for (const id of ids) {
    const run = await readRun(snapshot, id)
    if (run?.code.kind !== 'commit') continue
    // Damaged code is no reason to refuse to tell where everything else stands.
    const here = await find(run.code).catch(() => undefined)
    if (here === undefined) missing.push(id)
  }
  return missing
}
