/**
 * Answers what the pages ask, in the browser, from the documents of a site: what a server would answer about the same
 * branch. A route that needs a clone is refused with words.
 *
 * Law: a refusal is an answer too; nothing is thrown.
 */
import { addressOf, pathParts } from '../server/request.ts'
import { refusalAnswer } from '../server/refusal.ts'
import type { SiteAnswer, SiteAnswerer } from '../server/wire/site.ts'
import { answerCompare } from './answer-compare.ts'
import {
  answerEvaluations,
  answerFile,
  answerOutput,
  answerTable,
  answerTables,
  answerTensors,
  answerText,
  findOutput,
  notHere,
} from './answer-content.ts'
import { answerChoices, answerImportance, answerRuns } from './answer-runs.ts'
import { answerLines, answerSeries, answerSparklines } from './answer-curves.ts'
import { answerLineage, answerStanding } from './answer-relations.ts'
import { findSiteRun, loadRun, openSite } from './open-site.ts'
import type { OpenSite } from './open-site.ts'
import { environmentDocument, modelDocument } from './site-document.ts'
import type { EnvironmentDocument, FileDocument, KeptAnswer, ModelDocument } from './site-document.ts'
import type { SiteQuestion } from './site-question.ts'

/** Answers one route. */
type Answer = (question: SiteQuestion) => Promise<KeptAnswer | FileDocument>

/** Routes of the server that a site answers. The others it refuses. */
export const SITE_ROUTES: readonly { readonly path: string; readonly answer: Answer }[] = [
  { path: 'api/session', answer: async ({ site }) => ok((await site.site()).session) },
  { path: 'api/runs', answer: async (question) => ok(await answerRuns(question)) },
  { path: 'api/values', answer: async (question) => ok(await answerChoices(question)) },
  { path: 'api/importance', answer: async (question) => ok(await answerImportance(question)) },
  { path: 'api/sparklines', answer: async (question) => ok(await answerSparklines(question)) },
  { path: 'api/run/:id', answer: answerRun },
  { path: 'api/series', answer: async (question) => ok(await answerLines(question)) },
  { path: 'api/run/:id/series', answer: async (question) => ok(await answerSeries(question)) },
  { path: 'api/run/:id/standing', answer: async (question) => ok(await answerStanding(question)) },
  { path: 'api/lineage', answer: async (question) => ok(await answerLineage(question)) },
  { path: 'api/run/:id/output', answer: async (question) => ok(await answerOutput(question)) },
  { path: 'api/run/:id/output/find', answer: async (question) => ok(await findOutput(question)) },
  { path: 'api/diff', answer: refuseCode },
  { path: 'api/run/:id/tensors', answer: answerTensors },
  { path: 'api/run/:id/table', answer: async (question) => ok(await answerTable(question)) },
  { path: 'api/tables', answer: async (question) => ok(await answerTables(question)) },
  { path: 'api/run/:id/text', answer: async (question) => ok(await answerText(question)) },
  { path: 'api/run/:id/evaluations', answer: answerEvaluations },
  { path: 'api/run/:id/file', answer: answerFile },
  { path: 'api/compare', answer: async (question) => ok(await answerCompare(question)) },
  { path: 'api/model/:name/version/:number/files', answer: answerVersionFiles },
  { path: 'api/models', answer: async ({ site }) => ok((await site.site()).models) },
  { path: 'api/model/:name', answer: answerModel },
  { path: 'api/views', answer: async ({ site }) => ok((await site.site()).views) },
]

/** Makes the answers of a site; its documents are loaded once, when they are needed. */
export function siteAnswerer(): SiteAnswerer {
  let opened: OpenSite | undefined
  return async (address, load) => {
    opened ??= openSite(load)
    try {
      return answerOf(await answerAddress(opened, address))
    } catch (caught) {
      const { status, body } = refusalAnswer(caught, () => 'mlv ui')
      return answerOf({ status, body })
    }
  }
}

async function answerAddress(site: OpenSite, address: string): Promise<KeptAnswer | FileDocument> {
  const { segments, query } = addressOf(`/${address}`)
  for (const { path, answer } of SITE_ROUTES) {
    const parts = pathParts(path, segments)
    if (parts !== undefined) return answer({ site, parts, query })
  }
  throw notHere('a copy of the pages cannot answer this', 'it needs the repository')
}

function ok(body: object): KeptAnswer {
  return { status: 200, body }
}

function answerOf(found: KeptAnswer | FileDocument): SiteAnswer {
  if ('status' in found) {
    return { status: found.status, type: 'application/json; charset=utf-8', body: JSON.stringify(found.body) }
  }
  return { status: 200, type: found.type, body: bytesOf(found.base64) }
}

function bytesOf(base64: string): Uint8Array<ArrayBuffer> {
  return Uint8Array.from(atob(base64), (character) => character.charCodeAt(0))
}

async function answerRun({ site, parts }: SiteQuestion): Promise<KeptAnswer> {
  const document = await loadRun(site, await findSiteRun(site, parts[0] ?? ''))
  const { answer, environment } = document
  if (environment === null) return answer
  const { wire } = (await site.load(environmentDocument(environment))) as EnvironmentDocument
  return { ...answer, body: { ...answer.body, environment: wire } }
}

async function answerModel({ site, parts }: SiteQuestion): Promise<KeptAnswer> {
  const { models } = (await site.site()).models
  const place = models.findIndex(({ name }) => name === parts[0])
  const found = place === -1 ? undefined : await site.load(modelDocument(place))
  if (found === undefined) throw notHere('the copy has no such model', 'it has the models of its runs')
  return (found as ModelDocument).answer
}

async function answerVersionFiles({ site, parts }: SiteQuestion): Promise<KeptAnswer> {
  const [name = '', number = ''] = parts
  const place = (await site.site()).models.models.findIndex((model) => model.name === name)
  const document = place === -1 ? undefined : ((await site.load(modelDocument(place))) as ModelDocument)
  const found = document?.files[number]
  if (found === undefined) throw notHere('the copy has no such version', 'it has the versions that its runs made')
  return found
}

function refuseCode(): Promise<never> {
  const why = 'it is in the clones of the repository, and not on the branch that this copy was made of'
  return Promise.reject(notHere('a copy of the pages has no code', why))
}
