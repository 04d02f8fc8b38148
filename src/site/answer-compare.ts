/**
 * Runs of a site side by side, by the very function that answers on a server.
 */
import { isSeed } from '../domain/cause.ts'
import { spreadOf } from '../domain/change-explanation.ts'
import type { Spread } from '../domain/change-explanation.ts'
import type { ComparisonSide } from '../domain/comparison.ts'
import type { MetricKey } from '../domain/key.ts'
import { ownMetrics } from '../domain/metric.ts'
import type { RunId } from '../domain/run.ts'
import { badRequest } from '../server/refusal.ts'
import { wireComparison } from '../server/handlers/compare-sides.ts'
import type { SideBySide } from '../server/handlers/compare-sides.ts'
import { wireDataset, wireParameter } from '../server/to-wire.ts'
import type { WireCompare } from '../server/wire.ts'
import type { SiteQuestion } from './answer-site.ts'
import { findSiteRun, loadRun } from './open-site.ts'
import type { OpenSite } from './open-site.ts'
import { environmentDocument } from './site-document.ts'
import type { EnvironmentDocument, RunDocument } from './site-document.ts'
import type { SiteRun } from './table-document.ts'

const MOST_RUNS = 100
const MOST_REPEATS = 50

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
  return { label, head: run.head, side: await comparisonSide(site, run, document), repeats: await repeatsOf(site, id) }
}

async function comparisonSide(site: OpenSite, run: SiteRun, document: RunDocument): Promise<ComparisonSide> {
  const { side, environment } = document
  const { parameters, metrics } = run
  if (environment === null) return { ...side, parameters, metrics }
  const found = (await site.load(environmentDocument(environment))) as EnvironmentDocument
  return { ...side, parameters, metrics, environment: found.side }
}

/** How runs of the site that are like one but for the seed vary. */
async function repeatsOf(site: OpenSite, id: RunId): Promise<ReadonlyMap<MetricKey, Spread>> {
  const { runs } = await site.table()
  const run = runs.get(id)
  if (run === undefined || run.likeness === null) return new Map()
  const alike = [...runs.values()].filter(({ head, likeness }) => {
    return likeness === run.likeness && head.id !== id && !head.isArchived
  })
  if (alike.length === 0) return new Map()
  const others = alike.slice(-MOST_REPEATS)
  const spreads = [...ownMetrics(run.metrics).keys()].flatMap((key) => {
    const values = [run, ...others].flatMap(({ metrics }) => metrics.get(key)?.summary.last ?? [])
    const spread = spreadOf(values)
    return spread === undefined || spread.count < 2 ? [] : [[key, spread] as const]
  })
  return new Map(spreads)
}

/** A text that runs share which are alike in all but the seed; `undefined` for one that cannot be repeated. */
export function likenessOf(run: Pick<SiteRun, 'head' | 'parameters'>, side: RunDocument['side']): string | undefined {
  const { code, datasets } = side
  if (run.head.status !== 'finished' || code.kind !== 'commit') return undefined
  const parameters = [...run.parameters]
    .filter(([key]) => !isSeed(key))
    .map(([key, value]) => [key, wireParameter(value).type, wireParameter(value).text])
    .sort(([left = ''], [right = '']) => (left < right ? -1 : 1))
  const pins = datasets.map((dataset) => [dataset.uri, wireDataset(dataset).pin])
  return JSON.stringify([run.head.experiment, code.tree, parameters, pins])
}
