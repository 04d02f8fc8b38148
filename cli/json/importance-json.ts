/**
 * Importance of parameters as JSON.
 */
import { valueMap } from '../../src/base/value.ts'
import type { ValueMap } from '../../src/base/value.ts'
import type { RunImportance } from '../../src/domain/run-importance.ts'
import type { MeasuredImportance, ParameterImportance } from '../../src/domain/statistics/importance.ts'
import type { Interval } from '../../src/domain/statistics/spread.ts'
import { integer, listJson, maybe } from './json-members.ts'

/** What `mlv importance` reports. */
export function importanceJson({ wish, goal, asked, skipped }: RunImportance, measured: MeasuredImportance): ValueMap {
  const { runs, skill, isUseful, parameters, tied, leftOut } = measured
  return valueMap({
    metric: wish.metric,
    of: wish.part,
    goal,
    runs: integer(runs),
    asked: integer(asked),
    skipped: valueMap({
      running: integer(skipped.running),
      withoutMetric: integer(skipped.withoutMetric),
      notFinite: integer(skipped.notFinite),
    }),
    skill: intervalJson(skill),
    useful: isUseful,
    parameters: listJson(parameters, parameterJson),
    tied: listJson(tied, ({ keys, association, importance }) => {
      return valueMap({ keys, association, importance: intervalJson(importance) })
    }),
    leftOut: listJson(leftOut, ({ key, why }) => valueMap({ key, why })),
  })
}

function parameterJson({ key, kind, importance, correlation, distinct, missing }: ParameterImportance): ValueMap {
  return valueMap({
    key,
    kind,
    importance: intervalJson(importance),
    correlation: maybe(correlation, ({ count, ...interval }) => {
      return valueMap({ ...interval, runs: integer(count) })
    }),
    distinct: integer(distinct),
    missing: integer(missing),
  })
}

function intervalJson({ value, low, high }: Interval): ValueMap {
  return valueMap({ value, low, high })
}
