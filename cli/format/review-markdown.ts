/**
 * Reviews as GitHub-flavoured Markdown for a pull request: what got worse first, what did not move folded.
 *
 * The same review is the same bytes. Untrusted text stands only inside code, where mentions, references, images, links,
 * math and HTML do nothing. A comment of GitHub holds 65,536 characters, so what is beyond 65,000 is cut and told.
 */
import { subjectName } from '../../src/domain/review/review.ts'
import type { ReviewVerdict } from '../../src/domain/review/metric-review.ts'
import type { SampleFlips } from '../../src/domain/sample-flips.ts'
import { countText } from './bytes.ts'
import { fittingMarkdown } from './fitting-markdown.ts'
import type { MarkdownSection } from './fitting-markdown.ts'
import { gateWords } from './gate-text.ts'
import { codeSpan, tableCode } from './markdown-code.ts'
import { curveChart } from './mermaid-chart.ts'
import type { DifferenceSection, ReportView, ReviewView } from '../../src/domain/review/report-view.ts'
import { gateCounts, metricWords, sideText, spreadLegend, untoldGates, verdictCounts } from './review-words.ts'
import type { MetricWords } from './review-words.ts'
import { shellQuoted } from './shell-quoted.ts'
import { isFailed } from '../../src/domain/review/gate.ts'

/** What a comment may hold, less what a host adds. */
export const LIMIT_CHARACTERS = 65_000
/** Room for the last line, which tells what was cut. */
const RESERVED_CHARACTERS = 120
const LEAST_SHARE = 4_000
/** Room for the table of several reviews. */
const LIMIT_OVERVIEW = 5_000

const ICONS: { readonly [V in ReviewVerdict]: string } = {
  worse: '🔻',
  incomparable: '⚠️',
  removed: '⚠️',
  better: '✅',
  changed: '🔸',
  added: '➕',
  noise: '➖',
  unchanged: '➖',
}

/** Writes every review of a report, each with its share of the room; one string a line. */
export function reportMarkdown(report: ReportView, limitCharacters = LIMIT_CHARACTERS): readonly string[] {
  const share = Math.floor((limitCharacters - LIMIT_OVERVIEW) / Math.max(1, report.reviews.length))
  const overview = report.reviews.length > 1 ? overviewLines(report.reviews) : []
  const fitting =
    share >= LEAST_SHARE
      ? report.reviews
      : report.reviews.slice(0, Math.floor((limitCharacters - LIMIT_OVERVIEW) / LEAST_SHARE))
  const room = Math.max(share, LEAST_SHARE) - RESERVED_CHARACTERS
  const pages = fitting.flatMap((review, index) => [
    ...(index === 0 ? [] : ['']),
    ...reviewMarkdown(review, report, room),
  ])
  const left = report.reviews.length - fitting.length
  const all = [...overview, ...pages]
  return left === 0 ? all : [...all, '', `_${countText(left, 'more review')} did not fit_`]
}

/** Which of several to read first: those that broke something. */
function overviewLines(reviews: readonly ReviewView[]): readonly string[] {
  const rows = reviews.map((review) => {
    const isBroken = review.gates.some(isFailed)
    const cells = [tableCode(subjectName(review.subject)), verdictCounts(review), gateCounts(review)]
    return { isBroken, row: `| ${[isBroken ? '❌' : '✅', ...cells].join(' | ')} |` }
  })
  const ordered = [...rows.filter(({ isBroken }) => isBroken), ...rows.filter(({ isBroken }) => !isBroken)]
  const lines = ['| | | metrics | gates |', '|---|---|---|---|', ...ordered.map(({ row }) => row), '']
  const page = fittingMarkdown(LIMIT_OVERVIEW)
  page.add({ open: lines.slice(0, 2), rows: lines.slice(2, -1).map((line) => [line]), close: [''] })
  return page.result().lines
}

/** Writes one review in at most so many characters. */
export function reviewMarkdown(
  review: ReviewView,
  { base, head }: Pick<ReportView, 'base' | 'head'>,
  limitCharacters = LIMIT_CHARACTERS,
): readonly string[] {
  const legend = spreadLegend(review)
  const reproduce = `Reproduce: ${codeSpan(`mlv pr report ${shellQuoted(`${base}..${head}`)}`)}`
  const end = ['', legend === undefined ? reproduce : `${reproduce} · ${legend}`]
  const page = fittingMarkdown(limitCharacters - RESERVED_CHARACTERS - end.join('\n').length)
  for (const section of sectionsOf(review)) page.add(section)
  const { lines, cut } = page.result()
  return [
    ...lines,
    ...end,
    ...(cut === 0 ? [] : ['', `_${countText(cut, 'row')} cut: the whole report is in the job_`]),
  ]
}

