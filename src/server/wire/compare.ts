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
    /** What chance makes of it, in the order of `runs`; `null` where nothing was repeated with another seed. */
    readonly noise: readonly (WireMetricNoise | null)[]
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
}

/** How a metric varies over runs that are like one side but for the seed. */
export interface WireMetricNoise {
  /** How many there are, the side itself included; 1 where only the baseline was repeated. */
  readonly runs: number
  readonly mean: WireNumber
  /** Of the sample; 0 for a single run. */
  readonly deviation: WireNumber
  /** Half of the 95 % band of the difference of both means; `null` for the baseline and where nobody repeated. */
  readonly band: number | null
  /** The means are no further apart than that: the difference may be chance. */
  readonly isWithin: boolean
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

/**
 * `GET /api/diff?base=&head=&path=`: what changed in the code. A side is a revision, `git:REVISION` for a commit of git
 * itself, or `worktree:` for the files of this clone as they are now. With `path` that file alone, with all of its
 * patch that fits.
 */
export interface WireCodeDiff {
  readonly base: WireCodeSide
  readonly head: WireCodeSide
  readonly isSame: boolean
  /** By path. */
  readonly files: readonly WireChangedFile[]
  /** There are more files, and no lines were counted. */
  readonly isCut: boolean
}

/** One side of a comparison of code. */
export interface WireCodeSide {
  readonly kind: 'record' | 'commit' | 'worktree'
  /** `churn@v11`, a short run id, `commit 2dabe898`, `worktree`. */
  readonly label: string
  readonly commit: string | null
  readonly branch: string | null
  /** Its files are not those of the commit. */
  readonly isDirty: boolean
  /** Files that are left out, one sentence each. */
  readonly omitted: readonly string[]
  /** Why nothing can be compared with it, and the command that brings its code; `null` when it can. */
  readonly problem: { readonly what: string; readonly next: string | null } | null
}

/** One file that changed. */
export interface WireChangedFile {
  readonly path: string
  /** Where it was before, of one that was renamed or copied. */
  readonly from: string | null
  readonly kind: 'added' | 'removed' | 'changed' | 'renamed' | 'copied' | 'retyped'
  /** As git has them, such as `100755`; `null` where the file is not. */
  readonly oldMode: string | null
  readonly newMode: string | null
  /** Lines; `null` for what is no text, and where nobody counted. */
  readonly added: number | null
  readonly removed: number | null
  readonly isBinary: boolean
  /** The file cannot be asked for by its path, which is not UTF-8. */
  readonly isOddName: boolean
  /** Hunks of a unified diff, from the first `@@`; `null` where it was left out: ask for the file alone. */
  readonly patch: string | null
  /** The patch goes on. */
  readonly isPatchCut: boolean
}
