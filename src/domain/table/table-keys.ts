/**
 * The keys that chosen runs have: how many have each, and whether they differ in it.
 */
import { compareText } from '../../base/order.ts'
import { isSystemMetric } from '../key.ts'
import type { MetricKey } from '../key.ts'
import type { Goal } from '../metric.ts'
import type { ParameterValue } from '../parameter.ts'
import { isOneNumber, numberAt } from './packed-numbers.ts'
import { bitAt, countBits, countChosen } from './row-set.ts'
import type { RowSet } from './row-set.ts'
import { isSameValue } from './table-cell.ts'
import type { TableChunk } from './table-chunk.ts'
import { goalAt, isOneParameter, parameterAt } from './value-column.ts'
import type { MetricColumn, ParameterColumn } from './value-column.ts'

/** A key that some of the chosen runs have. */
export interface TableKey {
  readonly key: string
  /** The field of the filter grammar that names it, quoted where it must be: `metric."val/loss"`. */
  readonly field: string
  /** How many of the chosen runs have it. */
  readonly runs: number
  /** Not all of them have the same value of it. */
  readonly varies: boolean
  /** Of a metric: the goal most of the runs declare; `null` for a parameter. */
  readonly goal: Goal | null
}

/** Keys of the chosen runs: the most used first, then by name; those of the machine last. */
export interface TableKeys {
  readonly parameters: readonly TableKey[]
  readonly metrics: readonly TableKey[]
}

/** The keys of the rows whose bits are set, chunk by chunk. */
export function keysOf(chunks: readonly TableChunk[], bits: readonly Uint32Array[]): TableKeys {
  const counts = bits.map(countBits)
  const total = counts.reduce((sum, count) => sum + count, 0)
  const parameters = collected(chunks, ({ parameters: columns }) => columns)
  const metrics = collected(chunks, ({ metrics: columns }) => columns)
  const parts = bits.map((chosen, index) => ({ chosen, count: counts[index] ?? 0 }))
  return {
    parameters: listed('param', parameters, total, (columns) => parameterKey(columns, parts)),
    metrics: listed('metric', metrics, total, (columns) => metricKey(columns, parts)),
  }
}

/** The goal most of the chosen runs declare for a metric; `none` when none has it. */
export function goalOf(chunks: readonly TableChunk[], bits: readonly Uint32Array[], key: MetricKey): Goal {
  const columns = chunks.map(({ metrics }) => metrics.get(key))
  const goals = new Map<Goal, number>()
  for (const [index, chosen] of bits.entries()) {
    const column = columns[index]
    if (column !== undefined) addGoals(goals, column, { chosen, count: countBits(chosen) })
  }
  return mostDeclared(goals)
}

/** The field that names a key, quoted where it must be. */
export function fieldText(kind: 'param' | 'metric', key: string): string {
  const isPlain = /^[\w-]+(?:\.[\w-]+)*$/.test(key) && !/\.(?:last|min|max|best|count)$/.test(key)
  return isPlain ? `${kind}.${key}` : `${kind}."${key.replace(/["\\]/g, '\\$&')}"`
}

/** The chosen rows of one chunk. */
interface Part {
  readonly chosen: Uint32Array
  readonly count: number
}

interface Found {
  readonly runs: number
  readonly isSame: boolean
  readonly goal: Goal | null
}

/** The columns of each key, one a chunk. */
function collected<Key, Column>(
  chunks: readonly TableChunk[],
  columnsOf: (chunk: TableChunk) => ReadonlyMap<Key, Column>,
): ReadonlyMap<Key, readonly (Column | undefined)[]> {
  const found = new Map<Key, (Column | undefined)[]>()
  for (const [index, chunk] of chunks.entries()) {
    for (const [key, column] of columnsOf(chunk)) {
      const known = found.get(key) ?? []
      known[index] = column
      found.set(key, known)
    }
  }
  return found
}

function listed<Key extends string, Column>(
  kind: 'param' | 'metric',
  columns: ReadonlyMap<Key, readonly (Column | undefined)[]>,
  total: number,
  find: (columns: readonly (Column | undefined)[]) => Found,
): readonly TableKey[] {
  const keys: TableKey[] = []
  for (const [key, each] of columns) {
    const { runs, isSame, goal } = find(each)
    if (runs > 0) keys.push({ key, field: fieldText(kind, key), runs, varies: !isSame || runs < total, goal })
  }
  const isSystem = (key: string): boolean => kind === 'metric' && isSystemMetric(key as MetricKey)
  return keys.sort((left, right) => {
    const order = Number(isSystem(left.key)) - Number(isSystem(right.key)) || right.runs - left.runs
    return order || compareText(left.key, right.key)
  })
}

function parameterKey(columns: readonly (ParameterColumn | undefined)[], parts: readonly Part[]): Found {
  const same = new SameSoFar()
  let runs = 0
  for (const [index, part] of parts.entries()) {
    const column = columns[index]
    const count = column === undefined ? 0 : countChosen(column.rows, part.chosen, part.count)
    if (column === undefined || count === 0) continue
    runs += count
    same.lookAt(column.rows, part, isOneParameter(column), (place) => parameterAt(column, place) ?? null)
  }
  return { runs, isSame: same.isSame, goal: null }
}

function metricKey(columns: readonly (MetricColumn | undefined)[], parts: readonly Part[]): Found {
  const same = new SameSoFar()
  const goals = new Map<Goal, number>()
  let runs = 0
  for (const [index, part] of parts.entries()) {
    const column = columns[index]
    const count = column === undefined ? 0 : addGoals(goals, column, part)
    if (column === undefined || count === 0) continue
    runs += count
    same.lookAt(column.rows, part, isOneNumber(column.last), (place) => numberAt(column.last, place))
  }
  return { runs, isSame: same.isSame, goal: mostDeclared(goals) }
}

/** Counts the goals of the chosen rows of a column; how many they are. */
function addGoals(goals: Map<Goal, number>, column: MetricColumn, part: Part): number {
  const count = countChosen(column.rows, part.chosen, part.count)
  const [first = 'none'] = column.goals
  if (column.goals.length === 1) goals.set(first, (goals.get(first) ?? 0) + count)
  else {
    eachChosen(column.rows, part, (place) => {
      const goal = goalAt(column, place)
      goals.set(goal, (goals.get(goal) ?? 0) + 1)
      return true
    })
  }
  return count
}

function mostDeclared(goals: ReadonlyMap<Goal, number>): Goal {
  const [most] = [...goals].sort(([left, times], [right, others]) => others - times || compareText(left, right))
  return most === undefined || most[1] === 0 ? 'none' : most[0]
}

/** Whether all values that were looked at are the same; it looks no further once two differ. */
class SameSoFar {
  isSame = true
  #first: ParameterValue | undefined

  lookAt(rows: RowSet, part: Part, isOne: boolean, valueAt: (place: number) => ParameterValue): void {
    if (!this.isSame) return
    eachChosen(rows, part, (place) => {
      const value = valueAt(place)
      if (this.#first === undefined) this.#first = value
      else this.isSame = isSameValue(this.#first, value)
      // Of a column that holds one value only, one look is enough.
      return this.isSame && !isOne
    })
  }
}

/** Places of the chosen rows of a column, until told to stop. */
function eachChosen({ rows, count }: RowSet, { chosen }: Part, goOn: (place: number) => boolean): void {
  for (let place = 0; place < count; place += 1) {
    if (bitAt(chosen, rows === undefined ? place : (rows[place] ?? 0)) && !goOn(place)) return
  }
}
