/**
 * Explanations of a change as JSON.
 */
import { valueMap } from '../../src/base/value.ts'
import type { ValueMap } from '../../src/base/value.ts'
import type { ChangeExplanation, ChangeVerdict, Repeats, Separation } from '../../src/domain/change-explanation.ts'
import type { MetricDifference } from '../../src/domain/comparison.ts'
import { ruleJson, verdictJson } from './content-json.ts'
import { integer, listJson, mapJson, maybe } from './json-members.ts'
import { differenceJson } from './model-json.ts'

/** What `mlv why` reports. */
export function explanationJson(explanation: ChangeExplanation): ValueMap {
  const { base, head, metrics, causes, unpinned, verdict, repeats, withinSpread } = explanation
  return valueMap({
    base,
    head,
    verdict: changeVerdictJson(verdict),
    metrics: listJson(metrics, metricJson),
    causes: listJson(causes, differenceJson),
    unpinned,
    repeats: listJson(repeats, repeatsJson),
    withinSpread,
  })
}

function changeVerdictJson(verdict: ChangeVerdict): ValueMap {
  switch (verdict.kind) {
    case 'unmoved':
    case 'noise':
      return valueMap({ kind: verdict.kind })
    case 'attributable':
      return valueMap({ kind: verdict.kind, cause: verdict.cause })
    case 'confounded': {
      const { kind, causes, separating } = verdict
      return valueMap({ kind, causes, separating: listJson(separating, separationJson) })
    }
  }
}

function separationJson({ cause, run, from, isExact, metrics }: Separation): ValueMap {
  return valueMap({ cause, run, from, exact: isExact, metrics: listJson(metrics, metricJson) })
}

function metricJson({ key, rule, base, head, verdict }: MetricDifference): ValueMap {
  return valueMap({
    key,
    rule: ruleJson(rule),
    base: base?.last,
    head: head?.last,
    verdict: maybe(verdict, verdictJson),
  })
}

function repeatsJson({ side, runs, metrics }: Repeats): ValueMap {
  return valueMap({
    side,
    runs,
    metrics: mapJson(metrics, ({ count, ...numbers }) => valueMap({ count: integer(count), ...numbers })),
  })
}
