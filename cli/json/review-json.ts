/**
 * Reports as JSON: what one job of continuous integration writes and another reads with `readReport`.
 */
import { REPORT_FORMAT } from '../../src/domain/review/report-view.ts'
import { valueMap } from '../../src/base/value.ts'
import type { Value, ValueMap } from '../../src/base/value.ts'
import { isFailed } from '../../src/domain/review/gate.ts'
import type { MetricReview, MetricSample } from '../../src/domain/review/metric-review.ts'
import type { CurvePoint } from '../../src/domain/review/review.ts'
import type { SampleFlips } from '../../src/domain/sample-flips.ts'
import type { DifferenceSection, ReportView, ReviewView } from '../../src/domain/review/report-view.ts'
import { ruleJson } from './content-json.ts'
import { gateResultJson, reviewSideJson } from './gate-json.ts'
import { integer, listJson, maybe } from './json-members.ts'

/** What `mlv pr report` reports. */
export function reportJson({ base, head, reviews }: ReportView): ValueMap {
  return valueMap({
    format: BigInt(REPORT_FORMAT),
    base,
    head,
    passed: !reviews.some(({ gates }) => gates.some(isFailed)),
    reviews: listJson(reviews, reviewJson),
  })
}

function reviewJson({ subject, base, head, policy, metrics, gates, ...review }: ReviewView): ValueMap {
  return valueMap({
    subject: valueMap({ ...subject }),
    base: maybe(base, reviewSideJson),
    head: maybe(head, reviewSideJson),
    policy,
    metrics: listJson(metrics, metricReviewJson),
    gates: listJson(gates, gateResultJson),
    flips: maybe(review.flips, flipsJson),
    curves: listJson(review.curves, (curve) => {
      return valueMap({ key: curve.key, base: listJson(curve.base, pointJson), head: listJson(curve.head, pointJson) })
    }),
    differences: listJson(review.differences, sectionJson),
    notices: [...review.notices],
  })
}

function metricReviewJson({ key, rule, base, head, verdict, change, relative, band }: MetricReview): ValueMap {
  return valueMap({
    key,
    rule: ruleJson(rule),
    verdict,
    base: maybe(base, sampleJson),
    head: maybe(head, sampleJson),
    change,
    relative,
    band,
  })
}

function sampleJson({ spread, notNumbers, missing }: MetricSample): Value {
  const { count, ...numbers } = spread ?? {}
  const told = spread === undefined ? undefined : valueMap({ ...numbers, count: integer(count) })
  return valueMap({ spread: told, notNumbers: integer(notNumbers), missing: integer(missing) })
}

function flipsJson({ compared, broke, brokeCount, mended, mendedCount, unmatched }: SampleFlips): Value {
  return valueMap({
    compared: integer(compared),
    broke: [...broke],
    brokeCount: integer(brokeCount),
    mended: [...mended],
    mendedCount: integer(mendedCount),
    unmatched: integer(unmatched),
  })
}

function pointJson({ step, value }: CurvePoint): Value {
  return [step, value]
}

function sectionJson({ title, rows }: DifferenceSection): Value {
  return valueMap({ title, rows: listJson(rows, (row) => valueMap({ ...row })) })
}
