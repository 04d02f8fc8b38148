/**
 * One line of a list of runs: the run, what was said about it, and the versions it led to.
 */
import type { VersionNumber } from '../../domain/model-version.ts'
import type { AliasName, ModelName } from '../../domain/name.ts'
import type { RunNotes, SealedRun } from '../../domain/run.ts'

/** A version by its label, with the aliases that name it now. */
export interface VersionLabel {
  readonly model: ModelName
  readonly number: VersionNumber
  readonly aliases: readonly AliasName[]
}

/** One line of a list of runs. */
export interface RunRow {
  readonly run: SealedRun
  readonly notes: RunNotes
  /** The versions this run led to, by model name and number. */
  readonly versions: readonly VersionLabel[]
  /** Still being written; what it says is what is known so far. */
  readonly isLive?: true
}
