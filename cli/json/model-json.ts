/**
 * Models, versions, aliases and receipts as JSON.
 */
import { valueMap } from '../../src/base/value.ts'
import type { ValueMap } from '../../src/base/value.ts'
import type { Alias, VersionReference } from '../../src/domain/alias.ts'
import type { CauseDifference } from '../../src/domain/cause.ts'
import type { ModelVersion, VersionState } from '../../src/domain/model-version.ts'
import type { Model } from '../../src/domain/model.ts'
import type { Receipt, RepeatedMetric } from '../../src/domain/receipt.ts'
import type { AliasReport } from '../../src/ops/models/promote-version.ts'
import type { RequestReport } from '../../src/ops/guard/request-promotion.ts'
import {
  codeJson,
  datasetJson,
  metricChangeJson,
  metricsJson,
  parametersJson,
  ruleJson,
  totalsJson,
} from './content-json.ts'
import { integer, listJson, mapJson, maybe } from './json-members.ts'

/** A version. */
export function versionJson(version: ModelVersion): ValueMap {
  return valueMap({
    model: version.model,
    number: integer(version.number),
    uid: version.uid,
    run: version.run,
    createdAt: version.createdAt,
    message: version.message,
    path: version.path,
    contentDigest: version.contentDigest,
    files: totalsJson(version.files),
    parameters: parametersJson(version.parameters),
    metrics: metricsJson(version.metrics),
    datasets: listJson(version.datasets, datasetJson),
    code: codeJson(version.code),
    was: integer(version.was),
  })
}

/** What may change about a version. */
export function stateJson({ retired, runs, tags, note }: VersionState): ValueMap {
  const retirement = maybe(retired, ({ reason, at, by }) => valueMap({ reason, at, by }))
  return valueMap({ retired: retirement, runs, tags, note })
}

/** A model. */
export function modelJson({ name, description, metrics, owners }: Model): ValueMap {
  return valueMap({ name, description, metrics: mapJson(metrics, ruleJson), owners })
}

/** A version by label and identity. */
export function referenceJson({ number, uid }: VersionReference): ValueMap {
  return valueMap({ number: integer(number), uid })
}

/** An alias. */
export function aliasJson(alias: Alias): ValueMap {
  return valueMap({
    model: alias.model,
    name: alias.name,
    version: referenceJson(alias.version),
    previous: maybe(alias.previous, referenceJson),
    metrics: mapJson(alias.metrics, (value) => value),
    by: alias.by,
    at: alias.at,
    reason: alias.reason,
  })
}

/** What promote and rollback report. */
export function aliasReportJson(report: AliasReport): ValueMap {
  return valueMap({
    alias: aliasJson(report.alias),
    from: maybe(report.from, referenceJson),
    changed: report.changed,
    changes: listJson(report.changes, metricChangeJson),
    operation: report.operation,
    commit: report.commit,
  })
}

/** What a request for a promotion reports: the alias as it would be. */
export function requestJson(report: RequestReport): ValueMap {
  const { remote, branch, page, commit } = report
  const request = maybe(branch, (ref) => valueMap({ remote, branch: ref, page }))
  const asked = aliasReportJson({ ...report, operation: undefined, commit })
  return new Map([...asked, ...(request === undefined ? [] : ([['request', request]] as const))])
}

/** A receipt. */
export function receiptJson({ id, version, run, at, by, outcome, compared, differences }: Receipt): ValueMap {
  return valueMap({
    id,
    version: referenceJson(version),
    run,
    at,
    by,
    outcome: outcomeJson(outcome),
    compared: maybe(compared, (metrics) => listJson(metrics, repeatedMetricJson)),
    differences: maybe(differences, (causes) => listJson(causes, differenceJson)),
  })
}

/** A metric beside that of its repetition. */
export function repeatedMetricJson({ key, recorded, repeated, tolerance, isSame }: RepeatedMetric): ValueMap {
  return valueMap({ key, recorded, repeated, tolerance, same: isSame })
}

/** A cause that was not the same. */
export function differenceJson({ cause, evidence }: CauseDifference): ValueMap {
  return valueMap({ cause, evidence })
}

/** What came of a repetition. */

export function outcomeJson(outcome: Receipt['outcome']): ValueMap {
  if (outcome.kind === 'reproduced') return valueMap({ kind: outcome.kind })
  return valueMap({ kind: outcome.kind, metrics: outcome.metrics, causes: outcome.causes })
}
