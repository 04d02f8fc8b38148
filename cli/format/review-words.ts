/**
 * Reviews in words: what text, Markdown and pages share. Texts in it are untrusted and not escaped.
 */
import type { MetricReview, MetricSample, ReviewVerdict } from '../../src/domain/review/metric-review.ts'
import { isFailed } from '../../src/domain/review/gate.ts'
import type { GateResult } from '../../src/domain/review/gate.ts'
import type { Review, ReviewSide } from '../../src/domain/review/review.ts'
import { countText } from './bytes.ts'
import { gateWords } from './gate-text.ts'
import type { Style } from './line.ts'
import { metricName } from './metric-change.ts'
import { changeText, numberText, percentText } from './number.ts'

/** One metric of a review as the cells of a row. */
export interface MetricWords {
  /** `val/auc ↑`. */
  readonly name: string
  /** `0.9220 ± 0.0020`; empty where the side did not measure it. */
  readonly base: string
  readonly head: string
  /** `-0.0020 (-0.22%), inside ±0.0045`. */
  readonly change: string
  /** What its gates asked for, broken ones marked: `✗ at least 0.9, at most 1`; empty without one. */
  readonly limit: string
  /** A gate on it is broken. */
  readonly isBroken: boolean
  readonly verdict: ReviewVerdict
}

/** A spread this small beside its mean is what adding up floats leaves. */
const ROUNDING = 1e-12

/** How verdicts look where there is colour. */
export const VERDICT_STYLES: { readonly [V in ReviewVerdict]?: Style } = {
  worse: 'bad',
  incomparable: 'warning',
  removed: 'warning',
  better: 'good',
  noise: 'faint',
  unchanged: 'faint',
}

const VERDICT_WORDS: { readonly [V in ReviewVerdict]: string } = {
  worse: 'worse',
  incomparable: 'not comparable',
  removed: 'no longer measured',
  better: 'better',
  changed: 'changed',
  added: 'new',
  noise: 'within noise',
  unchanged: 'unchanged',
}

/** `1 worse, 2 better, 9 unchanged`; `nothing measured` where there is no metric. */
export function verdictCounts({ metrics }: Pick<Review, 'metrics'>): string {
  const counts = new Map<ReviewVerdict, number>()
  for (const { verdict } of metrics) counts.set(verdict, (counts.get(verdict) ?? 0) + 1)
  const words = [...counts].map(([verdict, count]) => `${count} ${VERDICT_WORDS[verdict]}`)
  return words.length === 0 ? 'nothing measured' : words.join(', ')
}

/** `gates: 1 of 4 broken`, `gates: 4 kept`. */
export function gateCounts({ gates }: Pick<Review, 'gates'>): string {
  const failed = gates.filter(isFailed).length
  return failed === 0 ? `gates: ${gates.length} kept` : `gates: ${failed} of ${gates.length} broken`
}

/** A side in words: `main@9f2c1e0 (v12, 3 runs)`; what stands for an absent one. */
export function sideText(side: ReviewSide | undefined, absent: string): string {
  if (side === undefined) return absent
  const version = side.version === undefined || side.source === 'production' ? [] : [`v${side.version.number}`]
  return `${side.label} (${[...version, countText(side.runs.length, 'run')].join(', ')})`
}

/** Says in words how a metric stands. */
export function metricWords(review: MetricReview, gates: readonly GateResult[], all: Review['metrics']): MetricWords {
  const { key, rule, base, head, verdict } = review
  const own = gates.filter(({ metric, rule: asked }) => metric === key && asked !== 'required')
  const unit = rule.unit === undefined ? '' : ` ${rule.unit}`
  const write = writerOf(review)
  return {
    name: metricName(key, rule.goal),
    base: sampleText(base, write, unit),
    head: sampleText(head, write, unit),
    change: changeWords(review),
    limit: limitWords(own, all),
    isBroken: own.some(isFailed),
    verdict,
  }
}

/** Limits that were asked for; that a metric may get no worse goes without saying until it is broken. */
function limitWords(gates: readonly GateResult[], metrics: Review['metrics']): string {
  const told = gates.filter((gate) => gate.rule !== 'worsen' || (gate.limit ?? 0) > 0 || isFailed(gate))
  return told
    .map((gate) => {
      const { asked } = gateWords(gate, metrics)
      return isFailed(gate) ? `✗ ${asked}${gate.note === undefined ? '' : ` (${gate.note})`}` : asked
    })
    .join(', ')
}

/** Broken gates that no row of a metric tells: how often a change ran, its size, what was not measured. */
export function untoldGates({ gates, metrics }: Pick<Review, 'gates' | 'metrics'>): readonly GateResult[] {
  const measured = new Set(metrics.flatMap(({ key, head }) => (head === undefined ? [] : [key])))
  return gates.filter((gate) => {
    return isFailed(gate) && (gate.metric === undefined || gate.rule === 'required' || !measured.has(gate.metric))
  })
}

/** What the signs in numbers mean; absent where no side was repeated. */
export function spreadLegend({ metrics }: Pick<Review, 'metrics'>): string | undefined {
  if (metrics.every(({ band }) => band === undefined)) return undefined
  return '± is the standard deviation of the runs; noise is what chance does to a difference of means, 19 times in 20'
}

/** Both means with the same decimals, so that they can be compared by eye. */
function writerOf({ base, head, change }: MetricReview): (value: number) => string {
  const [left, right] = [base?.spread?.mean, head?.spread?.mean]
  if (left === undefined || right === undefined || change === undefined) return numberText
  const shown = changeText(left, right, change)
  return (value) => (value === left ? shown.base : value === right ? shown.head : numberText(value))
}

function sampleText(sample: MetricSample | undefined, write: (value: number) => string, unit: string): string {
  if (sample === undefined) return ''
  if (sample.spread === undefined) return 'not a number'
  const { mean, deviation, count } = sample.spread
  const spread = count > 1 && deviation > ROUNDING * Math.abs(mean) ? ` ± ${shortText(deviation)}` : ''
  const lost = sample.notNumbers > 0 ? `, ${sample.notNumbers} not a number` : ''
  return `${write(mean)}${spread}${unit}${lost}`
}

function changeWords({ base, head, change, relative, band, verdict }: MetricReview): string {
  if (change === undefined || verdict === 'added' || verdict === 'removed') return VERDICT_WORDS[verdict]
  if (verdict === 'unchanged' && change === 0) return VERDICT_WORDS[verdict]
  const shown = changeText(base?.spread?.mean ?? 0, head?.spread?.mean ?? 0, change).change
  const part = relative === undefined ? '' : ` (${percentText(relative)})`
  const noise =
    band === undefined || band === 0 ? '' : `, ${verdict === 'noise' ? 'inside' : 'noise'} ±${shortText(band)}`
  return `${shown}${part}${noise}`
}

/** Two significant digits: a spread is no more certain than that. */
function shortText(value: number): string {
  const short = value.toPrecision(2)
  return value === 0 ? '0' : short.includes('e') ? String(Number(short)) : short
}
