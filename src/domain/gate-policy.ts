/**
 * Gates: what a change must keep to be merged. Declared under `gates` in `mlv.yaml` or `model.yaml`, and always read
 * from the side a change would be merged into, so that no change loosens its own gate.
 */
import type { MetricKey } from './key.ts'

/** How much worse a metric may get. `relative`: a part of the absolute base, 0.1 for ten percent. */
export type Allowance =
  { readonly kind: 'absolute'; readonly amount: number } | { readonly kind: 'relative'; readonly part: number }

/** What is asked of one metric; what is absent is not asked. */
export interface MetricGate {
  /** The least the mean of the head's runs may be, in the metric's unit. */
  readonly min?: number
  /** The most it may be. */
  readonly max?: number
  /** How much worse than the base it may get, by its goal; its tolerance when absent. */
  readonly worsen?: Allowance
}

/** The gates of a model or of an experiment. */
export interface GatePolicy {
  readonly metrics: ReadonlyMap<MetricKey, MetricGate>
  /** Metrics every run of the head must have measured, sorted. */
  readonly required: readonly MetricKey[]
  /** The least number of finished runs of the head; 1 when not declared. */
  readonly repeats: number
  /** The most bytes the files of one run or version may come to. */
  readonly sizeBytes?: number
}

/** Stands where nothing was declared: every metric with a goal is held to its tolerance, and nothing else is asked. */
export const DEFAULT_POLICY: GatePolicy = { metrics: new Map(), required: [], repeats: 1 }
