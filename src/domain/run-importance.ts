/**
 * Runs as a question of what counts for a metric, and what became of those that cannot be asked.
 */
import { compareText } from '../base/order.ts'
import { closestNames } from '../base/suggest.ts'
import type { Scalar } from '../base/value.ts'
import { refuse } from './failure.ts'
import type { SummaryPart } from './filter.ts'
import type { MetricKey, ParameterKey } from './key.ts'
import type { Goal } from './metric.ts'
import type { ParameterValue } from './parameter.ts'
import { formatParameterText } from './parameter-text.ts'
import type { ImportanceQuestion, Importance } from './statistics/importance.ts'
import type { InputValue } from './statistics/inputs.ts'
import { parameterReader, valueReader } from './table/field-reader.ts'
import { chunkOfRow, countBits, countChosen, placeOfRow } from './table/row-set.ts'
import { chosenBits } from './table/run-table.ts'
import type { RunTable } from './table/run-table.ts'
import { goalOf, keysOf } from './table/table-keys.ts'

/** What to ask. */
export interface ImportanceWish {
  readonly metric: MetricKey
  readonly part: SummaryPart
  /** The parameters to look at; all when empty. */
  readonly parameters: readonly ParameterKey[]
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
 * Makes the question of rows of a table, which come newest first as in `RunTable.order`; of the metric the table has to
 * know the part that is asked for. Runs are taken in the order of their ids; parameters in the order they were asked
 * for, else those that most runs have first.
 */
export function askImportance(table: RunTable, rows: Uint32Array, wish: ImportanceWish): AskedRuns {
  const ended = rows.toReversed().filter((row) => statusOf(table, row) !== 'running')
  const { metric: key, part } = wish
  const lastOf = valueReader(table, { kind: 'metric', key, part: 'last' }, 0)
  const outcomeOf = valueReader(table, { kind: 'metric', key, part }, 0)
  const measured = ended.filter((row) => lastOf(row) !== undefined)
  const valued = measured.filter((row) => Number.isFinite(outcomeOf(row)))
  const keys = wish.parameters.length > 0 ? wish.parameters : mostUsed(table, valued)
  return {
    question: {
      outcomes: Float64Array.from(valued, (row) => Number(outcomeOf(row))),
      parameters: keys.map((name) => ({
        key: name,
        valuesAt: (places) => {
          const read = parameterReader(table, name)
          return Array.from(places, (place) => inputValue(read(valued[place] ?? 0)))
        },
      })),
    },
    skipped: {
      running: rows.length - ended.length,
      withoutMetric: ended.length - measured.length,
      notFinite: measured.length - valued.length,
    },
    goal: goalOf(table.chunks, chosenBits(table, measured), key),
  }
}

/** Whether any of the rows has a metric; where there is no row, nothing is amiss. */
export function hasMetric(table: RunTable, rows: Uint32Array, key: MetricKey): boolean {
  const lastOf = valueReader(table, { kind: 'metric', key, part: 'last' }, 0)
  return rows.length === 0 || rows.some((row) => lastOf(row) !== undefined)
}

/** The metrics that the rows have, in the order of the table's keys. */
export function metricNames(table: RunTable, rows: Uint32Array): readonly string[] {
  return keysOf(table.chunks, chosenBits(table, rows)).metrics.map(({ key }) => key)
}

/** The refusal of a metric that no run has, with those of the names that are like it. */
export function metricNotFound(metric: MetricKey, names: Iterable<string>): Error {
  return refuse('metric-not-found', { text: metric, closest: closestNames(metric, [...names]) })
}

function statusOf({ chunks }: RunTable, row: number): string | undefined {
  return chunks[chunkOfRow(row)]?.facts[placeOfRow(row)]?.status
}

/** The parameters of the rows, the most used first, then by name. */
function mostUsed(table: RunTable, rows: Uint32Array): readonly ParameterKey[] {
  const counts = new Map<ParameterKey, number>()
  for (const [index, chosen] of chosenBits(table, rows).entries()) {
    const count = countBits(chosen)
    for (const [key, column] of table.chunks[index]?.parameters ?? []) {
      const found = countChosen(column.rows, chosen, count)
      if (found > 0) counts.set(key, (counts.get(key) ?? 0) + found)
    }
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
