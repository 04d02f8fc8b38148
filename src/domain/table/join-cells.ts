/**
 * Several small chunks as one: columns of a few dozen rows take more room than their values.
 */
import type { ChunkCells } from './table-chunk.ts'
import type { KeyCells, MetricCells } from './value-column.ts'

/** The cells of chunks, one behind another. */
export function joinCells(chunks: readonly ChunkCells[]): ChunkCells {
  const [only, second] = chunks
  if (only !== undefined && second === undefined) return only
  return {
    facts: chunks.flatMap(({ facts }) => facts),
    parameters: joinColumns(chunks, ({ parameters }) => parameters, joined),
    metrics: joinColumns(chunks, ({ metrics }) => metrics, joinedMetrics),
  }
}

interface Part<Cells> {
  /** Rows before it. */
  readonly before: number
  /** Rows that it has, with the key or without. */
  readonly size: number
  readonly cells: Cells
}

function joinColumns<Key, Cells>(
  chunks: readonly ChunkCells[],
  columnsOf: (chunk: ChunkCells) => ReadonlyMap<Key, Cells>,
  join: (parts: readonly Part<Cells>[]) => Cells,
): ReadonlyMap<Key, Cells> {
  const found = new Map<Key, Part<Cells>[]>()
  let before = 0
  for (const chunk of chunks) {
    for (const [key, cells] of columnsOf(chunk)) {
      const parts = found.get(key)
      const part = { before, size: chunk.facts.length, cells }
      if (parts === undefined) found.set(key, [part])
      else parts.push(part)
    }
    before += chunk.facts.length
  }
  return new Map([...found].map(([key, parts]) => [key, join(parts)]))
}

function joined<Value>(parts: readonly Part<KeyCells<Value>>[]): KeyCells<Value> {
  const place = placesIn(parts)
  const isNumbers = parts.every(({ cells }) => cells.copyNumbers !== undefined)
  return {
    rows: rowsOf(parts),
    valueAt: (index) => place.at(index).valueAt(place.within(index)),
    ...(isNumbers ? { copyNumbers: copier(parts, (cells, into, from) => cells.copyNumbers?.(into, from)) } : undefined),
  }
}

function joinedMetrics(parts: readonly Part<MetricCells>[]): MetricCells {
  const place = placesIn(parts)
  return {
    rows: rowsOf(parts),
    valueAt: (index) => place.at(index).valueAt(place.within(index)),
    copyLast: copier(parts, (cells, into, from) => cells.copyLast(into, from)),
    goalAt: (index) => place.at(index).goalAt(place.within(index)),
    goal: parts.every(({ cells }) => cells.goal === parts[0]?.cells.goal) ? parts[0]?.cells.goal : undefined,
    isSingle: parts.every(({ cells }) => cells.isSingle === true),
  }
}

/** Copies what each part has, one behind the other. */
function copier<Cells extends { readonly rows: ArrayLike<number> }>(
  parts: readonly Part<Cells>[],
  copy: (cells: Cells, into: Float64Array, from: number) => void,
): (into: Float64Array, from: number) => void {
  return (into, from) => {
    let next = from
    for (const { cells } of parts) {
      copy(cells, into, next)
      next += cells.rows.length
    }
  }
}

function rowsOf(parts: readonly Part<{ readonly rows: ArrayLike<number> }>[]): Uint16Array {
  let count = 0
  for (const { cells } of parts) count += cells.rows.length
  if (isEveryRow(parts)) return firstRows(count)
  const rows = new Uint16Array(count)
  let filled = 0
  for (const { before, cells } of parts) {
    for (let index = 0; index < cells.rows.length; index += 1) rows[filled + index] = before + (cells.rows[index] ?? 0)
    filled += cells.rows.length
  }
  return rows
}

/** Whether parts have every row up to the last of them. */
function isEveryRow(parts: readonly Part<{ readonly rows: ArrayLike<number> }>[]): boolean {
  let next = 0
  for (const { before, size, cells } of parts) {
    if (before !== next || cells.rows.length !== size) return false
    next += size
  }
  return true
}

let first = new Uint16Array(0)

/** The numbers of the first rows: most keys of a table of thousands have all of them, and share this. */
function firstRows(count: number): Uint16Array {
  if (first.length < count) first = Uint16Array.from({ length: count }, (_, row) => row)
  return first.subarray(0, count)
}

interface Places<Cells> {
  /** The part that has a place. */
  readonly at: (index: number) => Cells
  /** The place in the part that was told last. */
  readonly within: (index: number) => number
}

/** Places are asked for in their order, so that the part of one is that of the last one or the next. */
function placesIn<Cells extends { readonly rows: ArrayLike<number> }>(parts: readonly Part<Cells>[]): Places<Cells> {
  const starts: number[] = []
  let filled = 0
  for (const { cells } of parts) {
    starts.push(filled)
    filled += cells.rows.length
  }
  let part = 0
  let [start, end] = [0, starts[1] ?? Infinity]
  return {
    at: (index) => {
      if (index < start) [part, start, end] = [0, 0, starts[1] ?? Infinity]
      while (index >= end) {
        part += 1
        ;[start, end] = [starts[part] ?? 0, starts[part + 1] ?? Infinity]
      }
      const found = parts[part]
      if (found === undefined) throw new RangeError('a place beyond the end of a column')
      return found.cells
    },
    within: (index) => index - start,
  }
}
