/**
 * Explanations of a change for a terminal: the verdict first, then what it rests on.
 */
import type { Cause, CauseDifference } from '../../src/domain/cause.ts'
import type { ChangeExplanation, Repeats, Separation } from '../../src/domain/change-explanation.ts'
import type { MetricDifference } from '../../src/domain/comparison.ts'
import { sortedEntries } from '../../src/base/order.ts'
import { alignedRows } from './columns.ts'
import { styled } from './line.ts'
import type { Line, Span } from './line.ts'
import { metricMoveLines } from './metric-change.ts'
import { numberText } from './number.ts'
import { differenceLines } from './receipt-text.ts'

const LIST_LIMIT = 20

/** Writes an explanation; metrics beyond twenty lines are cut and counted. */
export function explanationText(explanation: ChangeExplanation): readonly Line[] {
  const { base, head, metrics, causes, unpinned, verdict, repeats } = explanation
  const separating = verdict.kind === 'confounded' ? verdict.separating : []
  return [
    [styled('strong', base), ' -> ', styled('strong', head)],
    verdictLine(explanation),
    ...section('metrics', moveLines(metrics)),
    ...section('not the same', differenceLines(causes)),
    ...separating.flatMap((separation) => separationLines(separation, explanation)),
    ...repeats.flatMap((group) => repeatsLines(group, explanation)),
    ...section(
      'not pinned, so it may hide here',
      unpinned.slice(0, LIST_LIMIT).map((what) => ['  ', what]),
    ),
  ]
}

function verdictLine({ verdict, causes, withinSpread, metrics }: ChangeExplanation): Line {
  switch (verdict.kind) {
    case 'unmoved':
      return [styled('good', 'no metric moved'), causes.length === 0 ? '' : `, though ${namesOf(causes)} changed`]
    case 'noise':
      return [styled('warning', 'noise'), ': nothing that is recorded changed, and the metrics did']
    case 'attributable': {
      const isWithin = metrics.length > 0 && withinSpread.length === metrics.length
      const bound = isWithin ? ', though runs that are alike differ as much' : ''
      if (verdict.cause === 'seed') return [styled('warning', 'chance'), `: only the seed changed`]
      return [styled('good', 'attributable'), `: only ${causeName(verdict.cause)} changed${bound}`]
    }
    case 'confounded':
      return [styled('bad', 'confounded'), `: ${namesOf(causes)} changed together, and none can be held responsible`]
  }
}

function separationLines(
  { cause, label, from, isExact, metrics }: Separation,
  sides: ChangeExplanation,
): readonly Line[] {
  const step = from === 'base' ? `${sides.base} -> ${label}` : `${label} -> ${sides.head}`
  const what = isExact ? `${causeName(cause)} alone` : `${causeName(cause)} alone, with a third value`
  return [[], [styled('subject', `${what}: `), step], ...moveLines(metrics)]
}

function repeatsLines({ side, runs, metrics }: Repeats, sides: ChangeExplanation): readonly Line[] {
  const isNoise = sides.verdict.kind === 'noise' || sides.causes.length === 0
  const alike = isNoise ? 'alike in everything recorded' : `like ${sides[side]}, whatever the seed`
  const rows = sortedEntries(metrics).map(([key, { least, greatest, mean, deviation }]): readonly Span[] => [
    key,
    `${numberText(mean)} ± ${numberText(deviation)}`,
    styled('faint', `${numberText(least)} to ${numberText(greatest)}`),
  ])
  return [[], [styled('subject', `${runs.length} runs ${alike}`)], ...cut(alignedRows(rows, '  '))]
}

function moveLines(metrics: readonly MetricDifference[]): readonly Line[] {
  if (metrics.length === 0) return [['  no metric moved']]
  const moves = metrics.map(({ key, rule, base, head, verdict }) => {
    return { key, rule, base: base?.last, head: head?.last, verdict }
  })
  return cut(metricMoveLines(moves))
}

function section(title: string, lines: readonly Line[]): readonly Line[] {
  return lines.length === 0 ? [] : [[], [styled('subject', title)], ...lines]
}

function cut(lines: readonly Line[]): readonly Line[] {
  if (lines.length <= LIST_LIMIT) return lines
  return [...lines.slice(0, LIST_LIMIT), [styled('faint', `  and ${lines.length - LIST_LIMIT} more; --json lists all`)]]
}

function namesOf(causes: readonly CauseDifference[]): string {
  const names = causes.map(({ cause }) => causeName(cause))
  const last = names.at(-1) ?? ''
  return names.length < 2 ? last : `${names.slice(0, -1).join(', ')} and ${last}`
}

function causeName(cause: Cause): string {
  return cause === 'seed' ? 'the seed' : cause === 'parameters' ? 'parameters' : `the ${cause}`
}
