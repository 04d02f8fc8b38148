/**
 * Runs and versions side by side, with what is known of how much each would vary by chance.
 */
import { isSeed } from '../../domain/cause.ts'
import { spreadOf } from '../../domain/change-explanation.ts'
import type { Spread } from '../../domain/change-explanation.ts'
import type { ComparisonSide } from '../../domain/comparison.ts'
import type { MetricKey } from '../../domain/key.ts'
import { ownMetrics } from '../../domain/metric.ts'
import type { Parameters } from '../../domain/parameter.ts'
import type { RunOutline } from '../../domain/run-outline.ts'
import type { RunId, SealedRun } from '../../domain/run.ts'
import { readNotes, requireRun } from '../../store/branch/read-runs.ts'
import { openSnapshot } from '../../store/branch/snapshot.ts'
import type { BranchSnapshot } from '../../store/branch/snapshot.ts'
import { withCatalog } from '../../store/catalog/open-catalog.ts'
import { liveRun } from '../record/live-runs.ts'
import { findRun } from '../record/resume-run.ts'
import { resolveRevision } from '../revisions/resolve-revision.ts'
import type { RunRow } from '../revisions/run-row.ts'
import type { Repository } from '../repository/repository.ts'
import { comparisonSide } from './compare-revisions.ts'
import { versionLabels } from './list-runs.ts'

/** One of the runs that are compared. */
export interface ComparedRun {
  readonly row: RunRow
  /** Metrics of a version are under the rules its model has today. Of a live run files and environment are unknown. */
  readonly side: ComparisonSide
  /** How runs that are like it but for the seed vary, itself included; empty where there is no other. */
  readonly repeats: ReadonlyMap<MetricKey, Spread>
}

/** So many runs of the same commit are held against each: those nearest in time, because repeats are made together. */
const MOST_REPEATS = 48

/** Reads the runs that revisions name, in their order. @throws what `findRun` and `resolveRevision` refuse */
export async function readComparedRuns(
  repository: Repository,
  revisions: readonly string[],
): Promise<readonly ComparedRun[]> {
  const snapshot = await openSnapshot(repository.context.engine)
  const labels = await versionLabels(snapshot)
  const found: Omit<ComparedRun, 'repeats'>[] = []
  for (const revision of revisions) {
    const id = await findRun(repository, revision)
    const live = await liveRun(repository, id)
    found.push(live === undefined ? await recorded(snapshot, revision, labels) : liveSide(live))
  }
  return withCatalog(snapshot, async (catalog) => {
    const outlines = await catalog.outlines({ parameters: new Set(), metrics: new Set() })
    const near = found.map(({ row }) => nearestAlike(row, outlines))
    const records = await catalog.records([...new Set(near.flat())])
    const byId = new Map(records.map((record) => [record.run.id, record.run]))
    return found.map((each, index) => {
      const others = (near[index] ?? []).flatMap((id) => byId.get(id) ?? [])
      return { ...each, repeats: repeatsOf(each.row.run, others) }
    })
  })
}

function liveSide(row: RunRow): Omit<ComparedRun, 'repeats'> {
  const { id, parameters, metrics, datasets, code } = row.run
  return { row, side: { label: id.slice(0, 12), parameters, metrics, files: [], datasets, code } }
}

async function recorded(
  snapshot: BranchSnapshot,
  revision: string,
  labels: ReadonlyMap<RunId, RunRow['versions']>,
): Promise<Omit<ComparedRun, 'repeats'>> {
  const resolved = await resolveRevision(snapshot, revision)
  const run = resolved.kind === 'run' ? resolved.run : await requireRun(snapshot, resolved.version.run)
  const [notes, side] = await Promise.all([readNotes(snapshot, run.id), comparisonSide(snapshot, resolved)])
  return { row: { run, notes, versions: labels.get(run.id) ?? [] }, side }
}

/** Runs of the same experiment and commit that finished. */
function nearestAlike({ run, isLive }: RunRow, outlines: readonly RunOutline[]): readonly RunId[] {
  const { code } = run
  if (isLive === true || run.status !== 'finished' || code.kind !== 'commit') return []
  const alike = outlines.filter(({ id, status, archived, experiment, commit }) => {
    return (
      id !== run.id && status === 'finished' && !archived && experiment === run.experiment && commit === code.commit
    )
  })
  const after = alike.findIndex(({ id }) => id > run.id)
  const at = after === -1 ? alike.length : after
  const from = Math.max(0, Math.min(at - MOST_REPEATS / 2, alike.length - MOST_REPEATS))
  return alike.slice(from, from + MOST_REPEATS).map(({ id }) => id)
}

/** How metrics vary over runs that are alike in all that is recorded of code, data and parameters but for the seed. */
function repeatsOf(run: SealedRun, near: readonly SealedRun[]): ReadonlyMap<MetricKey, Spread> {
  const others = near.filter((other) => isRepeat(run, other))
  if (others.length === 0) return new Map()
  const spreads = [...ownMetrics(run.metrics).keys()].flatMap((key) => {
    const values = [run, ...others].flatMap(({ metrics }) => metrics.get(key)?.summary.last ?? [])
    const spread = spreadOf(values)
    return spread === undefined || spread.count < 2 ? [] : [[key, spread] as const]
  })
  return new Map(spreads)
}

function isRepeat(run: SealedRun, other: SealedRun): boolean {
  if (run.code.kind !== 'commit' || other.code.kind !== 'commit' || run.code.tree !== other.code.tree) return false
  return settings(run.parameters) === settings(other.parameters) && pins(run) === pins(other)
}

/** Parameters but for seeds, so that an integer and a float are not alike. */
function settings(parameters: Parameters): string {
  const own = [...parameters].filter(([key]) => !isSeed(key)).sort(([left], [right]) => (left < right ? -1 : 1))
  return JSON.stringify(own, (_, value: unknown) => (typeof value === 'bigint' ? `integer ${value}` : exact(value)))
}

/** JSON has no NaN and no infinities, and no -0. */
function exact(value: unknown): unknown {
  if (typeof value !== 'number') return value
  return Object.is(value, -0) ? 'float -0' : `float ${value}`
}

function pins({ datasets }: SealedRun): string {
  return JSON.stringify(datasets.map(({ uri, pin }) => [uri, pin ?? null]))
}
