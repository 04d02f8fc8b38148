/**
 * Models: a named line of versions, with the rules its metrics are judged by.
 */
import type { GatePolicy } from './gate-policy.ts'
import type { MetricRules } from './metric.ts'
import type { ModelName } from './name.ts'

/** A model's own record. Its rules decide for every version from now on; runs keep the rules of their time. */
export interface Model {
  readonly name: ModelName
  readonly description?: string
  readonly metrics: MetricRules
  /** Who answers for the model, as written by them; sorted. */
  readonly owners: readonly string[]
  /** What a change must keep to be merged; absent when it was never declared. */
  readonly gates?: GatePolicy
}
