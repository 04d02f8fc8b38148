/**
 * An audit as JSON.
 */
import { valueMap } from '../../src/base/value.ts'
import type { ValueMap } from '../../src/base/value.ts'
import type { AuditEvent, AuditReport } from '../../src/domain/audit.ts'
import { integer, listJson, maybe } from './json-members.ts'
import { referenceJson } from './model-json.ts'

/** What `mlv audit` reports. */
export function auditJson({ events, problems, checked }: AuditReport): ValueMap {
  return valueMap({
    events: listJson(events, eventJson),
    problems: listJson(problems, (problem) => valueMap({ ...problem })),
    checked: valueMap({
      commits: integer(checked.commits),
      versions: integer(checked.versions),
      runs: integer(checked.runs),
    }),
  })
}

function eventJson(event: AuditEvent): ValueMap {
  const { version, from, metrics, evidence, request, hasTrailers, ...facts } = event
  return valueMap({
    kind: facts.kind,
    at: facts.at,
    by: facts.by,
    commit: facts.commit,
    signature: facts.signature,
    trailers: hasTrailers,
    request: integer(request),
    model: facts.model,
    alias: facts.alias,
    version: maybe(version, referenceJson),
    from: maybe(from, referenceJson),
    reason: facts.reason,
    metrics: listJson(metrics, ({ key, before, after }) => valueMap({ key, before, after })),
    evidence: maybe(evidence, ({ run, code, isDirty, receipts, reproduced }) => {
      return valueMap({ run, code, dirty: isDirty, receipts: integer(receipts), reproduced: integer(reproduced) })
    }),
  })
}
