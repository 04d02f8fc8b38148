/**
 * Outlines of runs: what lists, filters and sorts ask about, without the rest of the record.
 */
import { instantMs } from '../base/clock.ts'
import type { Instant } from '../base/clock.ts'
import { isDirty } from './code-state.ts'
import type { MetricKey, ParameterKey } from './key.ts'
import type { Metrics } from './metric.ts'
import type { Oid } from './oid.ts'
import type { Parameters } from './parameter.ts'
import type { RunId, RunNotes, SealedRun } from './run.ts'

/** A run as far as a list asks about it. */
export interface RunOutline {
  readonly id: RunId
  readonly status: SealedRun['status']
  readonly experiment: string
  readonly name?: string
  /** The commit of the code; absent for runs without code. */
  readonly commit?: Oid
  /** The branch of the code; absent when detached or without code. */
  readonly branch?: string
  readonly group?: string
  readonly message?: string
  readonly startedAt: Instant
  /** Whether the worktree differed from the commit. */
  readonly isDirty: boolean
  /** Absent when nobody saw its end. */
  readonly elapsedMs?: number
  readonly tags: readonly string[]
  readonly archived: boolean
  /** Those that were asked for, or more. */
  readonly parameters: Parameters
  /** Those that were asked for, or more. */
  readonly metrics: Metrics
}

/** Keys that are asked for: a set of them, or `EVERY_KEY`. */
export type KeySet<Key> = Pick<ReadonlySet<Key>, 'has' | 'size'>

/** All keys there are. */
export const EVERY_KEY: KeySet<unknown> = { has: () => true, size: Infinity }

/** No key. */
export const NO_KEY: KeySet<unknown> = new Set()

/** Which values of an outline are needed. */
export interface OutlineKeys {
  readonly parameters: KeySet<ParameterKey>
  readonly metrics: KeySet<MetricKey>
}

/** What an outline has besides values. */
export type OutlineFacts = Omit<RunOutline, 'parameters' | 'metrics'>

/** The outline of a run. */
export function runOutline(run: SealedRun, notes: RunNotes): RunOutline {
  return { ...outlineFacts(run, notes), parameters: run.parameters, metrics: run.metrics }
}

/** The outline of a run but for its values. */
export function outlineFacts(run: SealedRun, notes: RunNotes): OutlineFacts {
  const elapsedMs = elapsedMsOf(run)
  const { commit, branch } = run.code.kind === 'commit' ? run.code : {}
  return {
    id: run.id,
    status: run.status,
    experiment: run.experiment,
    ...(notes.name === undefined ? {} : { name: notes.name }),
    ...(commit === undefined ? {} : { commit }),
    ...(branch === undefined ? {} : { branch }),
    ...(run.group === undefined ? {} : { group: run.group }),
    ...(run.message === undefined ? {} : { message: run.message }),
    startedAt: run.startedAt,
    isDirty: isDirty(run.code),
    ...(elapsedMs === undefined ? {} : { elapsedMs }),
    tags: notes.tags,
    archived: notes.archived,
  }
}

/** How long a run took, in milliseconds; absent when nobody saw its end. */
export function elapsedMsOf(run: SealedRun): number | undefined {
  return run.status === 'killed' ? undefined : instantMs(run.endedAt) - instantMs(run.startedAt)
}
