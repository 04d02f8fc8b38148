/**
 * `GET /api/runs`: a window of the table of runs.
 */
import { jsonFloat } from '../../base/json-text.ts'
import { instantOf } from '../../base/clock.ts'
import { compareText } from '../../base/order.ts'
import type { FieldValue } from '../../domain/filter.ts'
import { isSystemMetric } from '../../domain/key.ts'
import type { MetricKey } from '../../domain/key.ts'
import type { Goal } from '../../domain/metric.ts'
import type { ParameterValue } from '../../domain/parameter.ts'
import { parseField } from '../../domain/query.ts'
import { fieldValues } from '../../domain/query-field.ts'
import { compareSortValues, sortKeyOf, sortValueOf } from '../../domain/query-sort.ts'
import { filterSubject } from '../../ops/revisions/field-value.ts'
import { listRuns } from '../../ops/read/list-runs.ts'
import type { RunRow } from '../../ops/revisions/run-row.ts'
import type { JsonHandler } from '../context.ts'
import { wireNumber, wireParameter } from '../to-wire.ts'
import type { WireCell, WireKnownKey, WireRuns } from '../wire.ts'
import { fieldsIn, fieldText } from './field-list.ts'
import { wireRunHead } from './run-head.ts'

const MOST_ROWS = 1_000
const USUAL_ROWS = 100

/** Lists runs, live ones too. */
export const runsHandler: JsonHandler = async ({ repository }, { query }): Promise<WireRuns> => {
  const columns = fieldsIn(query.one('columns') ?? '')
  const [filter, sort] = [query.one('filter'), fieldsIn(query.one('sort') ?? '')]
  const nowMs = repository.clock.nowMs()
  const cellOf = columns.map((column) => cellReader(column, nowMs))
  const [from, count] = [query.count('from', 0, Number.MAX_SAFE_INTEGER), query.count('count', USUAL_ROWS, MOST_ROWS)]
  const [first = '-created', ...others] = sort
  const rows = await listRuns(repository, {
    sort: first,
    live: true,
    archived: query.one('archived') === '1',
    ...(filter === undefined ? {} : { filter }),
  })
  const ordered = others.length === 0 ? rows : sortedBy(rows, sort, nowMs)
  return {
    total: rows.length,
    from,
    columns,
    rows: ordered.slice(from, from + count).map((row) => {
      return { ...wireRunHead(row), cells: cellOf.map((cell) => cell(row)) }
    }),
    keys: { parameters: parameterKeys(rows), metrics: metricKeys(rows) },
  }
}

/** By the first field, ties by the next; runs that are equal in all stay as they were. */
function sortedBy(rows: readonly RunRow[], sort: readonly string[], nowMs: number): readonly RunRow[] {
  const keys = sort.map(sortKeyOf)
  const valued = rows.map((row) => {
    const subject = filterSubject(row, nowMs)
    return { row, values: keys.map((key) => sortValueOf(key, subject)) }
  })
  valued.sort((left, right) => {
    for (const [index, key] of keys.entries()) {
      const order = compareSortValues(key, left.values[index], right.values[index])
      if (order !== 0) return order
    }
    return 0
  })
  return valued.map(({ row }) => row)
}

/** @throws `filter-invalid` */
function cellReader(column: string, nowMs: number): (row: RunRow) => WireCell | null {
  const field = parseField(column)
  return (row) => {
    const subject = filterSubject(row, nowMs)
    if (field.kind === 'param') {
      const value = subject.parameters.get(field.key)
      if (value === undefined) return null
      const { text, number } = wireParameter(value)
      return { text, number }
    }
    const values = fieldValues(field, subject)
    const [only, second] = values
    if (only === undefined) return null
    if (field.kind === 'created') return { text: instantOf(Number(only)), number: Number(only) }
    if (second !== undefined || typeof only !== 'number')
      return { text: values.map(plainText).join(', '), number: null }
    return { text: plainText(only), number: wireNumber(only) }
  }
}

function plainText(value: FieldValue): string {
  return typeof value === 'number' && Number.isFinite(value) && !Number.isInteger(value)
    ? jsonFloat(value)
    : String(value)
}

function parameterKeys(rows: readonly RunRow[]): readonly WireKnownKey[] {
  const known = new KnownKeys('param', rows.length)
  for (const { run } of rows) for (const [key, value] of run.parameters) known.add(key, value, null)
  return known.list()
}

function metricKeys(rows: readonly RunRow[]): readonly WireKnownKey[] {
  const known = new KnownKeys('metric', rows.length)
  for (const { run } of rows) {
    for (const [key, { goal, summary }] of run.metrics) known.add(key, summary.last, goal)
  }
  return known.list()
}

/** The integer 1 and the float 1.0 are not the same. */
function isSameValue(left: ParameterValue, right: ParameterValue): boolean {
  if (typeof left !== 'object' || typeof right !== 'object') return Object.is(left, right)
  return wireParameter(left).text === wireParameter(right).text
}

interface Known {
  runs: number
  readonly first: ParameterValue
  varies: boolean
  readonly goals: Map<Goal, number>
}

/** Keys as they are met, with what the runs say of each. */
class KnownKeys {
  readonly #kind: 'param' | 'metric'
  readonly #runs: number
  readonly #known = new Map<string, Known>()

  constructor(kind: 'param' | 'metric', runs: number) {
    this.#kind = kind
    this.#runs = runs
  }

  add(key: string, value: ParameterValue, goal: Goal | null): void {
    const known = this.#known.get(key) ?? { runs: 0, first: value, varies: false, goals: new Map<Goal, number>() }
    known.runs += 1
    known.varies ||= !isSameValue(known.first, value)
    if (goal !== null) known.goals.set(goal, (known.goals.get(goal) ?? 0) + 1)
    this.#known.set(key, known)
  }

  /** The most used first, those of the machine last. */
  list(): readonly WireKnownKey[] {
    const isSystem = (key: string): boolean => this.#kind === 'metric' && isSystemMetric(key as MetricKey)
    return [...this.#known]
      .sort(([left, { runs }], [right, { runs: others }]) => {
        return Number(isSystem(left)) - Number(isSystem(right)) || others - runs || compareText(left, right)
      })
      .map(([key, { runs, varies, goals }]) => {
        const [goal] = [...goals].sort(([, left], [, right]) => right - left)[0] ?? [null]
        return { key, field: fieldText(this.#kind, key), runs, varies: varies || runs < this.#runs, goal }
      })
  }
}
