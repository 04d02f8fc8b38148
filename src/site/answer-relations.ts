/**
 * How a run of a site stands among the others, and what it came of.
 */
import { refuse } from '../domain/failure.ts'
import { lineageIndex } from '../domain/lineage.ts'
import type { LineageFacts, LineageIndex } from '../domain/lineage.ts'
import type { RunId } from '../domain/run.ts'
import { standingOf } from '../domain/standing.ts'
import type { StandingRun } from '../domain/standing.ts'
import { wireStanding } from '../server/handlers/wire-standing.ts'
import { badRequest } from '../server/refusal.ts'
import type { WireLineage, WireRun, WireStanding } from '../server/wire.ts'
import type { SiteQuestion } from './site-question.ts'
import { findSiteRun, loadRun } from './open-site.ts'
import type { OpenSite } from './open-site.ts'
import { LINEAGE } from './site-document.ts'
import type { SiteRun } from './table-document.ts'

const PRODUCTION = 'production'
const USUAL_NODES = 60
const MOST_NODES = 200
const DATA = 'data:'

/** How a run stands. Where its commit can be looked at, a clone knows and a site does not. */
export async function answerStanding({ site, parts }: SiteQuestion): Promise<WireStanding> {
  const id = await findSiteRun(site, parts[0] ?? '')
  const { runs } = await site.table()
  const run = runs.get(id)
  if (run === undefined) throw badRequest('the table has no such run')
  const kept = (await loadRun(site, id)).answer
  const parent = (kept.body as Partial<WireRun>).parent ?? null
  const subject = {
    id,
    experiment: run.head.experiment,
    metrics: run.metrics,
    ...(parent === null ? {} : { parent: parent as RunId }),
  }
  const standing = standingOf(subject, [...runs.values()].map(standingRun), await inProduction(site, run))
  return wireStanding(standing, null)
}

/** What a thing came of, and what came of it. */
export async function answerLineage({ site, query }: SiteQuestion): Promise<WireLineage> {
  const of = query.one('of')
  if (of === undefined) throw badRequest("'of' names a run, a version or data")
  const nodes = Math.max(1, query.count('nodes', USUAL_NODES, MOST_NODES))
  const index = await indexOf(site)
  return index.of(await keyOf(site, index, of), nodes)
}

const indexes = new WeakMap<OpenSite, Promise<LineageIndex>>()

function indexOf(site: OpenSite): Promise<LineageIndex> {
  const known = indexes.get(site)
  if (known !== undefined) return known
  const made = site.load(LINEAGE).then((facts) => lineageIndex(facts as LineageFacts))
  indexes.set(site, made)
  return made
}

async function keyOf(site: OpenSite, index: LineageIndex, of: string): Promise<string> {
  if (of.startsWith(DATA)) {
    if (index.has(of)) return of
    throw refuse('file-not-found', { file: of.slice(DATA.length), wanted: 'data that a run read' })
  }
  const version = await versionOf(site, of)
  return version === undefined ? `run:${await findSiteRun(site, of)}` : `version:${version}`
}

/** The label of the version that a text such as `churn@v3` or `churn@production` names. */
async function versionOf(site: OpenSite, text: string): Promise<string | undefined> {
  const [, model, name] = /^(.+)@(.+)$/.exec(text) ?? []
  const found = (await site.site()).models.models.find((each) => each.name === model)
  if (found === undefined || name === undefined) return undefined
  if (/^v\d+$/.test(name)) return `${found.name}@${name}`
  const alias = found.aliases.find((each) => each.name === name)
  const number = alias?.version ?? (name === 'latest' ? found.latest?.number : undefined)
  return number === undefined ? undefined : `${found.name}@v${number}`
}

function standingRun({ head, rerunOf, metrics }: SiteRun): StandingRun {
  const { id, name, message, experiment, status, isArchived } = head
  const title = name ?? message?.split('\n', 1)[0] ?? id.slice(0, 12)
  const again = rerunOf === null ? {} : { rerunOf }
  return { id: id as RunId, title, experiment, status, isArchived, metrics, ...again }
}

/** What the models of its versions have in production, other than those versions. */
async function inProduction(site: OpenSite, { head }: SiteRun): Promise<readonly string[]> {
  const { models } = (await site.site()).models
  const found = head.versions.flatMap(({ model, number }) => {
    const alias = models.find(({ name }) => name === model)?.aliases.find(({ name }) => name === PRODUCTION)
    return alias === undefined || alias.version === number ? [] : [`${model}@v${alias.version}`]
  })
  return [...new Set(found)]
}
