/**
 * What `mlv run` can be told, and what it says when the run is over.
 */
import type { ModelVersion } from '../../domain/model-version.ts'
import type { Oid } from '../../domain/oid.ts'
import type { OperationId } from '../../domain/operation.ts'
import type { RunId, RunNotes, SealedRun } from '../../domain/run.ts'
import type { CommandTerminal } from '../../store/processes/command-terminal.ts'
import type { Baseline, MetricChange } from '../revisions/baseline.ts'

export type { CommandTerminal } from '../../store/processes/command-terminal.ts'

/** A command to run, and how to record it. */
export interface RunCommandOptions {
  /** Program and arguments, before `{key}` is replaced by the value of `-p key=...`. At least the program. */
  readonly command: readonly string[]
  /** The absolute folder the command starts in. */
  readonly folder: string
  readonly experiment?: string
  readonly message?: string
  readonly tags: readonly string[]
  /** Parameters given with the command, typed as YAML would. */
  readonly params: readonly { readonly key: string; readonly text: string }[]
  readonly parent?: RunId
  /** The run to take up again, in a new segment when it is not sealed, else in a new run with it as parent. */
  readonly resume?: RunId
  /** The sweep or other group the run is part of. */
  readonly group?: string
  readonly model?: { readonly name: string; readonly path?: string }
  /** Variables added to the command's environment. */
  readonly variables?: Readonly<Record<string, string>>
  /** Snapshots uncommitted code even where it looks like a secret. */
  readonly allowSecrets: boolean
  /** Bound on the uncommitted code taken into a snapshot. */
  readonly codeLimitBytes?: number
  /** Bytes of output that are kept of each stream; head and tail beyond. 64 MiB when absent. */
  readonly outputLimitBytes?: number
  /** Where the command's output passes through to, and where signals come from. */
  readonly terminal: CommandTerminal
  /** `later` leaves the ended run in its journal, for one commit of many runs. */
  readonly seal?: 'now' | 'later'
}

/** What became of the command, and what was recorded. */
export interface RunCommandReport {
  /** As sealed; as it will be sealed when that was put off. */
  readonly run: SealedRun
  readonly notes: RunNotes
  /** What the command ended with; 128 and the signal's number when a signal ended it. */
  readonly exitCode: number
  readonly signal?: string
  readonly version: { readonly version: ModelVersion; readonly created: boolean } | undefined
  readonly baseline: Pick<Baseline, 'kind' | 'label' | 'rivals'> | undefined
  readonly changes: readonly MetricChange[]
  /** Absent when sealing was put off. */
  readonly operation?: OperationId
  readonly commit?: Oid
  readonly warnings: readonly string[]
}
