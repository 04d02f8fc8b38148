/**
 * Which runs the live screen shows, and in which order.
 */
import { compareText } from '../../src/base/order.ts'
import { isFailure } from '../../src/domain/failure.ts'
import type { Filter } from '../../src/domain/filter.ts'
import type { MetricKey } from '../../src/domain/key.ts'
import { matches, parseFilter } from '../../src/domain/query.ts'
import type { ActivityRow } from '../../src/ops/read/watch-activity.ts'
import { filterSubject } from '../../src/ops/revisions/field-value.ts'
import { parameterValueText } from '../format/parameter-text.ts'
import type { TopSort } from './top-state.ts'

/** Runs that match, in their order. */
export function topRows(
  rows: readonly ActivityRow[],
  { filter, sort, metric, nowMs }: TopOrder,
): readonly ActivityRow[] {
  const condition = filter.trim() === '' ? undefined : conditionOf(filter)
  return sorted(condition === undefined ? rows : rows.filter((row) => isShown(row, condition, nowMs)), sort, metric)
}

/** How runs are chosen and ordered. */
export interface TopOrder {
  /** Empty for all. */
  readonly filter: string
  readonly sort: TopSort
  /** The metric that `metric` sorts by. */
  readonly metric: MetricKey | undefined
  readonly nowMs: number
}

/** What is no filter yet, or never was meant as one, is words. */
function conditionOf(text: string): Filter | readonly string[] {
  try {
    return parseFilter(text)
  } catch (caught) {
    if (!isFailure(caught, 'filter-invalid')) throw caught
    return text.toLowerCase().split(/\s+/).filter(Boolean)
  }
}

function isShown(row: ActivityRow, condition: Filter | readonly string[], nowMs: number): boolean {
  if (!isWords(condition)) return matches(condition, { ...filterSubject(row.row, nowMs), status: row.state })
  const { run, notes } = row.row
  const parameters = [...run.parameters].map(([key, value]) => `${key}=${parameterValueText(value)}`)
  const said = [run.id, run.experiment, notes.name, run.message, run.group, row.state, ...notes.tags, ...parameters]
  const text = said.join('\n').toLowerCase()
  return condition.every((word) => text.includes(word))
}

function isWords(condition: Filter | readonly string[]): condition is readonly string[] {
  return Array.isArray(condition)
}

/** Rows without a value come last; those that are equal stay as they are. */
function sorted(rows: readonly ActivityRow[], sort: TopSort, metric: MetricKey | undefined): readonly ActivityRow[] {
  if (sort === 'newest') return rows
  const valueOf = (row: ActivityRow): number | undefined => {
    if (sort === 'elapsed') return row.elapsedMs
    if (sort === 'step') return row.step
    const known = metric === undefined ? undefined : row.row.run.metrics.get(metric)
    if (known === undefined || Number.isNaN(known.summary.last)) return undefined
    // The best first, and without a goal the greatest.
    return known.goal === 'min' ? -known.summary.last : known.summary.last
  }
  return rows.toSorted((left, right) => {
    const [first, second] = [valueOf(left) ?? -Infinity, valueOf(right) ?? -Infinity]
    if (first !== second) return first > second ? -1 : 1
    return compareText(right.row.run.id, left.row.run.id)
  })
}