function sectionsOf(review: ReviewView): readonly MarkdownSection[] {
  const words = review.metrics.map((metric) => metricWords(metric, review.gates, review.metrics))
  const isStill = ({ verdict, isBroken }: MetricWords): boolean => verdict === 'unchanged' && !isBroken
  const moved = words.filter((each) => !isStill(each))
  const still = words.filter(isStill)
  return [
    titleOf(review),
    ...(moved.length === 0 ? [] : [{ open: ['', ...METRIC_HEAD], rows: moved.map(metricRow), close: [] }]),
    ...gateSection(review),
    ...review.notices.map((notice) => ({ open: ['', `> ${codeSpan(notice)}`], rows: [], close: [] })),
    ...(review.flips === undefined ? [] : flipSections(review.flips)),
    ...(still.length === 0 ? [] : [folded(`${still.length} unchanged`, METRIC_HEAD, still.map(metricRow))]),
    ...comparedSections(review),
    ...chartSection(review),
  ]
}

const METRIC_HEAD = ['| | metric | base | head | change | limit |', '|---|---|--:|--:|---|---|']

function titleOf(review: ReviewView): MarkdownSection {
  const isBroken = review.gates.some(isFailed)
  const title = `### ${codeSpan(subjectName(review.subject))}: ${verdictCounts(review)}`
  const policy = review.policy === undefined ? '' : ` (${codeSpan(review.policy)})`
  const base = codeSpan(sideText(review.base, 'nothing to compare with'))
  const head = codeSpan(sideText(review.head, 'no run'))
  return {
    open: [title, '', `${isBroken ? '❌' : '✅'} ${gateCounts(review)}${policy} · ${base} → ${head}`],
    rows: [],
    close: [],
  }
}

function metricRow({ name, base, head, change, limit, isBroken, verdict }: MetricWords): readonly string[] {
  const icon = isBroken ? '❌' : ICONS[verdict]
  return [`| ${[icon, ...[name, base, head, change, limit].map(tableCode)].join(' | ')} |`]
}

/** Broken rules that no metric's row tells in the open, kept ones folded. */
function gateSection({ gates, metrics }: ReviewView): readonly MarkdownSection[] {
  const row = (gate: ReviewView['gates'][number]): readonly string[] => {
    const { subject, asked, found } = gateWords(gate, metrics)
    const icon = { failed: '❌', noted: '⚠️', passed: '✅' }[gate.status]
    return [`| ${[icon, ...[subject, asked, found, gate.note ?? ''].map(tableCode)].join(' | ')} |`]
  }
  const head = ['| gate | on | asked | found | |', '|---|---|---|---|---|']
  const broken = untoldGates({ gates, metrics })
  const kept = gates.filter((gate) => !isFailed(gate))
  return [
    ...(broken.length === 0 ? [] : [{ open: ['', '**Broken gates**', '', ...head], rows: broken.map(row), close: [] }]),
    ...(kept.length === 0 ? [] : [folded(`${countText(kept.length, 'gate')} kept`, head, kept.map(row))]),
  ]
}

function flipSections(flips: SampleFlips): readonly MarkdownSection[] {
  const { compared, broke, brokeCount, mended, mendedCount } = flips
  const told = `**Samples**: ${brokeCount} of ${compared} now fail, ${mendedCount} now pass`
  const rows = (samples: readonly string[]): readonly (readonly string[])[] =>
    samples.map((sample) => [`- ${codeSpan(sample)}`])
  return [
    { open: ['', told], rows: [], close: [] },
    ...(broke.length === 0 ? [] : [folded(`${brokeCount} that passed and fail now`, [], rows(broke))]),
    ...(mended.length === 0 ? [] : [folded(`${mendedCount} that failed and pass now`, [], rows(mended))]),
  ]
}

/** Everything but metrics, which the table has with their spread. */
function comparedSections({ differences }: ReviewView): readonly MarkdownSection[] {
  return differences.map(comparedSection)
}

function comparedSection({ title, rows }: DifferenceSection): MarkdownSection {
  const lines = rows.map(({ subject, base, head, remark }) => {
    const sides = [base, head].map((side) => (side === undefined ? '' : tableCode(side)))
    return [`| ${[tableCode(subject), ...sides, tableCode(remark ?? '')].join(' | ')} |`]
  })
  return folded(`${title} (${rows.length})`, ['| | base | head | |', '|---|---|---|---|'], lines)
}

function chartSection({ curves }: ReviewView): readonly MarkdownSection[] {
  if (curves.length === 0) return []
  return [
    folded(
      'curves: base grey, head blue',
      [],
      curves.map((curve) => [...curveChart(curve), '']),
    ),
  ]
}

/** A summary is in mlv's own words. GitHub reads Markdown inside only behind an empty line. */
function folded(summary: string, head: readonly string[], rows: readonly (readonly string[])[]): MarkdownSection {
  return {
    open: ['', `<details><summary>${summary}</summary>`, '', ...head],
    rows,
    close: ['', '</details>'],
  }
}
