/**
 * Made-up runs as the server's own handlers tell them, so that the fixture knows the whole grammar; of very many
 * cells, where the real table would take seconds to make, by a small part of it.
 */
import { isFailure } from '../../src/domain/failure.ts'
import { parseMetricKey, parseParameterKey } from '../../src/domain/key.ts'
import type { Goal, Metric } from '../../src/domain/metric.ts'
import { singleValue } from '../../src/domain/metric-summary.ts'
import type { RunId } from '../../src/domain/run.ts'
import { parseParameterText } from '../../src/domain/parameter-text.ts'
import { fieldChoices } from '../../src/domain/table/field-choices.ts'
import { askRunTable, openRunTable } from '../../src/domain/table/run-table.ts'
import type { RunTable, TableRun } from '../../src/domain/table/run-table.ts'
import { fieldsIn } from '../../src/server/handlers/field-list.ts'
import type { WireChoices, WireRuns } from '../../src/server/wire.ts'
import { fixtureHead, fixtureKeys, fixtureValue } from './fixture-data.ts'
import type { FixtureSize } from './fixture-data.ts'

const MOST_CELLS = 200_000
const NOW_MS = 1_800_000_000_000

const tables = new Map<FixtureSize, RunTable>()

/** Answers `GET /api/runs`: a status and a body. */
export function fixtureRuns(size: FixtureSize, query: URLSearchParams): readonly [number, unknown] {
  if (size.runs * (size.metrics + size.parameters) > MOST_CELLS) return [200, manyCells(size, query)]
  try {
    return [200, runsOf(size, query)]
  } catch (caught) {
    if (!isFailure(caught, 'filter-invalid')) throw caught
    return [400, { error: { code: caught.code, what: caught.message, why: caught.why, next: null } }]
  }
}

/** Answers `GET /api/values`. */
export function fixtureChoices(size: FixtureSize, query: URLSearchParams): readonly [number, WireChoices] {
  const field = query.get('field') ?? ''
  return [200, { field, values: fieldChoices(tableOf(size), { field, text: query.get('text') ?? '', limit: 12 }) }]
}

function runsOf(size: FixtureSize, query: URLSearchParams): WireRuns {
  const given = (name: 'filter' | 'group' | 'member') => {
    const value = query.get(name)
    return value === null ? {} : { [name]: value }
  }
  const [columns, from] = [fieldsIn(query.get('columns') ?? ''), Number(query.get('from') ?? 0)]
  const question = {
    ...given('filter'),
    ...given('group'),
    ...given('member'),
    sort: fieldsIn(query.get('sort') ?? ''),
    columns,
    from,
    count: Number(query.get('count') ?? 100),
    archived: query.get('archived') === '1',
    isWithoutKeys: query.get('keys') === '0',
  }
  const { rows, groups, ...answer } = askRunTable(tableOf(size), question, NOW_MS)
  const heads = rows.map(({ id, cells }) => ({ ...fixtureHead(99_999 - Number(id.slice(4))), cells }))
  return { ...answer, from, columns, rows: heads, groups: groups ?? null }
}

function tableOf(size: FixtureSize): RunTable {
  const table = tables.get(size) ?? openRunTable(Array.from({ length: size.runs }, (_, index) => runOf(size, index)))
  tables.set(size, table)
  return table
}

function runOf(size: FixtureSize, index: number): TableRun {
  const { name, branch, group, startedAt, elapsedMs, versions, isArchived, ...head } = fixtureHead(index)
  const keys = keysOf(size)
  const parameters = keys.parameters.flatMap(({ key, field }) => {
    const value = fixtureValue(index, field)
    return value === undefined ? [] : [[parseParameterKey(key), parseParameterText(String(value))] as const]
  })
  const metrics = keys.metrics.flatMap(({ key, field, goal }) => {
    const value = fixtureValue(index, field)
    return value === undefined ? [] : [[parseMetricKey(key), metricOf(Number(value), goal ?? 'none')] as const]
  })
  const id = head.id as RunId
  const subject = {
    ...head,
    id,
    name: name ?? undefined,
    branch: branch ?? undefined,
    group: group ?? undefined,
    createdMs: Date.parse(startedAt),
    elapsedMs: elapsedMs ?? undefined,
    models: versions.map(({ model }) => model),
    nowMs: NOW_MS,
    parameters: new Map(parameters),
    metrics: new Map(metrics),
  }
  return { id, isArchived, subject, goals: new Map(metrics.map(([key, { goal }]) => [key, goal])) }
}

function metricOf(value: number, goal: Goal): Metric {
  return { goal, tolerance: 0, summary: singleValue(value, goal) }
}

/** Windows of rows in one order: what does not fit in memory is made when it is asked for. */
function manyCells(size: FixtureSize, query: URLSearchParams): WireRuns {
  const from = Number(query.get('from') ?? 0)
  const columns = fieldsIn(query.get('columns') ?? '')
  const count = Math.min(Number(query.get('count') ?? 100), Math.max(0, size.runs - from))
  const rows = Array.from({ length: count }, (_, at) => ({
    ...fixtureHead(from + at),
    cells: columns.map((field) => {
      const value = fixtureValue(from + at, field)
      return value === undefined ? null : { text: String(value), number: typeof value === 'number' ? value : null }
    }),
  }))
  const keys = query.get('keys') === '0' ? { parameters: [], metrics: [] } : keysOf(size)
  return { total: size.runs, from, columns, rows, keys, best: columns.map(() => null), groups: null }
}

const known = new Map<FixtureSize, WireRuns['keys']>()

function keysOf(size: FixtureSize): WireRuns['keys'] {
  const keys = known.get(size) ?? fixtureKeys(size)
  known.set(size, keys)
  return keys
}
