/**
 * Model versions: immutable records of a model's files and of everything that made them.
 */
import type { Brand } from '../base/brand.ts'
import type { Instant } from '../base/clock.ts'
import { parseUlid } from '../base/ulid.ts'
import type { Ulid } from '../base/ulid.ts'
import type { FileTotals } from './artifact.ts'
import type { ArtifactPath } from './artifact-path.ts'
import type { CodeState } from './code-state.ts'
import type { ContentDigest } from './content-digest.ts'
import type { Dataset } from './dataset.ts'
import type { Metrics } from './metric.ts'
import type { ModelName } from './name.ts'
import type { Parameters } from './parameter.ts'
import type { RunId } from './run.ts'

/** The identity of a version: a ULID. The number is only a label. */
export type VersionUid = Brand<Ulid, 'VersionUid'>

/** The label of a version, 1 or more; printed `v12`. */
export type VersionNumber = Brand<number, 'VersionNumber'>

/** Reads a version uid; `undefined` for anything but a whole lower-case ULID. */
export function parseVersionUid(text: string): VersionUid | undefined {
  const ulid = parseUlid(text)
  return ulid === undefined ? undefined : versionUidOf(ulid)
}

/** Takes a fresh ULID as the uid of a version. */
export function versionUidOf(ulid: Ulid): VersionUid {
  return ulid as VersionUid
}

/** Reads a version number from `12` or `v12`; `undefined` for zero, signs, leading zeros and more than nine digits. */
export function parseVersionNumber(text: string): VersionNumber | undefined {
  const found = /^v?([1-9][0-9]{0,8})$/.exec(text)
  return found === null ? undefined : (Number(found[1]) as VersionNumber)
}

/** The number after the highest one ever given out. */
export function nextVersionNumber(taken: readonly VersionNumber[]): VersionNumber {
  return (taken.reduce((highest, number) => Math.max(highest, number), 0) + 1) as VersionNumber
}

/** One version of a model. */
export interface ModelVersion {
  readonly model: ModelName
  readonly number: VersionNumber
  readonly uid: VersionUid
  /** The run that made it. */
  readonly run: RunId
  readonly createdAt: Instant
  readonly message?: string
  /** The model's folder or file in the worktree, and in the run's files. */
  readonly path: ArtifactPath
  readonly contentDigest: ContentDigest
  readonly files: FileTotals
  /** Copied from the run, so that a version reads alone. */
  readonly parameters: Parameters
  readonly metrics: Metrics
  readonly datasets: readonly Dataset[]
  readonly code: CodeState
  /** The number it had before a collision with a published version. */
  readonly was?: VersionNumber
}

/** What may change about a version. */
export interface VersionState {
  /** Why it must not be used any more; absent while it may. */
  readonly retired?: { readonly reason: string; readonly at: Instant; readonly by: string }
  /** Further runs that made the same content, in order of registration. */
  readonly runs: readonly RunId[]
  /** Sorted, without repeats. */
  readonly tags: readonly string[]
  readonly note?: string
}

/** The state of a version nothing was said about. */
export const FRESH_STATE: VersionState = { runs: [], tags: [] }
