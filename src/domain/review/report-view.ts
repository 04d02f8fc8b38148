/**
 * Reviews as they are shown and handed on: what differs beside the metrics is rows of text by now, so that a report can
 * be written to a file by one job, checked, and posted by another. All text is untrusted.
 */
import type { Review, ReviewReport } from './review.ts'

/** The format of reports this code writes and reads. */
export const REPORT_FORMAT = 1

/** One thing that differs; a side is absent where the thing is. */
export interface DifferenceRow {
  readonly subject: string
  readonly base?: string
  readonly head?: string
  /** `added`, `removed`. */
  readonly remark?: string
}

/** What differs of one kind: parameters, files, tensors, datasets, code, environment. */
export interface DifferenceSection {
  readonly title: string
  readonly rows: readonly DifferenceRow[]
}

/** One review. */
export interface ReviewView extends Omit<Review, 'comparison'> {
  readonly differences: readonly DifferenceSection[]
}

/** The reviews of one change. */
export interface ReportView extends Omit<ReviewReport, 'reviews'> {
  readonly reviews: readonly ReviewView[]
}
