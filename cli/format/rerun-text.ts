/**
 * Repetitions for a terminal: the outcome first, then what it rests on.
 */
import { sortedEntries } from '../../src/base/order.ts'
import type { RerunReport, SeedRepeats } from '../../src/ops/rerun/rerun-options.ts'
import { alignedRows } from './columns.ts'
import { styled } from './line.ts'
import type { Line, Span } from './line.ts'
import { numberText } from './number.ts'
import { differenceLines, outcomeSpan, repeatedMetricLines } from './receipt-text.ts'
import { shortId } from './short-id.ts'

/** Writes what became of a repetition. */
export function rerunText(report: RerunReport): readonly Line[] {
  const { run, compared, differences, receipt, seeds, folder, told, version } = report
  return [
    ...(run === undefined ? [] : [outcomeLine(report)]),
    ...section('metrics', repeatedMetricLines(compared)),
    ...section('not the same', differenceLines(differences)),
    ...(seeds === undefined ? [] : seedLines(seeds)),
    ...told.map((line) => [styled('warning', 'note:'), ` ${line}`]),
    ...(receipt === undefined ? [] : [[styled('faint', `receipt ${shortId(receipt.id)} beside ${version ?? ''}`)]]),
    ...(folder === undefined ? [] : [[styled('faint', `worktree: ${folder}`)]]),
    ...nextLine(report),
  ]
}

function outcomeLine({ run, outcome, label, exitCode, of }: RerunReport): Line {
  const name = run === undefined ? '' : shortId(run.id)
  const failed = exitCode === 0 ? [] : [styled('bad', `, and the command ended with exit code ${exitCode}`)]
  const original = label === shortId(of) ? `run ${label}` : `${label} (run ${shortId(of)})`
  return [outcomeSpan(outcome), `: run ${name} repeats ${original}`, ...failed]
}

function seedLines({ key, runs, metrics }: SeedRepeats): readonly Line[] {
  const rows = sortedEntries(metrics).map(([metric, { count, mean, deviation, least, greatest }]): readonly Span[] => [
    metric,
    `${numberText(mean)} ± ${numberText(deviation)}`,
    styled('faint', `${numberText(least)} to ${numberText(greatest)} over ${count}`),
  ])
  return [[styled('subject', `${runs.length} other values of ${key}`)], ...alignedRows(rows, '  ')]
}

function nextLine({ run, of, outcome, differences }: RerunReport): readonly Line[] {
  const isAlike = outcome.kind === 'reproduced' && differences.length === 0
  return run === undefined || isAlike ? [] : [[styled('faint', `next: mlv why ${shortId(of)} ${shortId(run.id)}`)]]
}

function section(title: string, lines: readonly Line[]): readonly Line[] {
  return lines.length === 0 ? [] : [[styled('subject', title)], ...lines]
}
