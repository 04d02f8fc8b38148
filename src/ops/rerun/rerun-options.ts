/**
 * What `mlv rerun` can be told, and what it says when the repetition is over.
 */
import type { CauseDifference } from '../../domain/cause.ts'
import type { Spread } from '../../domain/change-explanation.ts'
import type { MetricKey, ParameterKey } from '../../domain/key.ts'
import type { Receipt, ReceiptOutcome, RepeatedMetric } from '../../domain/receipt.ts'
import type { RunId, SealedRun } from '../../domain/run.ts'
import type { OperationId } from '../../domain/operation.ts'
import type { CommandTerminal } from '../../store/processes/command-terminal.ts'
import type { EnvironmentTool } from '../../store/processes/restore-environment.ts'
import type { OpenOptions, Repository } from '../repository/repository.ts'

export type { EnvironmentTool } from '../../store/processes/restore-environment.ts'

/** What to repeat, and how. */
export interface RerunOptions {
  readonly revision: string
  /** Compares the metrics, commits a receipt beside the version, and lets changed data be a cause. */
  readonly verify: boolean
  /** Runs it so many times more with other seeds, counted up from the recorded one. */
  readonly seedRepeats?: number
  /** Parameters to repeat it with other values of, typed as YAML would. */
  readonly changes: readonly { readonly key: string; readonly text: string }[]
  readonly restoreEnvironment?: EnvironmentTool
  /** Goes on with data that is not the recorded one. */
  readonly allowChangedData: boolean
  /** Runs a command that somebody else recorded. */
  readonly allowForeign: boolean
  /** Leaves the worktree where it is. */
  readonly keep: boolean
  /** Where the worktree goes: absolute, absent or an empty folder. */
  readonly folder: string
  readonly message?: string
  readonly terminal: CommandTerminal
  /** Opens the repository from a folder of the new worktree, with these variables. */
  readonly open: (place: Pick<OpenOptions, 'folder' | 'variables'>) => Promise<Repository>
}

/** What became of it. */
export interface RerunReport {
  /** The run that was repeated. */
  readonly of: RunId
  /** As the reader named it: `churn@v12`, a short run id. */
  readonly label: string
  /** The repetition itself; absent when only other seeds were asked for. */
  readonly run?: SealedRun
  /** What the command ended with. */
  readonly exitCode: number
  readonly compared: readonly RepeatedMetric[]
  /** What was not the same; a seed is told apart from other parameters here. */
  readonly differences: readonly CauseDifference[]
  readonly outcome: ReceiptOutcome
  /** The version a receipt belongs beside, `churn@v12`; absent where none came of the run. */
  readonly version?: string
  /** Absent without `verify`, and where no version came of the run. */
  readonly receipt?: Receipt
  readonly seeds?: SeedRepeats
  readonly operation?: OperationId
  /** The worktree; absent when it was removed. */
  readonly folder?: string
  /** What could not be put back or checked, one phrase each. */
  readonly told: readonly string[]
}

/** How the metrics vary with the seed. */
export interface SeedRepeats {
  readonly key: ParameterKey
  readonly runs: readonly RunId[]
  /** Over the repeats that finished, the recorded run not among them. */
  readonly metrics: ReadonlyMap<MetricKey, Spread>
}
