/**
 * The registry: `GET /api/models`, `GET /api/model/:name`, `POST /api/promote`, `POST /api/rollback`.
 */
import { sortedEntries } from '../../base/order.ts'
import type { Alias } from '../../domain/alias.ts'
import type { ModelVersion } from '../../domain/model-version.ts'
import { readAllReceipts } from '../../ops/read/describe-run.ts'
import { listModels, showModel } from '../../ops/models/list-models.ts'
import { readModelGuards } from '../../ops/models/model-guards.ts'
import type { ModelGuards } from '../../ops/models/model-guards.ts'
import { promoteVersion } from '../../ops/models/promote-version.ts'
import type { AliasReport } from '../../ops/models/promote-version.ts'
import { readLog } from '../../ops/read/read-log.ts'
import { rollbackAlias } from '../../ops/models/rollback-alias.ts'
import type { JsonHandler, Question } from '../context.ts'
import { badRequest } from '../refusal.ts'
import { wireCode, wireDataset, wireMetrics, wireNumber, wireParameters, wireReceipt, wireRule } from '../to-wire.ts'
import type { WireAlias, WireAliasReport, WireModel, WireModels, WireVersion } from '../wire.ts'

const MOST_OPERATIONS = 200

/** All models. */
export const modelsHandler: JsonHandler = async ({ repository }): Promise<WireModels> => {
  const rows = await listModels(repository, {})
  const models = rows.map(({ model, versions, latest, aliases }) => ({
    name: model.name,
    description: model.description ?? null,
    owners: model.owners,
    versions,
    latest: latest === undefined ? null : wireVersion(latest),
    aliases: aliases.map(wireAlias),
  }))
  return { models }
}

/** One model. */
export const modelHandler: JsonHandler = async ({ repository }, { parts: [name = ''] }): Promise<WireModel> => {
  const view = await showModel(repository, name, {})
  const { model, versions, aliases } = view
  const [guards, log, receipts] = await Promise.all([
    readModelGuards(repository, view),
    readLog(repository, { model: name, limit: MOST_OPERATIONS }),
    readAllReceipts(
      repository,
      versions.map(({ version }) => version),
    ),
  ])
  return {
    name: model.name,
    description: model.description ?? null,
    owners: model.owners,
    rules: sortedEntries(model.metrics).map(([key, rule]) => ({ key, rule: wireRule(rule) })),
    aliases: aliases.map(wireAlias),
    versions: versions.map(({ version, state, aliases: names }) => ({
      ...wireVersion(version),
      aliases: names,
      retired: state.retired ?? null,
      runs: state.runs,
      tags: state.tags,
      note: state.note ?? null,
      receipts: receipts.filter((receipt) => receipt.version.uid === version.uid).map(wireReceipt),
    })),
    history: log.map(({ commit, at, by, subject, operation }) => {
      return { commit, at, by, subject, kind: operation?.kind ?? null, reason: operation?.body ?? null }
    }),
    ...wireGuards(guards),
  }
}

function wireGuards({ gates, requests, approvers }: ModelGuards): Pick<WireModel, 'gates' | 'requests' | 'approvers'> {
  return {
    gates:
      gates === undefined
        ? null
        : {
            source: gates.source,
            base: gates.base ?? null,
            versions: [...gates.versions].map(([number, results]) => ({
              number,
              results: results.map(({ rule, metric, status, limit, actual, note }) => {
                return {
                  rule,
                  metric: metric ?? null,
                  status,
                  limit: limit === undefined ? null : wireNumber(limit),
                  actual: actual === undefined ? null : wireNumber(actual),
                  note: note ?? null,
                }
              }),
            })),
          },
    requests: requests.map(({ branch, alias, version, by, isOutdated }) => {
      return { branch, alias, version: version.number, by, isOutdated }
    }),
    approvers: approvers ?? null,
  }
}

/** Makes an alias name a version. */
export const promoteHandler: JsonHandler = async ({ repository }, question): Promise<WireAliasReport> => {
  const [revision, alias, reason] = [member(question, 'revision'), member(question, 'alias'), reasonOf(question)]
  return wireAliasReport(await promoteVersion(repository, revision, alias, { reason }))
}

/** Moves an alias back. */
export const rollbackHandler: JsonHandler = async ({ repository }, question): Promise<WireAliasReport> => {
  const [model, alias, reason] = [member(question, 'model'), member(question, 'alias'), reasonOf(question)]
  const to = question.body.get('to') ?? undefined
  return wireAliasReport(await rollbackAlias(repository, model, alias, { reason, ...(to === undefined ? {} : { to }) }))
}

function member({ body }: Question, key: string): string {
  const text = body.get(key)
  if (text === undefined || text === null || text.trim() === '') throw badRequest(`'${key}' is missing`)
  return text
}

/** Whoever moves a model from a page says why: there is no command line in a history to tell. */
function reasonOf(question: Question): string {
  return member(question, 'reason')
}

function wireAliasReport({ alias, from, changed, commit }: AliasReport): WireAliasReport {
  return { alias: wireAlias(alias), from: from?.number ?? null, isChanged: changed, commit: commit ?? null }
}

function wireAlias({ name, version, previous, by, at, reason }: Alias): WireAlias {
  return { name, version: version.number, previous: previous?.number ?? null, by, at, reason: reason ?? null }
}

function wireVersion(version: ModelVersion): WireVersion {
  const { model, number, uid, run, createdAt, contentDigest, files } = version
  return {
    model,
    number,
    uid,
    run,
    createdAt,
    message: version.message ?? null,
    contentDigest,
    fileCount: files.count,
    sizeBytes: files.sizeBytes,
    metrics: wireMetrics(version.metrics),
    parameters: wireParameters(version.parameters),
    datasets: version.datasets.map(wireDataset),
    code: wireCode(version.code),
  }
}
