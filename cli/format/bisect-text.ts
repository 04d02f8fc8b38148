/**
 * Bisections for a terminal: the steps, then the commit, then what it rests on.
 */
import { meanOf } from '../../src/domain/bisection-bound.ts'
import type { Bound } from '../../src/domain/bisection-bound.ts'
import { triesFor } from '../../src/domain/bisection.ts'
import type { CommitVerdict } from '../../src/domain/bisection.ts'
import type { BisectedCommit, BisectReport, TriedCommit } from '../../src/ops/rerun/bisect-options.ts'
import { countText } from './bytes.ts'
import { alignedRows } from './columns.ts'
import { styled } from './line.ts'
import type { Line, Span, Style } from './line.ts'
import { metricName } from './metric-change.ts'
import { changeText, numberText } from './number.ts'
import { differenceLines } from './receipt-text.ts'
import { shortId, shortOid } from './short-id.ts'

const STYLES: { readonly [V in CommitVerdict]: Style } = { good: 'good', bad: 'bad', skip: 'warning' }
const BOUNDS: { readonly [F in Bound['from']]: string } = {
  threshold: 'the threshold',
  tolerance: 'good, and the tolerance',
  spread: 'good, and what its runs differ by',
  middle: 'half-way between good and bad',
}

/** Writes how the search went and what it found. */
export function bisectText(report: BisectReport): readonly Line[] {
  const { metric, rule, bound, good, bad, commits, steps, contradictions } = report
  const side = bound.worse === 'lower' ? 'below' : 'above'
  const unit = rule.unit === undefined ? '' : ` ${rule.unit}`
  const told = steps.flatMap(({ commit, told: lines }) =>
    lines.map((line): Line => noteLine(`${shortOid(commit)}: ${line}`)),
  )
  return [
    [
      styled('subject', metricName(metric, rule.goal)),
      ` is bad ${side} ${numberText(bound.limit)}${unit} (${BOUNDS[bound.from]}), in ${countText(commits, 'commit')}`,
    ],
    ...alignedRows(
      [stepRow('given', good), stepRow('given', bad), ...steps.map((step) => stepRow(step.how, step))],
      '  ',
    ),
    ...told,
    ...contradictions.map((odd) => noteLine(`${shortOid(odd.commit)} is ${odd.verdict} all the same: ${odd.subject}`)),
    ...outcomeLines(report),
  ]
}

/** What is about to be run, and how much is left. */
export function tryText({ commit, subject }: BisectedCommit, left: number): Line {
  const more = countText(triesFor(left), 'try', 'tries')
  return [styled('faint', `running ${shortOid(commit)}, at most ${more}: `), subject]
}

function stepRow(how: string, { verdict, commit, subject, values, isClear }: TriedCommit): readonly Span[] {
  const doubt = isClear ? '' : ' ?'
  return [
    styled('faint', how),
    styled(STYLES[verdict], `${verdict}${doubt}`),
    shortOid(commit),
    values.length === 0 ? '' : numberText(meanOf(values)),
    values.length < 2 ? '' : styled('faint', `mean of ${values.length}`),
    subject,
  ]
}

function outcomeLines(report: BisectReport): readonly Line[] {
  const { outcome, causes, codeStat } = report
  if (outcome.kind === 'open') return openLines(report, outcome)
  const title =
    outcome.kind === 'found'
      ? commitLines('first bad: ', outcome.firstBad)
      : [
          [styled('warning', 'first bad'), ' is one of these; all but the last could not be tried'],
          ...outcome.suspects.flatMap((suspect) => commitLines('  ', suspect)),
        ]
  return [
    [],
    ...title,
    ...evidenceLines(report),
    ...(causes.length === 0 ? [] : [[], [styled('subject', 'not the same')], ...differenceLines(causes)]),
    ...(codeStat === undefined
      ? []
      : [
          [],
          ...codeStat
            .trimEnd()
            .split('\n')
            .map((line): Line => [line]),
        ]),
  ]
}

function openLines(
  { lastGood }: BisectReport,
  { next, left, firstBad }: Extract<BisectReport['outcome'], { readonly kind: 'open' }>,
): readonly Line[] {
  const between = `${countText(left, 'commit')} between ${shortOid(lastGood.commit)} and ${shortOid(firstBad.commit)}`
  return [
    [],
    [styled('warning', 'not found yet'), `: no recorded run tells of ${between}`],
    ...commitLines('next to run: ', next),
    [styled('faint', `'--run' runs it, and at most ${countText(triesFor(left), 'commit')} in all`)],
  ]
}

function commitLines(title: string, { commit, subject, by, at }: BisectedCommit): readonly Line[] {
  const author = `${by.replace(/ <[^<>]*>$/, '')}, ${at.slice(0, 10)}`
  return [[title, styled('strong', shortOid(commit)), ` ${subject} `, styled('faint', `(${author})`)]]
}

/** The values on both sides of the step, and the runs that measured them. */
function evidenceLines({ metric, rule, lastGood, outcome: { firstBad } }: BisectReport): readonly Line[] {
  const runs = [lastGood, firstBad].map((side) => side.runs.map(shortId).join(', '))
  const shownRuns: Line = ['  runs ', styled('subject', runs[0] ?? ''), ' -> ', styled('subject', runs[1] ?? '')]
  if (lastGood.values.length === 0 || firstBad.values.length === 0) return [shownRuns]
  const [base, head] = [meanOf(lastGood.values), meanOf(firstBad.values)]
  const shown = changeText(base, head, head - base)
  return [[`  ${metricName(metric, rule.goal)} ${shown.base} -> ${shown.head} (${shown.change})`], shownRuns]
}

function noteLine(text: string): Line {
  return [styled('warning', 'note:'), ` ${text}`]
}
