/**
 * Small curves for cells of a table.
 */

/**
 * `GET /api/sparklines?runs=ID,ID&metric=KEY&metric=KEY&points=`: curves of at most 100 runs, by whole ids, and 20
 * metrics. `points` is how many values a curve has at most, 24 when absent, at most 200. What has no curve is left out:
 * runs that are not here, and metrics a run logged once or never. Live runs are answered as far as they are.
 */
export interface WireSparklines {
  /** In the order they were asked for. */
  readonly runs: readonly {
    readonly run: string
    /** In the order they were asked for. */
    readonly curves: readonly {
      readonly metric: string
      /** From left to right, at least one; `null` is a gap, where the curve is not finite. */
      readonly values: readonly (number | null)[]
    }[]
  }[]
}
