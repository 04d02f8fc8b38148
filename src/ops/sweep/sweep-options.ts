/**
 * What `mlv sweep` can be told, and what it says when the sweep is over.
 */
import type { Oid } from '../../domain/oid.ts'
import type { OperationId } from '../../domain/operation.ts'
import type { ModelVersion } from '../../domain/model-version.ts'
import type { SealedRun } from '../../domain/run.ts'
import type { Sweep, Trial } from '../../domain/sweep.ts'
import type { CommandTerminal } from '../../store/processes/command-terminal.ts'
import type { OpenOptions, Repository } from '../repository/repository.ts'

/** A sweep and how to run it. */
export interface SweepOptions {
  readonly sweep: Sweep
  /** Program and arguments with placeholders. */
  readonly command: readonly string[]
  readonly workers: number
  /** Takes up a sweep that was broken off: trials that ended are not run again. */
  readonly resume: boolean
  /** Runs this one trial only, and seals it at once: one task of a job array. */
  readonly trial?: number
  /** Where worktrees of workers go: absolute, absent or empty. */
  readonly folder: string
  readonly message?: string
  readonly allowSecrets: boolean
  readonly terminal: CommandTerminal
  readonly open: (place: Pick<OpenOptions, 'folder' | 'variables'>) => Promise<Repository>
  /** Called when a trial ended, in the order they end. */
  readonly onTrial: (trial: TrialReport) => void
}

/** A trial and the run it became. */
export interface TrialReport {
  readonly trial: Trial
  readonly run: SealedRun
  /** It had ended before, and was not run again. */
  readonly isKnown: boolean
  /** The last value of the sweep's metric; absent when there is none. */
  readonly value?: number
}

/** What became of a sweep. */
export interface SweepReport {
  readonly group: string
  /** All there are in the sweep. */
  readonly trialCount: number
  /** By number; fewer than all when it was interrupted. */
  readonly trials: readonly TrialReport[]
  /** The finished trial its metric prefers; the earlier of two equals. */
  readonly best?: TrialReport
  /** The version the best trial led to. */
  readonly version?: ModelVersion
  readonly operation?: OperationId
  readonly commit?: Oid
  /** It was told to stop before all trials had ended; what ended waits in its journals. */
  readonly isInterrupted: boolean
  readonly told: readonly string[]
}
