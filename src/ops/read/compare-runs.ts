/**
 * Runs and versions side by side, with what is known of how much each would vary by chance.
 */
import { isSeed } from '../../domain/cause.ts'
import type { Spread } from '../../domain/change-explanation.ts'
import type { ComparisonSide } from '../../domain/comparison.ts'
import type { MetricKey, ParameterKey } from '../../domain/key.ts'
import type { Metric } from '../../domain/metric.ts'
import type { Oid } from '../../domain/oid.ts'
import type { ParameterValue } from '../../domain/parameter.ts'
import { spreadOverRepeats } from '../../domain/repeat-spread.ts'
import { likenessOf, repeatsOf, rerunCandidate, rerunsAmong } from '../../domain/repeats.ts'
import type { RepeatCandidate, RerunCandidate } from '../../domain/repeats.ts'
import { EVERY_KEY, NO_KEY } from '../../domain/run-outline.ts'
import type { RunId } from '../../domain/run.ts'
import { isSameValue } from '../../domain/table/table-cell.ts'
import { readNotes, requireRun } from '../../store/branch/read-runs.ts'
import { openSnapshot } from '../../store/branch/snapshot.ts'
import type { BranchSnapshot } from '../../store/branch/snapshot.ts'
import { withCatalog } from '../../store/catalog/open-catalog.ts'
import type { RunCatalog } from '../../store/catalog/run-catalog.ts'
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

/** Records that are in memory at once, without their metrics. */
const READ_TOGETHER = 1024

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
  const spreads = await withCatalog(snapshot, (catalog) => spreadsOf(catalog, found))
  return found.map((each, index) => ({ ...each, repeats: spreads[index] ?? new Map<MetricKey, Spread>() }))
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

/** How the repeats of each run vary. */
async function spreadsOf(
  catalog: RunCatalog,
  found: readonly Omit<ComparedRun, 'repeats'>[],
): Promise<readonly ReadonlyMap<MetricKey, Spread>[]> {
  const wanted = new Set(found.flatMap(({ row: { run, isLive } }) => (isLive === true ? [] : (likenessOf(run) ?? []))))
  const candidates = await candidatesFor(catalog, found, wanted)
  const known = new Map(candidates.map((each) => [each.id, each]))
  const runs = found.map(({ row: { run } }) => {
    return known.get(run.id) ?? { id: run.id, isArchived: false, likeness: undefined, seeds: '' }
  })
  const repeats = runs.map((run) => repeatsOf(run, candidates).map(({ id }) => id))
  const metrics = found.map(({ row }) => row.run.metrics)
  const records = await catalog.records([...new Set(repeats.flat())], {
    parameters: NO_KEY,
    metrics: new Set(metrics.flatMap((own) => [...own.keys()])),
  })
  const byId = new Map(records.map((record) => [record.run.id, record.run]))
  return repeats.map((ids, index) => {
    const run = { metrics: metrics[index] ?? new Map<MetricKey, Metric>() }
    return spreadOverRepeats(
      run,
      ids.flatMap((id) => byId.get(id) ?? []),
    )
  })
}

/** Runs of the same experiments and commits, as far as they are like one of those asked for. */
async function candidatesFor(
  catalog: RunCatalog,
  found: readonly Omit<ComparedRun, 'repeats'>[],
  wanted: ReadonlySet<RepeatCandidate['likeness']>,
): Promise<readonly RepeatCandidate[]> {
  const probes = found.flatMap(({ row: { run } }) => probeOf(run) ?? [])
  const parameters = new Set(probes.flatMap(({ settings }) => settings.map(([key]) => key)))
  const near = (await catalog.outlines({ parameters, metrics: NO_KEY })).filter((outline) => {
    const { status, experiment, commit } = outline
    if (status !== 'finished') return false
    return probes.some((probe) => {
      if (probe.commit !== commit || probe.experiment !== experiment) return false
      return probe.settings.every(([key, value]) => isSame(outline.parameters.get(key), value))
    })
  })
  const alike: (RerunCandidate & Pick<RepeatCandidate, 'isArchived'>)[] = []
  for (let at = 0; at < near.length; at += READ_TOGETHER) {
    const ids = near.slice(at, at + READ_TOGETHER).map(({ id }) => id)
    for (const { run, notes } of await catalog.records(ids, { parameters: EVERY_KEY, metrics: NO_KEY })) {
      const candidate = rerunCandidate(run)
      if (wanted.has(candidate.likeness)) alike.push({ ...candidate, isArchived: notes.archived })
    }
  }
  const originals = rerunsAmong(alike)
  return alike.map(({ id, isArchived, likeness, seeds }) => {
    const rerunOf = originals.get(id)
    return { id, isArchived, likeness, seeds, ...(rerunOf === undefined ? {} : { rerunOf }) }
  })
}

/** What the repeats of a run have for sure, and is soon looked up: a few of its settings tell most others apart. */
interface Probe {
  readonly experiment: string
  readonly commit: Oid
  readonly settings: readonly (readonly [ParameterKey, ParameterValue])[]
}

const PROBED = 4

function probeOf({ experiment, code, parameters }: RunRow['run']): Probe | undefined {
  if (code.kind !== 'commit') return undefined
  const settings = [...parameters].filter(([key]) => !isSeed(key)).slice(0, PROBED)
  return { experiment, commit: code.commit, settings }
}

function isSame(left: ParameterValue | undefined, right: ParameterValue): boolean {
  return left !== undefined && isSameValue(left, right)
}
