/**
 * Metrics and their rules as fields of manifests.
 *
 * A metric of one value is written as that value alone; everything its summary adds follows from it.
 */
import { valueMap } from '../../base/value.ts'
import type { ValueMap } from '../../base/value.ts'
import { parseMetricKey } from '../../domain/key.ts'
import type { MetricKey } from '../../domain/key.ts'
import type { Goal, Metric, MetricRule, MetricRules, Metrics, Summary } from '../../domain/metric.ts'
import {
  countValue,
  fieldsOf,
  integerValue,
  malformed,
  mapOf,
  numberValue,
  oneOf,
  optional,
  required,
  textValue,
} from './decode.ts'
import type { Decoder, Fields } from './decode.ts'
import { rememberParsed } from './parsed-keys.ts'

/** Writes the metrics of a run or version. */
export function metricsValue(metrics: Metrics): ValueMap {
  return new Map([...metrics].map(([key, metric]) => [key, metricValue(metric)]))
}

/** Writes the metric rules of a model, each of them in full because people edit them. */
export function rulesValue(rules: MetricRules): ValueMap {
  return new Map(
    [...rules].map(([key, { goal, tolerance, unit }]) => [key, valueMap({ goal, tolerance, unit })] as const),
  )
}

/** Reads a metric key, remembering those it accepted. @throws `name-invalid` */
export const metricKey = rememberParsed(parseMetricKey)

const goalValue: Decoder<Goal> = oneOf('min', 'max', 'none')

const toleranceValue: Decoder<number> = (value, spot) => {
  const tolerance = numberValue(value, spot)
  if (!(tolerance >= 0)) throw malformed(spot, 'expected a number of at least 0')
  return tolerance
}

const metricOf: Decoder<Metric> = (value, spot) => {
  const fields = fieldsOf(value, spot)
  const goal = goalIn(fields)
  const tolerance = toleranceIn(fields)
  const unit = optional(fields, 'unit', textValue)
  const summary = summaryIn(fields, goal)
  return unit === undefined ? { goal, tolerance, summary } : { goal, tolerance, unit, summary }
}

/** Decodes the metrics of a run or version. */
export const metricsOf: Decoder<Metrics> = mapOf(metricKey, metricOf)

/** Decodes the metric rules of a model. */
export const rulesOf: Decoder<MetricRules> = mapOf(metricKey, (value, spot) => ruleIn(fieldsOf(value, spot)))

/** Decodes bare metric values. */
export const metricValuesOf: Decoder<ReadonlyMap<MetricKey, number>> = mapOf(metricKey, numberValue)

function metricValue({ goal, tolerance, unit, summary }: Metric): ValueMap {
  return valueMap({
    goal: goal === 'none' ? undefined : goal,
    tolerance: tolerance === 0 ? undefined : tolerance,
    unit,
    last: summary.last,
    bestStep: summary.best?.step === undefined ? undefined : BigInt(summary.best.step),
    ...(isSingle(summary, goal) ? {} : spreadOf(summary)),
  })
}

function spreadOf({ min, max, best, count }: Summary): { readonly [key: string]: number | bigint | undefined } {
  return { min, max, best: best?.value, count: BigInt(count) }
}

/** Tells whether a summary is what its last value alone comes down to, but for the best step. */
function isSingle({ last, min, max, best, count }: Summary, goal: Goal): boolean {
  return count === 1 && Object.is(min, last) && Object.is(max, last) && Object.is(best?.value, bestAlone(last, goal))
}

function ruleIn(fields: Fields): MetricRule {
  const goal = goalIn(fields)
  const tolerance = toleranceIn(fields)
  const unit = optional(fields, 'unit', textValue)
  return unit === undefined ? { goal, tolerance } : { goal, tolerance, unit }
}

function goalIn(fields: Fields): Goal {
  return optional(fields, 'goal', goalValue) ?? 'none'
}

function toleranceIn(fields: Fields): number {
  return optional(fields, 'tolerance', toleranceValue) ?? 0
}

function summaryIn(fields: Fields, goal: Goal): Summary {
  const last = required(fields, 'last', numberValue)
  const count = optional(fields, 'count', countValue)
  const isWhole = count !== undefined
  if (count === 0) throw malformed(fields.spot, 'a metric has at least one point')
  const min = isWhole ? required(fields, 'min', numberValue) : last
  const max = isWhole ? required(fields, 'max', numberValue) : last
  const value = isWhole ? optional(fields, 'best', numberValue) : bestAlone(last, goal)
  if (value === undefined) return { last, min, max, count: count ?? 1 }
  const step = optional(fields, 'bestStep', integerValue)
  return { last, min, max, best: step === undefined ? { value } : { value, step }, count: count ?? 1 }
}

/** What the goal prefers of a single value. */
function bestAlone(last: number, goal: Goal): number | undefined {
  return goal === 'none' ? undefined : last
}
