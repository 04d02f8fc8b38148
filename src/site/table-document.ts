/**
 * All runs of a site in one document, column by column: what the table is filtered, sorted and drawn from.
 *
 * Law: what is read back is what was written, each value with its type and every bit.
 */
import { sortedEntries } from '../base/order.ts'
import type { Scalar } from '../base/value.ts'
import type { MetricKey, ParameterKey } from '../domain/key.ts'
import type { Goal, Metric, Summary } from '../domain/metric.ts'
import type { ParameterValue } from '../domain/parameter.ts'
import type { RunId } from '../domain/run.ts'
import type { WireRunHead } from '../server/wire.ts'
import { packColumn, packNumber, packRising, unpackColumn, unpackNumber, unpackRising } from './packed-column.ts'
import type { Json, PackedColumn } from './packed-column.ts'

/** One run of the table. */
export interface SiteRun {
  readonly head: WireRunHead
  /** A number that it shares with runs which are alike in all but the seed; `null` where there are none. */
  readonly likeness: number | null
  /** The run that it does again; `null` for any other. */
  readonly rerunOf: RunId | null
  readonly parameters: ReadonlyMap<ParameterKey, ParameterValue>
  readonly metrics: ReadonlyMap<MetricKey, Metric>
}

/** The document. */
export interface TableDocument {
  readonly heads: { readonly [member: string]: PackedColumn }
  readonly likeness: PackedColumn
  readonly rerunOf: PackedColumn
  readonly parameters: readonly ParameterColumn[]
  readonly metrics: readonly MetricColumn[]
}

interface ParameterColumn {
  readonly key: string
  /** Which runs have it, packed by `packRising`; absent when all do. */
  readonly runs?: readonly number[]
  readonly type: 'integer' | 'float' | 'plain' | 'mixed'
  readonly values: PackedColumn
}

interface MetricColumn {
  readonly key: string
  readonly runs?: readonly number[]
  readonly rules: PackedColumn
  readonly last: PackedColumn
  /** Absent when they are the last value everywhere. */
  readonly min?: PackedColumn
  readonly max?: PackedColumn
  readonly best?: PackedColumn
  /** Steps of the best values, `null` for none. */
  readonly bestStep: PackedColumn
  readonly count: PackedColumn
}

const HEAD_MEMBERS = {
  id: true,
  name: true,
  experiment: true,
  status: true,
  startedAt: true,
  elapsedMs: true,
  message: true,
  tags: true,
  group: true,
  branch: true,
  commit: true,
  isDirty: true,
  isArchived: true,
  versions: true,
} as const satisfies Record<keyof WireRunHead, true>

/** Writes runs as a document; their order is kept. */
export function encodeTable(runs: readonly SiteRun[]): TableDocument {
  const members = Object.keys(HEAD_MEMBERS) as (keyof WireRunHead)[]
  return {
    heads: Object.fromEntries(
      members.map((member) => [member, packColumn(runs.map(({ head }) => head[member] as Json))]),
    ),
    likeness: packColumn(runs.map(({ likeness }) => likeness)),
    rerunOf: packColumn(runs.map(({ rerunOf }) => rerunOf)),
    parameters: keyed(runs.map(({ parameters }) => parameters)).map(([key, cells]) => {
      return { key, ...runsOf(cells.at, runs.length), ...parameterValues(cells.values) }
    }),
    metrics: keyed(runs.map(({ metrics }) => metrics)).map(([key, cells]) => {
      return { key, ...runsOf(cells.at, runs.length), ...metricValues(cells.values) }
    }),
  }
}

/** Reads the runs of a document. */
export function decodeTable({ heads, likeness, rerunOf, parameters, metrics }: TableDocument): readonly SiteRun[] {
  const [alike, originals] = [unpackColumn(likeness), unpackColumn(rerunOf)]
  const columns = Object.entries(heads).map(([member, column]) => [member, unpackColumn(column)] as const)
  const ids = columns.find(([member]) => member === 'id')?.[1] ?? []
  const runs = ids.map((_, index) => ({
    head: Object.fromEntries(
      columns.map(([member, values]) => [member, values[index] ?? null]),
    ) as unknown as WireRunHead,
    likeness: (alike[index] ?? null) as number | null,
    rerunOf: (originals[index] ?? null) as RunId | null,
    parameters: new Map<ParameterKey, ParameterValue>(),
    metrics: new Map<MetricKey, Metric>(),
  }))
  for (const { key, runs: at, type, values } of parameters) {
    const read = parameterReader(type)
    place(unpackColumn(values), at, (run, value) => runs[run]?.parameters.set(key as ParameterKey, read(value)))
  }
  for (const column of metrics) {
    const found = readMetrics(column)
    place(found, column.runs, (run, metric) => runs[run]?.metrics.set(column.key as MetricKey, metric))
  }
  return runs
}

interface Cells<Item> {
  readonly at: number[]
  readonly values: Item[]
}

