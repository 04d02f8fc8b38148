/**
 * Receipts and what they hold, in words.
 */
import type { CauseDifference } from '../../src/domain/cause.ts'
import type { Receipt, ReceiptOutcome, RepeatedMetric } from '../../src/domain/receipt.ts'
import { alignedRows } from './columns.ts'
import { styled } from './line.ts'
import type { Line, Span } from './line.ts'
import { changeText, numberText } from './number.ts'

/** `reproduced` or `differed`. */
export function outcomeSpan({ kind }: ReceiptOutcome): Span {
  return styled(kind === 'reproduced' ? 'good' : 'bad', kind)
}

/** One line on a receipt: what differed and what was not the same, or how many metrics were compared. */
export function receiptDetail({ outcome, compared, differences }: Receipt): string {
  if (outcome.kind === 'differed') {
    const causes = outcome.causes.length === 0 ? 'nothing else' : outcome.causes.join(', ')
    const metrics = outcome.metrics.length === 0 ? 'the command failed' : outcome.metrics.join(', ')
    return `${metrics}; not the same: ${causes}`
  }
  const metrics = compared === undefined ? '' : `${compared.length} of ${compared.length} metrics`
  const causes = (differences ?? []).map(({ cause }) => cause)
  return causes.length === 0 ? metrics : `${metrics}; not the same: ${causes.join(', ')}`
}

/** Aligned lines, one a metric: what was recorded, what came of the repetition, and against which tolerance. */
export function repeatedMetricLines(compared: readonly RepeatedMetric[]): readonly Line[] {
  return alignedRows(compared.map(repeatedMetricRow), '  ')
}

/** What was not the same: a line a cause, with what was seen of it. */
export function differenceLines(differences: readonly CauseDifference[]): readonly Line[] {
  const rows = differences.flatMap(({ cause, evidence }) => {
    return evidence.map((line, index) => [index === 0 ? styled('warning', cause) : '', line])
  })
  return alignedRows(rows, '  ')
}

function repeatedMetricRow(metric: RepeatedMetric): readonly Span[] {
  const { key, recorded, repeated, tolerance, isSame } = metric
  const bound = tolerance === undefined ? '' : `tolerance ${numberText(tolerance)}`
  if (recorded === undefined || repeated === undefined) {
    const side = recorded === undefined ? 'not recorded' : 'not repeated'
    return [key, numberText(recorded ?? repeated ?? NaN), styled('bad', side), styled('faint', bound)]
  }
  if (recorded === repeated || (Number.isNaN(recorded) && Number.isNaN(repeated))) {
    return [key, numberText(recorded), styled('good', 'same'), styled('faint', bound)]
  }
  const shown = changeText(recorded, repeated, repeated - recorded)
  const verdict = isSame ? styled('good', `${shown.change}, same`) : styled('bad', shown.change)
  return [key, `${shown.base} -> ${shown.head}`, verdict, styled('faint', bound)]
}
