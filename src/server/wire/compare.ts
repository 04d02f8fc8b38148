/**
 * Comparisons of runs and of code.
 */
import type { WireNumber, WireParameter, WireRule, WireSummary } from './content.ts'
import type { WireRunHead } from './runs.ts'

/** `GET /api/compare?runs=a,b,c`: up to 100 runs or versions side by side, the first is the baseline. */
export interface WireCompare {
  readonly runs: readonly WireRunHead[]
  /** How each was asked for, such as `churn@v3`. */
  readonly labels: readonly string[]
  readonly parameters: readonly {
    readonly key: string
    readonly varies: boolean
    /** In the order of `runs`; `null` where it has none. */
    readonly values: readonly (WireParameter | null)[]
  }[]
  readonly metrics: readonly {
    readonly key: string
    readonly rule: WireRule
    readonly varies: boolean
    readonly values: readonly (WireSummary | null)[]
    /** Against the baseline, last values; `null` for the baseline and where one has none. */
    readonly verdicts: readonly (WireVerdict | null)[]
  }[]
  /** Each of the others beside the baseline. */
  readonly differences: readonly WireDifference[]
}

/** What else differs from the baseline. */
export interface WireDifference {
  /** An index into `runs`. */
  readonly head: number
  readonly files: readonly WireSided[]
  readonly datasets: readonly WireSided[]
  readonly environment: readonly WireSided[]
  readonly isSameCode: boolean
  /** `git diff --stat`; `null` when equal or not in this clone. */
  readonly codeStat: string | null
}

/** One thing that differs; a side is `null` where the thing is not there. */
export interface WireSided {
  readonly what: string
  readonly base: string | null
  readonly head: string | null
}

/** What became of a metric from base to head. */
export interface WireVerdict {
  readonly kind: 'better' | 'worse' | 'unchanged' | 'changed' | 'incomparable'
  readonly change: WireNumber
  /** As a part of the base; `null` when the base is 0. */
  readonly relative: number | null
}

/** `GET /api/diff?base=&head=`: what changed in the code between two revisions. */
export interface WireCodeDiff {
  readonly base: string
  readonly head: string
  readonly isSame: boolean
  /** A unified diff, at most 1 MiB of it; `null` when equal or when a side is not in this clone. */
  readonly patch: string | null
  readonly isCut: boolean
  readonly stat: string | null
}
