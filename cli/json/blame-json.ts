/**
 * Blame as JSON.
 */
import { valueMap } from '../../src/base/value.ts'
import type { ValueMap } from '../../src/base/value.ts'
import type { BlamedVersion, MetricBlame, ModelBlame } from '../../src/ops/models/blame-model.ts'
import { ruleJson, verdictJson } from './content-json.ts'
import { integer, listJson, maybe } from './json-members.ts'
import { differenceJson, versionJson } from './model-json.ts'

/** What `mlv blame` reports. */
export function blameJson({ champion, alias, aliasSince, metrics }: ModelBlame): ValueMap {
  return valueMap({ champion: versionJson(champion), alias, aliasSince, metrics: listJson(metrics, metricJson) })
}

function metricJson({ key, rule, value, since, improved, worsened, changed }: MetricBlame): ValueMap {
  return valueMap({
    key,
    rule: ruleJson(rule),
    value,
    since: integer(since),
    improved: maybe(improved, blamedJson),
    worsened: maybe(worsened, blamedJson),
    changed: maybe(changed, blamedJson),
  })
}

function blamedJson({ number, from, verdict, causes, ...facts }: BlamedVersion): ValueMap {
  return valueMap({
    number: integer(number),
    from: integer(from),
    ...facts,
    verdict: verdictJson(verdict),
    causes: listJson(causes, differenceJson),
  })
}
