/**
 * Runs as a question of what counts for a metric, and what became of those that cannot be asked.
 */
import { compareText } from '../base/order.ts'
import { closestNames } from '../base/suggest.ts'
import type { Scalar } from '../base/value.ts'
import { refuse } from './failure.ts'
import type { SummaryPart } from './filter.ts'
import type { MetricKey, ParameterKey } from './key.ts'
import type { Goal, Metrics } from './metric.ts'
import type { Parameters, ParameterValue } from './parameter.ts'
import { formatParameterText } from './parameter-text.ts'
import type { ImportanceQuestion, Importance } from './statistics/importance.ts'
import type { InputValue } from './statistics/inputs.ts'

/** What to ask. */
export interface ImportanceWish {
  readonly metric: MetricKey
  readonly part: SummaryPart
  /** The parameters to look at; all when empty. */
  readonly parameters: readonly ParameterKey[]
}

/** A run that is asked. */
export interface ImportanceSubject {
  readonly id: string
  /** `running` while it is written: what it says may change. */
  readonly status: string
  readonly parameters: Parameters
  readonly metrics: Metrics
}

/** Runs that cannot be asked, and why. */
export interface SkippedRuns {
  readonly running: number
  readonly withoutMetric: number
  /** The metric is NaN or infinite. */
  readonly notFinite: number
}

/** A question, and which runs are not part of it. */
export interface AskedRuns {
  readonly question: ImportanceQuestion
  readonly skipped: SkippedRuns
  /** The goal most of the runs declare. */
  readonly goal: Goal
}

/** What is known of the importance of parameters among runs that match a filter. */
export interface RunImportance {
  readonly wish: ImportanceWish
  readonly goal: Goal
  readonly skipped: SkippedRuns
  /** Runs that could be asked; where there are more than the bound, a sample of them was. */
  readonly asked: number
  readonly importance: Importance
}

/**
 * Makes the question. Runs are taken in the order of their ids, whatever order they come in; parameters in the order
 * they were asked for, else those that most runs have first.
 *
 * @throws `metric-not-found` when there are runs and none has the metric
 */
export function askRuns(subjects: readonly ImportanceSubject[], wish: ImportanceWish): AskedRuns {
  const ordered = [...subjects].sort((left, right) => compareText(left.id, right.id))
  const ended = ordered.filter(({ status }) => status !== 'running')
  const measured = ended.filter(({ metrics }) => metrics.has(wish.metric))
  if (subjects.length > 0 && !subjects.some(({ metrics }) => metrics.has(wish.metric))) {
    const names = new Set(subjects.flatMap(({ metrics }) => [...metrics.keys()]))
    throw refuse('metric-not-found', { text: wish.metric, closest: closestNames(wish.metric, [...names]) })
  }
  const valued = measured.flatMap((subject) => {
    const outcome = outcomeOf(subject, wish)
    return outcome !== undefined && Number.isFinite(outcome) ? [{ subject, outcome }] : []
  })
  const keys = wish.parameters.length > 0 ? wish.parameters : keysOf(valued.map(({ subject }) => subject))
  return {
    question: {
      outcomes: valued.map(({ outcome }) => outcome),
      parameters: keys.map((key) => ({
        key,
        values: valued.map(({ subject }) => inputValue(subject.parameters.get(key))),
      })),
    },
    skipped: {
      running: ordered.length - ended.length,
      withoutMetric: ended.length - measured.length,
      notFinite: measured.length - valued.length,
    },
    goal: goalOf(measured, wish.metric),
  }
}

function outcomeOf({ metrics }: ImportanceSubject, { metric, part }: ImportanceWish): number | undefined {
  const summary = metrics.get(metric)?.summary
  return part === 'best' ? summary?.best?.value : summary?.[part]
}

/** The most used first, then by name. */
function keysOf(subjects: readonly ImportanceSubject[]): readonly ParameterKey[] {
  const counts = new Map<ParameterKey, number>()
  for (const { parameters } of subjects) {
    for (const key of parameters.keys()) counts.set(key, (counts.get(key) ?? 0) + 1)
  }
  return [...counts].sort(([left, a], [right, b]) => b - a || compareText(left, right)).map(([key]) => key)
}

/** Whole numbers beyond 2^53 lose their last digits, and what is no number of its own is a text. */
function inputValue(value: ParameterValue | undefined): InputValue {
  if (value === undefined || typeof value === 'boolean') return value
  if (typeof value === 'bigint') return Number(value)
  if (typeof value === 'number' && Number.isFinite(value)) return value
  if (typeof value === 'string') return value
  return isList(value) ? `[${value.map(formatParameterText).join(', ')}]` : formatParameterText(value)
}

function isList(value: ParameterValue): value is readonly Scalar[] {
  return Array.isArray(value)
}

function goalOf(subjects: readonly ImportanceSubject[], metric: MetricKey): Goal {
  const counts = new Map<Goal, number>()
  for (const { metrics } of subjects) {
    const goal = metrics.get(metric)?.goal ?? 'none'
    counts.set(goal, (counts.get(goal) ?? 0) + 1)
  }
  const [most] = [...counts].sort(([, left], [, right]) => right - left)
  return most?.[0] ?? 'none'
}
