/**
 * Blame for a terminal: a line a step, under the metric it moved.
 */
import type { BlamedVersion, MetricBlame, ModelBlame } from '../../src/ops/models/blame-model.ts'
import { instantMs } from '../../src/base/clock.ts'
import { alignedRows } from './columns.ts'
import { styled } from './line.ts'
import type { Line, Span, Style } from './line.ts'
import { metricMoveText, metricName } from './metric-change.ts'
import { numberText } from './number.ts'
import { momentText } from './time.ts'

const STYLES: { readonly [K in StepKind]: Style } = { improved: 'good', worsened: 'bad', changed: 'subject' }

type StepKind = 'improved' | 'worsened' | 'changed'

/** Writes which version last moved each metric, and how. */
export function blameText({ champion, alias, aliasSince, metrics }: ModelBlame): readonly Line[] {
  const since = aliasSince === undefined ? `, not ${alias}` : `, ${alias} since ${momentText(instantMs(aliasSince))}`
  const title: Line = [styled('strong', `${champion.model}@v${champion.number}`), since]
  return [title, ...metrics.flatMap((metric) => [[], ...metricLines(metric)])]
}

function metricLines(metric: MetricBlame): readonly Line[] {
  const { key, rule, value, since } = metric
  const unit = rule.unit === undefined ? '' : ` ${rule.unit}`
  const title: Line = [styled('subject', metricName(key, rule.goal)), `  ${numberText(value)}${unit}`]
  const steps = (['improved', 'worsened', 'changed'] as const).flatMap((kind) => {
    const version = metric[kind]
    return version === undefined ? [] : [stepRow(kind, metric, version)]
  })
  if (steps.length === 0) return [title, [styled('faint', `  not moved since v${since}`)]]
  return [title, ...alignedRows(steps, '  ')]
}

function stepRow(kind: StepKind, { key, rule }: MetricBlame, version: BlamedVersion): readonly Span[] {
  const { base, head, verdict, by, at, promotedAt, causes } = version
  const move = metricMoveText({ key, rule: { ...rule }, base, head, verdict })
  const promoted = promotedAt === undefined ? 'never promoted' : `promoted ${promotedAt.slice(0, 10)}`
  return [
    styled(STYLES[kind], kind),
    `v${version.number}`,
    move.values,
    styled('faint', `(${move.verdict.split(',')[0] ?? ''})`),
    causes.length === 0 ? 'nothing recorded changed' : causes.map(({ cause }) => cause).join(', '),
    `${by?.replace(/ <.*$/, '') ?? 'somebody unknown'}, ${at.slice(0, 10)}`,
    styled('faint', promoted),
  ]
}
