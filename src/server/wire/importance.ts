/**
 * What counts for a metric.
 */

/** A value between the ends of its 95 % interval. */
export interface WireInterval {
  readonly value: number
  readonly low: number
  readonly high: number
}

/** One parameter. */
export interface WireParameterImportance {
  readonly key: string
  /** The field of the filter grammar that names it. */
  readonly field: string
  readonly kind: 'number' | 'category'
  /**
   * The part of the variance of the metric's ranks that a forest no longer foretells, of runs it has not seen, when the
   * values of the parameter are exchanged between them. Below 0 by chance alone.
   */
  readonly importance: WireInterval
  /** Spearman's, of its numbers with the metric, over so many runs; `null` for categories. */
  readonly correlation: (WireInterval & { readonly runs: number }) | null
  readonly distinct: number
  /** Runs without a value, which is taken for a value of its own. */
  readonly missing: number
}

/**
 * `GET /api/importance?metric=&filter=&params=`: which parameters count for a metric among the runs that match.
 *
 * `metric` is a field of the filter grammar, such as `metric.auc.best`; `params` fields of parameters with commas
 * between them, all when absent. At most 40 parameters and a sample of 1000 runs are looked at. Always the same for the
 * same runs.
 */
export interface WireImportance {
  readonly metric: string
  readonly goal: 'min' | 'max' | 'none'
  /** Runs that could be asked, and those that were: a sample where there are more than the bound. */
  readonly asked: number
  readonly runs: number
  /** Runs below which nothing is told. */
  readonly leastRuns: number
  /** Runs that match and were not asked. */
  readonly skipped: { readonly running: number; readonly withoutMetric: number; readonly notFinite: number }
  /** Parameters that were not looked at: all alike, a text of its own for nearly every run, beyond the bound. */
  readonly leftOut: readonly {
    readonly key: string
    readonly field: string
    readonly why: 'constant' | 'own-values' | 'too-many'
  }[]
  readonly answer: WireImportanceAnswer
}

/** What is told, or why nothing is. */
export type WireImportanceAnswer =
  | { readonly kind: 'refused'; readonly why: 'too-few-runs' | 'constant-metric' | 'no-parameter' }
  | {
      readonly kind: 'measured'
      /** The part of the variance that is foretold of runs that were not seen; at most 1. */
      readonly skill: WireInterval
      /** The skill is above 0 for sure; if it is not, the importances say nothing. */
      readonly isUseful: boolean
      /** The most important first. */
      readonly parameters: readonly WireParameterImportance[]
      /** Parameters that go together: only what they count for together is sure. */
      readonly tied: readonly {
        readonly fields: readonly string[]
        readonly association: number
        readonly importance: WireInterval
      }[]
    }
