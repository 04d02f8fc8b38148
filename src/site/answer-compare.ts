/**
 * Runs of a site side by side, by the very function that answers on a server.
 */
import type { Spread } from '../domain/change-explanation.ts'
import type { ComparisonSide } from '../domain/comparison.ts'
import type { MetricKey } from '../domain/key.ts'
import { spreadOverRepeats } from '../domain/repeat-spread.ts'
import { repeatsOf, seedsOf } from '../domain/repeats.ts'
import type { RepeatCandidate } from '../domain/repeats.ts'
import type { RunId } from '../domain/run.ts'
import { badRequest } from '../server/refusal.ts'
import { wireComparison } from '../server/handlers/compare-sides.ts'
import type { SideBySide } from '../server/handlers/compare-sides.ts'
import type { WireCompare } from '../server/wire.ts'
import type { SiteQuestion } from './site-question.ts'
import { findSiteRun, loadRun } from './open-site.ts'
import type { OpenSite } from './open-site.ts'
import { environmentDocument } from './site-document.ts'
import type { EnvironmentDocument, RunDocument } from './site-document.ts'
import type { SiteRun } from './table-document.ts'

const MOST_RUNS = 100

/** Runs side by side; the first is the baseline. */
export async function answerCompare({ site, query }: Pick<SiteQuestion, 'site' | 'query'>): Promise<WireCompare> {
  const labels = (query.one('runs') ?? '').split(',').filter((label) => label !== '')
  if (labels.length === 0) throw badRequest("'runs' names no run")
  if (labels.length > MOST_RUNS) throw badRequest(`at most ${MOST_RUNS} runs are compared at once`)
  const sides: SideBySide[] = []
  for (const label of labels) sides.push(await sideOf(site, label))
  return wireComparison(sides)
}

async function sideOf(site: OpenSite, label: string): Promise<SideBySide> {
  const id = await findSiteRun(site, label)
  const { runs } = await site.table()
  const run = runs.get(id)
  const document = await loadRun(site, id)
  if (run === undefined) throw badRequest(`'${label}' is no run of this copy`)
  return { label, head: run.head, side: await comparisonSide(site, run, document), repeats: await spreadsOf(site, run) }
}

async function comparisonSide(site: OpenSite, run: SiteRun, document: RunDocument): Promise<ComparisonSide> {
  const { side, environment } = document
  const { parameters, metrics } = run
  if (environment === null) return { ...side, parameters, metrics }
  const found = (await site.load(environmentDocument(environment))) as EnvironmentDocument
  return { ...side, parameters, metrics, environment: found.side }
}

/** How runs of the site that are like one but for the seed vary. */
async function spreadsOf(site: OpenSite, run: SiteRun): Promise<ReadonlyMap<MetricKey, Spread>> {
  const { runs } = await site.table()
  const alike = [...runs.values()].filter(({ likeness }) => likeness !== null && likeness === run.likeness)
  const candidates = alike.map((each) => ({ ...candidateOf(each), metrics: each.metrics }))
  return spreadOverRepeats(run, repeatsOf(candidateOf(run), candidates))
}

function candidateOf({ head, likeness, rerunOf, parameters }: SiteRun): RepeatCandidate {
  const { id, isArchived } = head
  const again = rerunOf === null ? {} : { rerunOf }
  return { id: id as RunId, isArchived, likeness, seeds: seedsOf(parameters), ...again }
}
