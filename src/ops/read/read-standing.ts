/**
 * How a run stands among the runs of its experiment, and what it is worth being compared with.
 */
import { sortedEntries } from '../../base/order.ts'
import { ownMetrics } from '../../domain/metric.ts'
import { rerunCandidate, rerunsAmong } from '../../domain/repeats.ts'
import type { RerunCandidate } from '../../domain/repeats.ts'
import { EVERY_KEY, NO_KEY } from '../../domain/run-outline.ts'
import type { RunOutline } from '../../domain/run-outline.ts'
import type { RunId } from '../../domain/run.ts'
import { standingOf } from '../../domain/standing.ts'
import type { RunStanding, StandingRun } from '../../domain/standing.ts'
import { readAlias } from '../../store/branch/read-models.ts'
import { openSnapshot } from '../../store/branch/snapshot.ts'
import type { BranchSnapshot } from '../../store/branch/snapshot.ts'
import { withCatalog } from '../../store/catalog/open-catalog.ts'
import type { RunCatalog } from '../../store/catalog/run-catalog.ts'
import { PRODUCTION } from '../revisions/baseline.ts'
import type { RunRow } from '../revisions/run-row.ts'
import type { Repository } from '../repository/repository.ts'
import { readRunRow } from './describe-run.ts'

/** Records that are in memory at once, without their metrics. */
const READ_TOGETHER = 1024

/** Tells how a run stands among those of its experiment that finished and are not archived. @throws as `findRun` */
export async function readStanding(repository: Repository, revision: string): Promise<RunStanding> {
  const row = await readRunRow(repository, revision)
  const { run } = row
  const snapshot = await openSnapshot(repository.context.engine)
  const judged = [...ownMetrics(run.metrics)].filter(([, { goal }]) => goal !== 'none').map(([key]) => key)
  const runs = await withCatalog(snapshot, async (catalog) => {
    const keys = { parameters: new Set(run.parameters.keys()), metrics: new Set(judged) }
    const outlines = await catalog.outlines(keys)
    const originals = await findReruns(catalog, run.experiment, outlines)
    return outlines.map((outline) => standingRun(outline, originals.get(outline.id)))
  })
  return standingOf(run, runs, await inProduction(snapshot, row))
}

function standingRun(outline: RunOutline, rerunOf: RunId | undefined): StandingRun {
  const { id, name, message, experiment, status, archived, metrics } = outline
  const title = name ?? message?.split('\n', 1)[0] ?? id.slice(0, 12)
  const again = rerunOf === undefined ? {} : { rerunOf }
  return { id, title, experiment, status, isArchived: archived, metrics, ...again }
}

/** Which runs of an experiment do others again; records are read only of those that outlines do not tell apart. */
async function findReruns(
  catalog: RunCatalog,
  experiment: string,
  outlines: readonly RunOutline[],
): Promise<ReadonlyMap<RunId, RunId>> {
  const alike = new Map<string, RunId[]>()
  for (const { id, status, experiment: own, commit, parameters } of outlines) {
    if (status !== 'finished' || own !== experiment || commit === undefined) continue
    const settings = sortedEntries(parameters).map(([key, value]) => `${key}=${String(value)}`)
    const key = [commit, ...settings].join('\n')
    const known = alike.get(key)
    if (known === undefined) alike.set(key, [id])
    else known.push(id)
  }
  const ids = [...alike.values()].filter(({ length }) => length > 1).flat()
  const candidates: RerunCandidate[] = []
  for (let at = 0; at < ids.length; at += READ_TOGETHER) {
    const some = ids.slice(at, at + READ_TOGETHER)
    const records = await catalog.records(some, { parameters: EVERY_KEY, metrics: NO_KEY })
    candidates.push(...records.map(({ run }) => rerunCandidate(run)))
  }
  return rerunsAmong(candidates)
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
