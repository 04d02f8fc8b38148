/**
 * Reviews for a terminal: what got worse first.
 */
import { subjectName } from '../../src/domain/review/review.ts'
import { isFailed } from '../../src/domain/review/gate.ts'
import { alignedRows } from './columns.ts'
import { gateWords } from './gate-text.ts'
import { styled } from './line.ts'
import type { Line, Span } from './line.ts'
import type { ReportView, ReviewView } from '../../src/domain/review/report-view.ts'
import { gateCounts, metricWords, sideText, untoldGates, verdictCounts, VERDICT_STYLES } from './review-words.ts'

const SAMPLES_TOLD = 10

/** Writes every review of a report. */
export function reportText({ reviews }: ReportView): readonly Line[] {
  return reviews.flatMap((review, index) => [...(index === 0 ? [] : [[]]), ...reviewLines(review)])
}

function reviewLines(review: ReviewView): readonly Line[] {
  const sides = ` ${sideText(review.base, 'nothing to compare with')} -> ${sideText(review.head, 'no run')}`
  const isBroken = review.gates.some(isFailed)
  return [
    [styled('strong', subjectName(review.subject)), sides],
    [verdictCounts(review), '; ', styled(isBroken ? 'bad' : 'good', gateCounts(review))],
    ...review.notices.map((notice): Line => [styled('faint', notice)]),
    ...section('metrics', metricRows(review)),
    ...section('broken gates', gateRows(review)),
    ...flipLines(review),
    ...comparedLines(review),
  ]
}

function metricRows({ metrics, gates }: ReviewView): readonly (readonly Span[])[] {
  return metrics.map((metric) => {
    const { name, base, head, change, limit, verdict } = metricWords(metric, gates, metrics)
    const values = base === '' || head === '' ? base + head : `${base} -> ${head}`
    const style = VERDICT_STYLES[verdict]
    return [name, values, style === undefined ? change : styled(style, change), styled('faint', limit)]
  })
}

function gateRows({ gates, metrics }: ReviewView): readonly (readonly Span[])[] {
  return untoldGates({ gates, metrics }).map((gate) => {
    const { subject, asked, found } = gateWords(gate, metrics)
    return [
      styled('bad', subject),
      asked,
      found,
      ...(gate.note === undefined ? [] : [styled('faint', `(${gate.note})`)]),
    ]
  })
}

function flipLines({ flips }: ReviewView): readonly Line[] {
  if (flips === undefined) return []
  const { compared, broke, brokeCount, mendedCount } = flips
  const told: Line = [`  ${brokeCount} of ${compared} now fail, ${mendedCount} now pass`]
  const more = brokeCount - SAMPLES_TOLD
  return [
    [],
    [styled('subject', 'samples')],
    told,
    ...broke.slice(0, SAMPLES_TOLD).map((sample): Line => ['  ', styled('bad', 'fails now '), sample]),
    ...(more > 0 ? [[styled('faint', `  and ${more} more; --json lists them`)]] : []),
  ]
}

function comparedLines({ differences }: ReviewView): readonly Line[] {
  return differences.flatMap(({ title, rows }) => {
    const cells = rows.map(({ subject, base, head, remark }): readonly Span[] => {
      const values = [base, head].filter((side) => side !== undefined).join(' -> ')
      return [subject, values, ...(remark === undefined ? [] : [styled('faint', `(${remark})`)])]
    })
    return section(title, cells)
  })
}

function section(title: string, rows: readonly (readonly Span[])[]): readonly Line[] {
  return rows.length === 0 ? [] : [[], [styled('subject', title)], ...alignedRows(rows, '  ')]
}
