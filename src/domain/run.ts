/**
 * Runs: one execution each, parameters in, metrics and artifacts out. A sealed run never changes.
 */
import type { Brand } from '../base/brand.ts'
import type { Instant } from '../base/clock.ts'
import type { Sha256 } from '../base/digest.ts'
import { hiddenCharacterAt } from '../base/printable.ts'
import { parseUlid } from '../base/ulid.ts'
import type { Ulid } from '../base/ulid.ts'
import type { FileTotals } from './artifact.ts'
import type { ArtifactPath } from './artifact-path.ts'
import type { CodeState } from './code-state.ts'
import type { Dataset } from './dataset.ts'
import { checkKey } from './key.ts'
import type { ExperimentName, ParameterKey } from './key.ts'
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

/** A folder relative to the top of the worktree, with forward slashes; `.` for the top itself. */
export type WorkingFolder = Brand<string, 'WorkingFolder'>

/** Reads a working folder; `undefined` for what is absolute, leaves the worktree or holds control characters. */
export function parseWorkingFolder(text: string): WorkingFolder | undefined {
  if (text === '.') return text as WorkingFolder
  if (hiddenCharacterAt(text) !== undefined || text.length > LIMIT_FOLDER || text.includes('\\')) return undefined
  const isBelow = text.split('/').every((component) => component !== '' && component !== '.' && component !== '..')
  return isBelow ? (text as WorkingFolder) : undefined
}

/** Reads the name of a group of runs: printable, up to 250 bytes, no space around it. @throws `name-invalid` */
export function parseGroup(text: string): string {
  checkKey('group', text)
  return text
}

const LIMIT_FOLDER = 4_096

/** What the processes of a run took, seen from outside. */
export interface RunResources {
  /** From the start of the command to its end, by a clock that never jumps. */
  readonly elapsedMs: number
  /** Processor time of the command and all it started and waited for, in their own code; absent where unknown. */
  readonly userMs?: number
  /** The same, in the kernel. */
  readonly systemMs?: number
  /** The most memory all processes of the run held at one time, as sampled; absent where it cannot be seen. */
  readonly peakMemoryBytes?: number
  readonly hostName: string
}

/** One stretch of a run that was taken up again: from a start of its command to the end of that. */
export interface RunSegment {
  readonly startedAt: Instant
  readonly command: readonly string[]
  readonly code: CodeState
  /** Digest of the environment record of this stretch. */
  readonly environment: Sha256
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
  /** Where the command was started; absent when unknown or outside the worktree. */
  readonly workingFolder?: WorkingFolder
  /** Keys of the parameters that were given with the command, sorted; the others were found in files or logged. */
  readonly givenParameters?: readonly ParameterKey[]
  /** Absent when mlv did not start the command or did not see its end. */
  readonly resources?: RunResources
  /** The stretches after the first, oldest first, of a run that was taken up again; absent for any other. */
  readonly segments?: readonly RunSegment[]
  /** The sweep or other group the run is part of. */
  readonly group?: string
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
  /** The last moment it was seen alive. With a signal, such as `SIGKILL`, that ended it while it was watched. */
  | { readonly status: 'killed'; readonly lastSeenAt: Instant; readonly signal?: string }

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
