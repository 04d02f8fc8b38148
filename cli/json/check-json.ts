/**
 * A checked change of the registry as JSON.
 */
import { valueMap } from '../../src/base/value.ts'
import type { ValueMap } from '../../src/base/value.ts'
import { isPassed } from '../../src/domain/review/request-check.ts'
import type { CheckReport } from '../../src/domain/review/request-check.ts'
import { gateResultJson } from './gate-json.ts'
import { listJson } from './json-members.ts'

/** What `mlv check` reports. */
export function checkJson(report: CheckReport): ValueMap {
  const { base, head, results, judged } = report
  return valueMap({
    base,
    head,
    passed: isPassed(report),
    results: listJson(results, ({ rule, subject, status, note }) => valueMap({ rule, subject, status, note })),
    judged: listJson(judged, ({ subject, gates }) => valueMap({ subject, gates: listJson(gates, gateResultJson) })),
  })
}
