/**
 * Aliases: movable names for versions, such as `production`.
 */
import type { Instant } from '../base/clock.ts'
import type { MetricKey } from './key.ts'
import type { VersionNumber, VersionUid } from './model-version.ts'
import type { AliasName, ModelName } from './name.ts'

/** A version by label and identity. */
export interface VersionReference {
  readonly number: VersionNumber
  readonly uid: VersionUid
}

/** Where an alias points, and why. */
export interface Alias {
  readonly model: ModelName
  readonly name: AliasName
  readonly version: VersionReference
  /** What it pointed to before; absent for the first promotion. */
  readonly previous?: VersionReference
  /** The last value of each metric with a goal, copied so that the file's diff is the metric diff. */
  readonly metrics: ReadonlyMap<MetricKey, number>
  /** `Name <email>` of who moved it. */
  readonly by: string
  readonly at: Instant
  readonly reason?: string
}
