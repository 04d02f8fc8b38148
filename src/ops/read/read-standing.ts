/**
 * How a run stands among the runs of its experiment, and what it is worth being compared with.
 */
import { ownMetrics } from '../../domain/metric.ts'
import type { RunOutline } from '../../domain/run-outline.ts'
import { standingOf } from '../../domain/standing.ts'
import type { RunStanding, StandingRun } from '../../domain/standing.ts'
import { readAlias } from '../../store/branch/read-models.ts'
import { openSnapshot } from '../../store/branch/snapshot.ts'
import type { BranchSnapshot } from '../../store/branch/snapshot.ts'
import { withCatalog } from '../../store/catalog/open-catalog.ts'
import { PRODUCTION } from '../revisions/baseline.ts'
import type { RunRow } from '../revisions/run-row.ts'
import type { Repository } from '../repository/repository.ts'
import { readRunRow } from './describe-run.ts'

/** Tells how a run stands among those of its experiment that finished and are not archived. @throws as `findRun` */
export async function readStanding(repository: Repository, revision: string): Promise<RunStanding> {
  const row = await readRunRow(repository, revision)
  const { run } = row
  const snapshot = await openSnapshot(repository.context.engine)
  const judged = [...ownMetrics(run.metrics)].filter(([, { goal }]) => goal !== 'none').map(([key]) => key)
  const outlines = await withCatalog(snapshot, (catalog) => {
    return catalog.outlines({ parameters: new Set(), metrics: new Set(judged) })
  })
  return standingOf(run, outlines.map(standingRun), await inProduction(snapshot, row))
}

function standingRun({ id, name, message, experiment, status, archived, metrics }: RunOutline): StandingRun {
  const title = name ?? message?.split('\n', 1)[0] ?? id.slice(0, 12)
  return { id, title, experiment, status, isArchived: archived, metrics }
}

/** What the models of its versions have in production, other than those versions. */
async function inProduction(snapshot: BranchSnapshot, { versions }: RunRow): Promise<readonly string[]> {
  const found = new Set<string>()
  for (const { model, number } of versions) {
    const alias = await readAlias(snapshot, model, PRODUCTION)
    if (alias !== undefined && alias.version.number !== number) found.add(`${model}@v${alias.version.number}`)
  }
  return [...found]
}
