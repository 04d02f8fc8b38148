/**
 * Runs: one execution each, parameters in, metrics and artifacts out. A sealed run never changes.
 */
import type { Brand } from '../base/brand.ts'
import type { Instant } from '../base/clock.ts'
import type { Sha256 } from '../base/digest.ts'
import { parseUlid } from '../base/ulid.ts'
import type { Ulid } from '../base/ulid.ts'
import type { FileTotals } from './artifact.ts'
import type { ArtifactPath } from './artifact-path.ts'
import type { CodeState } from './code-state.ts'
import type { Dataset } from './dataset.ts'
import { checkKey } from './key.ts'
import type { ExperimentName } from './key.ts'
import type { Metrics } from './metric.ts'
import type { Parameters } from './parameter.ts'

/** The identity of a run: a ULID. */
export type RunId = Brand<Ulid, 'RunId'>

/** Reads a run id; `undefined` for anything but a whole lower-case ULID. */
export function parseRunId(text: string): RunId | undefined {
  const ulid = parseUlid(text)
  return ulid === undefined ? undefined : runIdOf(ulid)
}

/** Takes a fresh ULID as the id of a run. */
export function runIdOf(ulid: Ulid): RunId {
  return ulid as RunId
}

/** Reads a tag: printable, up to 250 bytes, no space around it. @throws `name-invalid` */
export function parseTag(text: string): string {
  checkKey('tag', text)
  return text
}

/** What every run has, whatever became of it. */
export interface RunFacts {
  readonly id: RunId
  readonly experiment: ExperimentName
  readonly startedAt: Instant
  /** One line on what the run was for; absent when nobody said. */
  readonly message?: string
  /** The command and its arguments as executed; absent when recorded after the fact. */
  readonly command?: readonly string[]
  readonly parameters: Parameters
  readonly metrics: Metrics
  readonly datasets: readonly Dataset[]
  readonly code: CodeState
  /** Digest of the environment record kept beside the run. */
  readonly environment: Sha256
  readonly files: FileTotals
  /** The artifact with every point, when the branch has only a summary of it; absent when the branch has all. */
  readonly seriesFull?: ArtifactPath
  /** The run this one was started by or continues. */
  readonly parent?: RunId
}

/** How a run ended. */
export type RunEnd =
  | { readonly status: 'finished'; readonly endedAt: Instant }
  | { readonly status: 'failed'; readonly endedAt: Instant; readonly exitCode: number }
  /** The last moment known to be before the end; nobody saw the end itself. */
  | { readonly status: 'killed'; readonly lastSeenAt: Instant }

/** A run whose record is complete and immutable. */
export type SealedRun = RunFacts & RunEnd

/** What may be said about a run after it was sealed. */
export interface RunNotes {
  /** A name for people; absent when none was given. */
  readonly name?: string
  /** Sorted, without repeats. */
  readonly tags: readonly string[]
  readonly note?: string
  /** Hidden from lists unless asked for. */
  readonly archived: boolean
}

/** The notes of a run nobody wrote about. */
export const NO_NOTES: RunNotes = { tags: [], archived: false }
