/**
 * Takes a report as it is shown: what differs beside the metrics becomes rows of text.
 */
import type { DifferenceRow, ReportView, ReviewView } from '../../src/domain/review/report-view.ts'
import type { Review, ReviewReport } from '../../src/domain/review/review.ts'
import { comparisonSections } from './comparison-sections.ts'
import type { ComparisonRow } from './comparison-sections.ts'

/** Takes a report as it is shown. Metrics are left out of the differences: the review has them with their spread. */
export function reportView(report: ReviewReport): ReportView {
  return { ...report, reviews: report.reviews.map(viewOf) }
}

function viewOf({ comparison, ...review }: Review): ReviewView {
  const sections = comparison === undefined ? [] : comparisonSections(comparison)
  const differences = sections
    .filter(({ title }) => title !== 'metrics')
    .map(({ title, rows }) => ({ title, rows: rows.map(rowOf) }))
  return { ...review, differences }
}

function rowOf({ subject, base, head, remark }: ComparisonRow): DifferenceRow {
  return {
    subject,
    ...(base === undefined ? {} : { base }),
    ...(head === undefined ? {} : { head }),
    ...(remark === undefined ? {} : { remark }),
  }
}