function keyed<Key extends string, Item>(
  maps: readonly ReadonlyMap<Key, Item>[],
): readonly (readonly [Key, Cells<Item>])[] {
  const found = new Map<Key, Cells<Item>>()
  for (const [run, map] of maps.entries()) {
    for (const [key, value] of map) {
      const cells = found.get(key) ?? { at: [], values: [] }
      if (cells.at.length === 0) found.set(key, cells)
      cells.at.push(run)
      cells.values.push(value)
    }
  }
  return sortedEntries(found)
}

function runsOf(at: readonly number[], all: number): { readonly runs?: readonly number[] } {
  return at.length === all ? {} : { runs: packRising(at) }
}

function place<Item>(
  values: readonly Item[],
  runs: readonly number[] | undefined,
  set: (run: number, value: Item) => void,
): void {
  const at = runs === undefined ? undefined : unpackRising(runs)
  for (const [index, value] of values.entries()) set(at?.[index] ?? index, value)
}

function parameterValues(values: readonly ParameterValue[]): Pick<ParameterColumn, 'type' | 'values'> {
  if (values.every((value) => typeof value === 'number')) {
    return { type: 'float', values: packColumn(values.map(packNumber)) }
  }
  if (values.every((value) => typeof value === 'bigint' && Number.isSafeInteger(Number(value)))) {
    return { type: 'integer', values: packColumn(values.map(Number)) }
  }
  if (values.every((value) => typeof value === 'string' || typeof value === 'boolean')) {
    return { type: 'plain', values: packColumn(values) }
  }
  return { type: 'mixed', values: packColumn(values.map(packValue)) }
}

function parameterReader(type: ParameterColumn['type']): (value: Json) => ParameterValue {
  switch (type) {
    case 'float':
      return unpackNumber
    case 'integer':
      return (value) => BigInt(Number(value))
    case 'plain':
      return (value) => value as string | boolean
    case 'mixed':
      return unpackValue
  }
}

/** A list is an object, a float a list of one, an integer a text in a list; all else is itself. */
function packValue(value: ParameterValue): Json {
  if (typeof value === 'object' && value !== null) return { list: value.map(packValue) }
  if (typeof value === 'number') return [packNumber(value), 'float']
  return typeof value === 'bigint' ? [String(value), 'integer'] : value
}

function unpackValue(value: Json): ParameterValue {
  if (typeof value !== 'object' || value === null) return value
  if (isList(value)) {
    const [text, type] = value as readonly [string, 'integer' | 'float']
    return type === 'integer' ? BigInt(text) : unpackNumber(text)
  }
  return (value['list'] as readonly Json[]).map((item) => unpackValue(item) as Scalar)
}

function isList(value: Json): value is readonly Json[] {
  return Array.isArray(value)
}

function metricValues(metrics: readonly Metric[]): Omit<MetricColumn, 'key' | 'runs'> {
  const numbers = (pick: (summary: Summary) => number): readonly Json[] => {
    return metrics.map(({ summary }) => packNumber(pick(summary)))
  }
  const last = numbers((summary) => summary.last)
  const unless = (values: readonly Json[]): PackedColumn | undefined => {
    return values.every((value, index) => value === last[index]) ? undefined : packColumn(values)
  }
  const [min, max] = [unless(numbers((summary) => summary.min)), unless(numbers((summary) => summary.max))]
  const best = unless(
    metrics.map(({ summary }) => (summary.best === undefined ? null : packNumber(summary.best.value))),
  )
  return {
    rules: packColumn(metrics.map(({ goal, tolerance, unit }) => [goal, tolerance, unit ?? null])),
    last: packColumn(last),
    ...(min === undefined ? {} : { min }),
    ...(max === undefined ? {} : { max }),
    ...(best === undefined ? {} : { best }),
    bestStep: packColumn(metrics.map(({ summary }) => summary.best?.step ?? null)),
    count: packColumn(metrics.map(({ summary }) => summary.count)),
  }
}

function readMetrics(column: MetricColumn): readonly Metric[] {
  const last = unpackColumn(column.last)
  const [min, max, best] = [column.min, column.max, column.best].map((each) => {
    return each === undefined ? last : unpackColumn(each)
  })
  const [rules, steps, counts] = [column.rules, column.bestStep, column.count].map(unpackColumn)
  return last.map((value, index): Metric => {
    const [goal, tolerance, unit] = (rules?.[index] ?? []) as readonly [Goal, number, string | null]
    const [bestValue, step] = [best?.[index] ?? null, steps?.[index] ?? null]
    return {
      goal,
      tolerance,
      ...(unit === null ? {} : { unit }),
      summary: {
        last: unpackNumber(value),
        min: unpackNumber(min?.[index]),
        max: unpackNumber(max?.[index]),
        ...(bestValue === null
          ? {}
          : { best: { value: unpackNumber(bestValue), ...(step === null ? {} : { step: Number(step) }) } }),
        count: Number(counts?.[index]),
      },
    }
  })
}
