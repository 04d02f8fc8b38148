/**
 * Reviews as one page of HTML that works from a file: no script, no style or picture from elsewhere, and a policy that
 * keeps it so. The same report is the same bytes.
 */
import { subjectName } from '../../src/domain/review/review.ts'
import { isFailed } from '../../src/domain/review/gate.ts'
import type { ReviewVerdict } from '../../src/domain/review/metric-review.ts'
import type { SampleFlips } from '../../src/domain/sample-flips.ts'
import { gateWords } from './gate-text.ts'
import { markupText } from '../../src/base/markup-text.ts'
import { reviewCurveSvg } from './review-curve-svg.ts'
import { REVIEW_STYLE } from './review-style.ts'
import type { DifferenceSection, ReportView, ReviewView } from '../../src/domain/review/report-view.ts'
import { gateCounts, metricWords, sideText, spreadLegend, verdictCounts } from './review-words.ts'
import type { MetricWords } from './review-words.ts'

const SHORT_DIGITS = 7

const MARKS: { readonly [V in ReviewVerdict]: string } = {
  worse: 'worse',
  incomparable: 'not comparable',
  removed: 'gone',
  better: 'better',
  changed: 'changed',
  added: 'new',
  noise: 'noise',
  unchanged: 'same',
}

/** Writes a report as a page, one string a line. */
export function reportHtml(report: ReportView): readonly string[] {
  const [base, head] = [report.base, report.head].map(endText)
  const title = `${base ?? ''} → ${head ?? ''}`
  return [
    '<!doctype html>',
    '<html lang="en">',
    '<head>',
    '<meta charset="utf-8">',
    `<meta http-equiv="Content-Security-Policy" content="default-src 'none'; style-src 'unsafe-inline'">`,
    '<meta name="viewport" content="width=device-width, initial-scale=1">',
    `<title>mlv: ${title}</title>`,
    '<style>',
    ...REVIEW_STYLE,
    '</style>',
    '</head>',
    '<body>',
    `<h1>What <code>${head ?? ''}</code> does to <code>${base ?? ''}</code></h1>`,
    ...(report.reviews.length > 1 ? overviewLines(report.reviews) : []),
    ...report.reviews.flatMap(reviewLines),
    '</body>',
    '</html>',
  ]
}

/** Of the name of a commit the beginning, which is all that people compare. */
function endText(end: string): string {
  return markupText(/^[0-9a-f]{40}$/.test(end) ? end.slice(0, SHORT_DIGITS) : end)
}

/** Which of several to read first: those that broke something. */
function overviewLines(reviews: readonly ReviewView[]): readonly string[] {
  const rows = reviews.map((review): Row => {
    const isBroken = review.gates.some(isFailed)
    const cells = [isBroken ? 'broken' : 'kept', subjectName(review.subject), verdictCounts(review), gateCounts(review)]
    return { kind: isBroken ? 'broken' : 'kept', cells }
  })
  const isBroken = ({ kind }: Row): boolean => kind === 'broken'
  const ordered = [...rows.filter(isBroken), ...rows.filter((row) => !isBroken(row))]
  return table(['', '', 'metrics', 'gates'], ordered)
}

function reviewLines(review: ReviewView): readonly string[] {
  const words = review.metrics.map((metric) => metricWords(metric, review.gates, review.metrics))
  const isBroken = review.gates.some(isFailed)
  const verdict = `<span class="${isBroken ? 'bad' : 'good'}">${gateCounts(review)}</span>`
  const base = markupText(sideText(review.base, 'nothing to compare with'))
  const head = markupText(sideText(review.head, 'no run'))
  const legend = spreadLegend(review)
  return [
    '<section>',
    `<h2>${markupText(subjectName(review.subject))} ${verdict}</h2>`,
    `<p>${verdictCounts(review)}</p>`,
    `<p class="sides"><code>${base}</code> → <code>${head}</code></p>`,
    ...review.notices.map((notice) => `<p class="notice">${markupText(notice)}</p>`),
    ...table(['', 'metric', 'base', 'head', 'change', 'limit'], words.map(metricCells)),
    ...(legend === undefined ? [] : [`<p class="legend">${legend}</p>`]),
    ...review.curves.map(reviewCurveSvg),
    ...gateLines(review),
    ...(review.flips === undefined ? [] : flipLines(review.flips)),
    ...review.differences.flatMap(differenceLines),
    '</section>',
  ]
}

interface Row {
  readonly kind: string
  readonly cells: readonly string[]
}

function metricCells({ name, base, head, change, limit, isBroken, verdict }: MetricWords): Row {
  const mark = isBroken ? 'broken' : MARKS[verdict]
  return { kind: isBroken ? 'broken' : verdict, cells: [mark, name, base, head, change, limit] }
}

function gateLines({ gates, metrics, policy }: ReviewView): readonly string[] {
  const rows = gates.map((gate): Row => {
    const { subject, asked, found } = gateWords(gate, metrics)
    return { kind: gate.status, cells: [gate.status, subject, asked, found, gate.note ?? ''] }
  })
  const source = policy === undefined ? '' : ` of ${markupText(policy)}`
  const isOpen = gates.some(isFailed) ? ' open' : ''
  const summary = `<summary>gates${source} (${gates.length})</summary>`
  return [`<details${isOpen}>${summary}`, ...table(['', 'on', 'asked', 'found', ''], rows), '</details>']
}

function flipLines({ compared, broke, brokeCount, mended, mendedCount }: SampleFlips): readonly string[] {
  const list = (samples: readonly string[]): string =>
    samples.map((sample) => `<li><code>${markupText(sample)}</code>`).join('')
  return [
    `<p>${brokeCount} of ${compared} samples now fail, ${mendedCount} now pass</p>`,
    ...(broke.length === 0 ? [] : [`<details><summary>fail now</summary><ul>${list(broke)}</ul></details>`]),
    ...(mended.length === 0 ? [] : [`<details><summary>pass now</summary><ul>${list(mended)}</ul></details>`]),
  ]
}

function differenceLines({ title, rows }: DifferenceSection): readonly string[] {
  const cells = rows.map(({ subject, base, head, remark }): Row => {
    return { kind: 'changed', cells: [subject, base ?? '', head ?? '', remark ?? ''] }
  })
  return [
    `<details><summary>${title} (${rows.length})</summary>`,
    ...table(['', 'base', 'head', ''], cells),
    '</details>',
  ]
}

function table(titles: readonly string[], rows: readonly Row[]): readonly string[] {
  if (rows.length === 0) return []
  const head = titles.map((title) => `<th scope="col">${title}</th>`).join('')
  return [
    '<div class="wide"><table>',
    `<thead><tr>${head}</tr></thead>`,
    ...rows.map(
      ({ kind, cells }) => `<tr class="${kind}">${cells.map((cell) => `<td>${markupText(cell)}</td>`).join('')}</tr>`,
    ),
    '</table></div>',
  ]
}
