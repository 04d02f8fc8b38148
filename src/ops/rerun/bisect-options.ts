/**
 * What `mlv bisect` can be told, and what it finds.
 */
import type { Instant } from '../../base/clock.ts'
import type { Bound } from '../../domain/bisection-bound.ts'
import type { CommitVerdict } from '../../domain/bisection.ts'
import type { CauseDifference } from '../../domain/cause.ts'
import type { MetricKey } from '../../domain/key.ts'
import type { MetricRule } from '../../domain/metric.ts'
import type { Oid } from '../../domain/oid.ts'
import type { RunId } from '../../domain/run.ts'
import type { CommandTerminal } from '../../store/processes/command-terminal.ts'
import type { OpenOptions, Repository } from '../repository/repository.ts'

/** What to look for, and how. */
export interface BisectOptions {
  readonly metric: string
  /** A run or version whose metric was still good; its command is the one that is run. */
  readonly good: string
  /** A run, version or commit of the code whose metric is bad. */
  readonly bad: string
  /** The last good value; better than a tolerance where it is known. */
  readonly threshold?: number
  /** By how much a metric may be worse than good's; that of the metric when absent. */
  readonly tolerance?: number
  /** Runs what was never run; absent for recorded runs only. */
  readonly launch?: LaunchOptions
  /** Called before each commit that is run. */
  readonly onTry?: (tried: { readonly commit: BisectedCommit; readonly left: number }) => void
}

/** How runs are made. */
export interface LaunchOptions {
  /** How many runs each commit gets, all but the first with other seeds; at least 1. */
  readonly repeats: number
  /** Runs a command that somebody else recorded. */
  readonly allowForeign: boolean
  /** Where the worktree of the nth launch goes: absolute, absent or an empty folder. */
  readonly folder: (launch: number) => string
  readonly terminal: CommandTerminal
  /** Opens the repository from a folder of a new worktree, with these variables. */
  readonly open: (place: Pick<OpenOptions, 'folder' | 'variables'>) => Promise<Repository>
}

/** A commit of the code. */
export interface BisectedCommit {
  readonly commit: Oid
  readonly subject: string
  /** `Name <email>`. */
  readonly by: string
  readonly at: Instant
}

/** What is known of one commit. */
export interface TriedCommit extends BisectedCommit {
  readonly verdict: CommitVerdict
  /** The runs it rests on, oldest first; of a commit that is skipped those that failed. */
  readonly runs: readonly RunId[]
  /** What each of them measured, in the same order; empty for a commit that is skipped. */
  readonly values: readonly number[]
  /** Every value is on the same side of the bound. */
  readonly isClear: boolean
}

/** One step of the search. */
export interface BisectStep extends TriedCommit {
  readonly how: 'recorded' | 'launched'
  /** What could not be put back or checked, or why it could not be run, one phrase each. */
  readonly told: readonly string[]
}

/** What came of the search. */
export type BisectOutcome =
  /** One first bad commit. */
  | { readonly kind: 'found'; readonly firstBad: TriedCommit }
  /** The first bad commit is one of these: all but the last could not be tried. */
  | { readonly kind: 'suspects'; readonly suspects: readonly BisectedCommit[]; readonly firstBad: TriedCommit }
  /** Nothing recorded says more: this commit is to be run next. */
  | { readonly kind: 'open'; readonly next: BisectedCommit; readonly left: number; readonly firstBad: TriedCommit }

/** What `mlv bisect` found. */
export interface BisectReport {
  readonly metric: MetricKey
  readonly rule: MetricRule
  readonly bound: Bound
  readonly good: TriedCommit
  readonly bad: TriedCommit
  /** How many commits after good could be the first bad one. */
  readonly commits: number
  readonly steps: readonly BisectStep[]
  readonly outcome: BisectOutcome
  /** The last commit known to be good before what is bad. */
  readonly lastGood: TriedCommit
  /** What was not the same between the newest run of the last good commit and that of the first bad one. */
  readonly causes: readonly CauseDifference[]
  /** `git diff --stat` between these two; absent where git is not there. */
  readonly codeStat?: string
  /** Commits whose runs say otherwise than the outcome has it. */
  readonly contradictions: readonly TriedCommit[]
}
