/**
 * `mlv why`: what a change of metrics can be put down to, with all recorded runs as witnesses.
 */
import { instantMs } from '../../base/clock.ts'
import { explainChange } from '../../domain/change-explanation.ts'
import type { ChangeExplanation, ExplainedRun } from '../../domain/change-explanation.ts'
import type { Metrics } from '../../domain/metric.ts'
import type { SealedRun } from '../../domain/run.ts'
import { requireRun } from '../../store/branch/read-runs.ts'
import { openSnapshot } from '../../store/branch/snapshot.ts'
import type { BranchSnapshot } from '../../store/branch/snapshot.ts'
import { withCatalog } from '../../store/catalog/open-catalog.ts'
import { causeReader } from './cause-side.ts'
import type { CauseReader } from './cause-side.ts'
import type { Repository } from '../repository/repository.ts'
import { resolveRevision } from '../revisions/resolve-revision.ts'
import { ruledMetrics } from '../revisions/ruled-metrics.ts'

/** How many recorded runs are looked at, the nearest in time first. */
const WITNESS_LIMIT = 500

/** Explains how metrics moved between two revisions. @throws what `resolveRevision` refuses */
export async function explainRevisions(
  repository: Repository,
  baseText: string,
  headText: string,
  options: { readonly at?: string },
): Promise<ChangeExplanation> {
  const snapshot = await openSnapshot(repository.context.engine, options.at)
  const [base, head] = await Promise.all([runOf(snapshot, baseText), runOf(snapshot, headText)])
  const reader = causeReader(snapshot)
  const [left, right, others] = await Promise.all([
    reader.side(base.run, base.label, { metrics: base.metrics }),
    reader.side(head.run, head.label, { metrics: head.metrics }),
    witnesses(snapshot, reader, [base.run, head.run]),
  ])
  return explainChange(left, right, others)
}

interface NamedRun {
  readonly run: SealedRun
  readonly label: string
  readonly metrics: Metrics
}

/** A version stands for the run that made it, judged by the model's rules of today. */
async function runOf(snapshot: BranchSnapshot, text: string): Promise<NamedRun> {
  const resolved = await resolveRevision(snapshot, text)
  if (resolved.kind === 'run') return { run: resolved.run, label: resolved.label, metrics: resolved.run.metrics }
  const run = await requireRun(snapshot, resolved.version.run)
  return { run, label: resolved.label, metrics: await ruledMetrics(snapshot, resolved.version) }
}

/** Runs that finished and measured something, the nearest first. */
async function witnesses(
  snapshot: BranchSnapshot,
  reader: CauseReader,
  sides: readonly SealedRun[],
): Promise<readonly ExplainedRun[]> {
  const distance = ({ startedAt }: SealedRun): number => {
    return Math.min(...sides.map((side) => Math.abs(instantMs(startedAt) - instantMs(side.startedAt))))
  }
  const runs = (await withCatalog(snapshot, (catalog) => catalog.allRecords()))
    .map(({ run }) => run)
    .filter((run) => run.status === 'finished' && run.metrics.size > 0 && sides.every(({ id }) => id !== run.id))
    .map((run) => ({ run, away: distance(run) }))
    .sort((left, right) => left.away - right.away)
    .slice(0, WITNESS_LIMIT)
  return Promise.all(runs.map(({ run }) => reader.side(run, run.id.slice(0, 12))))
}
