/**
 * Receipts: the recorded outcome of running a version again.
 */
import type { Instant } from '../base/clock.ts'
import type { Ulid } from '../base/ulid.ts'
import type { MetricKey } from './key.ts'
import type { VersionReference } from './alias.ts'
import type { RunId } from './run.ts'

/** What may differ between a run and its repetition. */
export type ReceiptCause = 'code' | 'data' | 'parameters' | 'environment' | 'hardware'

/** The outcome of one repetition of a version. */
export interface Receipt {
  readonly id: Ulid
  readonly version: VersionReference
  /** The run that repeated it. */
  readonly run: RunId
  readonly at: Instant
  readonly by: string
  readonly outcome:
    | { readonly kind: 'reproduced' }
    | { readonly kind: 'differed'; readonly metrics: readonly MetricKey[]; readonly causes: readonly ReceiptCause[] }
}
