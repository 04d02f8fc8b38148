/**
 * The tables that SQL is asked of. Their columns are an interface: they are added to and never renamed.
 */
import { instantOf } from '../../base/clock.ts'
import { jsonText } from '../../base/json-text.ts'
import { ulidMs } from '../../base/ulid.ts'
import type { Alias } from '../../domain/alias.ts'
import type { ModelVersion, VersionState } from '../../domain/model-version.ts'
import type { MetricKey } from '../../domain/key.ts'
import type { Metric } from '../../domain/metric.ts'
import type { ParameterValue } from '../../domain/parameter.ts'
import { elapsedMsOf } from '../../domain/run-outline.ts'
import type { NotedRun } from '../branch/read-runs.ts'
import type { RunColumns } from './run-block.ts'

/** A value as SQLite keeps it. */
export type SqlValue = string | number | bigint | null

/** One row of a table, in the order of its columns. */
export type SqlRow = readonly SqlValue[]

/** Columns of each table, and their types. */
export const SQL_TABLES = {
  runs: [
    'id text',
    'experiment text',
    'status text',
    'name text',
    'message text',
    'note text',
    'archived integer',
    'run_group text',
    'parent text',
    'created_at text',
    'started_at text',
    'elapsed_ms integer',
    'code_commit text',
    'code_branch text',
    'environment text',
    'file_count integer',
    'size_bytes integer',
  ],
  params: ['run text', 'key text', 'value', 'type text'],
  metrics: [
    'run text',
    'key text',
    'last real',
    'min real',
    'max real',
    'best real',
    'best_step real',
    'count integer',
    'goal text',
    'tolerance real',
    'unit text',
  ],
  tags: ['run text', 'tag text'],
  versions: [
    'model text',
    'version integer',
    'uid text',
    'run text',
    'created_at text',
    'message text',
    'content_digest text',
    'size_bytes integer',
    'retired integer',
    'retired_reason text',
  ],
  aliases: ['model text', 'alias text', 'version integer', 'at text', 'by text', 'reason text'],
} as const

/** A table by its name. */
export type SqlTable = keyof typeof SQL_TABLES

const NAMES: readonly SqlTable[] = ['runs', 'params', 'metrics', 'tags', 'versions', 'aliases']
const INTEGER_64 = 2n ** 63n

/** Tables that a query may read: those whose name is in it. */
export function tablesIn(sql: string): ReadonlySet<SqlTable> {
  const text = sql.toLowerCase()
  return new Set(NAMES.filter((name) => text.includes(name)))
}

/**
 * Columns of a table that a query may read, by their place: those whose name is in it, and all of them where a star or
 * a natural join may mean any. The others need not be filled.
 */
export function columnsIn(sql: string, table: SqlTable): readonly number[] {
  // Rows are counted without any column.
  const text = sql.toLowerCase().replace(/count\s*\(\s*\*\s*\)/g, 'count')
  const isAny = text.includes('*') || text.includes('natural')
  const places = SQL_TABLES[table].flatMap((column, place) => {
    return isAny || text.includes(column.split(' ')[0] ?? '') ? [place] : []
  })
  // A row must have something in it.
  return places.length === 0 ? [0] : places
}

/** The row of a run in `runs`. */
export function runRow({ run, notes }: NotedRun): SqlRow {
  const { commit, branch } = run.code.kind === 'commit' ? run.code : {}
  return [
    run.id,
    run.experiment,
    run.status,
    notes.name ?? null,
    run.message ?? null,
    notes.note ?? null,
    notes.archived ? 1 : 0,
    run.group ?? null,
    run.parent ?? null,
    instantOf(ulidMs(run.id)),
    run.startedAt,
    elapsedMsOf(run) ?? null,
    commit ?? null,
    branch ?? null,
    run.environment,
    run.files.count,
    run.files.sizeBytes,
  ]
}

/** The rows of some runs in `params`, key by key. */
export function parameterRows({ facts, parameters }: RunColumns): readonly SqlRow[] {
  return [...parameters].flatMap(([key, cells]) => {
    return Array.from(cells.rows, (row, cell): SqlRow => {
      return [facts[row]?.id ?? null, key, ...parameterCells(cells.valueAt(cell))]
    })
  })
}

/** The rows of some runs in `metrics`, key by key. */
export function metricColumnRows({ facts, metrics }: RunColumns): readonly SqlRow[] {
  return [...metrics].flatMap(([key, cells]) => {
    return Array.from(cells.rows, (row, cell) => metricRow(facts[row]?.id ?? '', key, cells.valueAt(cell)))
  })
}

/** The rows of a run in `metrics`. */
export function metricRows({ run }: NotedRun): readonly SqlRow[] {
  return [...run.metrics].map(([key, metric]) => metricRow(run.id, key, metric))
}

function metricRow(run: string, key: MetricKey, { summary, goal, tolerance, unit }: Metric): SqlRow {
  const { last, min, max, best, count } = summary
  return [run, key, last, min, max, best?.value ?? null, best?.step ?? null, count, goal, tolerance, unit ?? null]
}

/** The rows of a run in `tags`. */
export function tagRows({ run, notes }: NotedRun): readonly SqlRow[] {
  return notes.tags.map((tag) => [run.id, tag])
}

/** The row of a version in `versions`. */
export function versionRow(version: ModelVersion, { retired }: VersionState): SqlRow {
  const { model, number, uid, run, createdAt, message, contentDigest, files } = version
  return [
    model,
    number,
    uid,
    run,
    createdAt,
    message ?? null,
    contentDigest,
    files.sizeBytes,
    retired === undefined ? 0 : 1,
    retired?.reason ?? null,
  ]
}

/** The row of an alias in `aliases`. */
export function aliasRow({ model, name, version, at, by, reason }: Alias): SqlRow {
  return [model, name, version.number, at, by, reason ?? null]
}

/** Value and type. Integers beyond 64 bits are their digits; lists are JSON; NaN, which SQL has not, is NULL. */
function parameterCells(value: ParameterValue): readonly [SqlValue, string] {
  if (value === null) return [null, 'null']
  if (typeof value === 'bigint') {
    return [value >= -INTEGER_64 && value < INTEGER_64 ? value : value.toString(), 'integer']
  }
  if (typeof value === 'number') return [value, 'float']
  if (typeof value === 'boolean') return [value ? 1 : 0, 'boolean']
  return typeof value === 'string' ? [value, 'text'] : [jsonText(value), 'list']
}
