/**
 * How metrics moved: `val/auc ↑ 0.9240 -> 0.9310 (+0.0070, better)`. The arrow says which way is better.
 */
import type { MetricKey } from '../../src/domain/key.ts'
import type { Goal, MetricRule } from '../../src/domain/metric.ts'
import type { Verdict } from '../../src/domain/metric-verdict.ts'
import { alignedRows } from './columns.ts'
import { styled } from './line.ts'
import type { Line, Span, Style } from './line.ts'
import { changeText, numberText } from './number.ts'

/** A metric before and after; a side is absent where it was not measured. */
export interface MetricMove {
  readonly key: MetricKey
  readonly rule: MetricRule
  readonly base?: number | undefined
  readonly head?: number | undefined
  /** Absent when a side is. */
  readonly verdict?: Verdict | undefined
}

/** A move in words. */
export interface MetricMoveText {
  /** The key and an arrow for its goal. */
  readonly name: string
  /** `0.9240 -> 0.9310`, or the one side there is. */
  readonly values: string
  /** `+0.0070, better`; or `new`, `gone`. */
  readonly verdict: string
  /** Absent when it is neither good nor bad. */
  readonly style?: Style
}

const ARROWS: { readonly [G in Goal]: string } = { max: ' ↑', min: ' ↓', none: '' }
const STYLES: { readonly [K in Verdict['kind']]?: Style } = { better: 'good', worse: 'bad', incomparable: 'warning' }

/** The name of a metric with the arrow of its goal: up for more is better, down for less. */
export function metricName(key: string, goal: Goal): string {
  return `${key}${ARROWS[goal]}`
}

/** Says in words how a metric moved. */
export function metricMoveText({ key, rule, base, head, verdict }: MetricMove): MetricMoveText {
  const name = metricName(key, rule.goal)
  const unit = rule.unit === undefined ? '' : ` ${rule.unit}`
  if (base === undefined || head === undefined || verdict === undefined) {
    const value = head ?? base
    const isNew = base === undefined
    return { name, values: value === undefined ? '' : `${numberText(value)}${unit}`, verdict: isNew ? 'new' : 'gone' }
  }
  const shown = changeText(base, head, verdict.change)
  const style = STYLES[verdict.kind]
  return {
    name,
    values: `${shown.base} -> ${shown.head}${unit}`,
    verdict: verdictText(verdict, shown.change),
    ...(style === undefined ? {} : { style }),
  }
}

/** Aligned lines, one a metric. */
export function metricMoveLines(moves: readonly MetricMove[], indent = '  '): readonly Line[] {
  return alignedRows(moves.map(metricMoveCells), indent)
}

/** What is said of metrics with nothing to compare them with: their values, without calling each of them new. */
export function firstMetricLines(moves: readonly MetricMove[], indent = '  '): readonly Line[] {
  return alignedRows(
    moves.map((move) => metricMoveCells(move).slice(0, 2)),
    indent,
  )
}

/** One line for one metric. */
export function metricMoveLine(move: MetricMove): Line {
  return metricMoveCells(move).flatMap((cell, index) => (index === 0 ? [cell] : [' ', cell]))
}

function metricMoveCells(move: MetricMove): readonly Span[] {
  const { name, values, verdict, style } = metricMoveText(move)
  return [name, values, styled(style ?? 'faint', `(${verdict})`)]
}

function verdictText({ kind, change }: Verdict, shownChange: string): string {
  if (kind === 'incomparable') return 'cannot be compared'
  if (kind === 'changed') return shownChange
  if (kind !== 'unchanged') return `${shownChange}, ${kind}`
  return change === 0 ? 'unchanged' : `${shownChange}, within tolerance`
}
