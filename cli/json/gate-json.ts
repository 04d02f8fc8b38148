/**
 * Judged gates as JSON.
 */
import { valueMap } from '../../src/base/value.ts'
import type { ValueMap } from '../../src/base/value.ts'
import { isFailed } from '../../src/domain/review/gate.ts'
import type { GateResult } from '../../src/domain/review/gate.ts'
import type { ReviewReport, ReviewSide } from '../../src/domain/review/review.ts'
import { listJson, maybe } from './json-members.ts'

/** What `mlv gate` reports. */
export function gateJson({ base, head, reviews }: ReviewReport): ValueMap {
  return valueMap({
    base,
    head,
    passed: !reviews.some(({ gates }) => gates.some(isFailed)),
    reviews: listJson(reviews, ({ subject, base: before, head: after, gates, policy, notices }) =>
      valueMap({
        subject: valueMap({ ...subject }),
        base: maybe(before, reviewSideJson),
        head: maybe(after, reviewSideJson),
        policy,
        gates: listJson(gates, gateResultJson),
        notices: [...notices],
      }),
    ),
  })
}

/** One judged rule. */
export function gateResultJson({ rule, metric, status, limit, actual, note }: GateResult): ValueMap {
  return valueMap({ rule, metric, status, limit, actual, note })
}

/** One side of a review. */
export function reviewSideJson({ source, label, commit, runs, dirtyRuns, version }: ReviewSide): ValueMap {
  return valueMap({
    source,
    label,
    commit,
    runs: [...runs],
    dirtyRuns: BigInt(dirtyRuns),
    version: maybe(version, ({ number, uid }) => valueMap({ number: BigInt(number), uid })),
  })
}
