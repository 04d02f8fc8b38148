/**
 * Judged gates for a terminal: one line a rule, broken ones first.
 */
import type { GateResult, GateStatus } from '../../src/domain/review/gate.ts'
import { isFailed } from '../../src/domain/review/gate.ts'
import type { MetricReview } from '../../src/domain/review/metric-review.ts'
import { subjectName } from '../../src/domain/review/review.ts'
import type { Review, ReviewReport } from '../../src/domain/review/review.ts'
import { bytesText } from './bytes.ts'
import { alignedRows } from './columns.ts'
import { styled } from './line.ts'
import type { Line, Span, Style } from './line.ts'
import { metricName } from './metric-change.ts'

const LIMIT_DIGITS = 6
/** What was found is told with fewer digits, unless that would look like the limit itself. */
const FOUND_DIGITS = 4
const WORSE_DIGITS = 3
const STYLES: { readonly [S in GateStatus]: Style } = { failed: 'bad', noted: 'warning', passed: 'good' }

/** A rule in words: what it is about, what was asked and what was found. */
export interface GateWords {
  /** `val/auc ↑`, `repeats`, `size`. */
  readonly subject: string
  /** `at least 0.9`, `worse by at most 0.5 ms`. */
  readonly asked: string
  /** `0.924`, `worse by 0.7 ms`; empty when nothing was measured. */
  readonly found: string
}

/** Says what was asked and found. */
export function gateWords({ rule, metric, limit, actual }: GateResult, metrics: readonly MetricReview[]): GateWords {
  const review = metrics.find(({ key }) => key === metric)
  const unit = review?.rule.unit === undefined ? '' : ` ${review.rule.unit}`
  const named = metric === undefined ? rule : metricName(metric, review?.rule.goal ?? 'none')
  const found = (before: string, digits: number): string => {
    return actual === undefined ? '' : `${before}${foundNumber(actual, limit, digits)}${unit}`
  }
  const limitText = (before: string, digits = LIMIT_DIGITS): string => {
    return `${before}${shortNumber(limit ?? 0, digits)}${unit}`
  }
  switch (rule) {
    case 'repeats':
      return { subject: 'runs', asked: `at least ${limit ?? 1}`, found: String(actual ?? 0) }
    case 'required':
      return { subject: named, asked: 'measured', found: found('', FOUND_DIGITS) }
    case 'min':
      return { subject: named, asked: limitText('at least '), found: found('', FOUND_DIGITS) }
    case 'max':
      return { subject: named, asked: limitText('at most '), found: found('', FOUND_DIGITS) }
    case 'worsen': {
      const asked = limit === 0 || limit === undefined ? 'no worse' : limitText('worse by at most ', WORSE_DIGITS)
      return { subject: named, asked, found: actual === 0 ? 'no worse' : found('worse by ', WORSE_DIGITS) }
    }
    case 'size':
      return {
        subject: 'size',
        asked: `at most ${bytesText(limit ?? 0)}`,
        found: actual === undefined ? '' : bytesText(actual),
      }
  }
}

/** A limit as it was typed, or as it came out of a part of the base: no more digits than it needs. */
function shortNumber(value: number, digits: number): string {
  return String(Number(value.toPrecision(digits)))
}

function foundNumber(value: number, limit: number | undefined, digits: number): string {
  const shown = shortNumber(value, digits)
  const isLikeLimit = limit !== undefined && value !== limit && Number(shown) === Number(limit.toPrecision(digits))
  return isLikeLimit ? shortNumber(value, LIMIT_DIGITS) : shown
}

/** Writes the gates of every review. */
export function gateText({ reviews }: ReviewReport): readonly Line[] {
  return reviews.flatMap((review, index) => [...(index === 0 ? [] : [[]]), ...reviewLines(review)])
}

function reviewLines(review: Review): readonly Line[] {
  const { subject, base, head, gates, notices, policy } = review
  const sides = ` ${base?.label ?? 'nothing'} -> ${head?.label ?? 'no run'}`
  return [
    [
      styled('strong', subjectName(subject)),
      sides,
      styled('faint', ` (${policy ?? 'no gates declared: goals and tolerances'})`),
    ],
    ...alignedRows(
      gates.map((gate) => cellsOf(gate, review)),
      '  ',
    ),
    ...notices.map((notice): Line => ['  ', styled('faint', notice)]),
    verdictLine(gates),
  ]
}

function cellsOf(gate: GateResult, { metrics }: Review): readonly Span[] {
  const { subject, asked, found } = gateWords(gate, metrics)
  const note = gate.note === undefined ? [] : [styled('faint', `(${gate.note})`)]
  return [styled(STYLES[gate.status], gate.status), subject, asked, found, ...note]
}

function verdictLine(gates: readonly GateResult[]): Line {
  const failed = gates.filter(isFailed).length
  if (failed === 0) return [styled('good', `passed: ${gates.length} of ${gates.length} rules kept`)]
  return [styled('bad', `failed: ${failed} of ${gates.length} rules broken`)]
}
