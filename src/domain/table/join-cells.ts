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
      if (parts === undefined) found.set(key, [{ before, cells }])
      else parts.push({ before, cells })
    }
    before += chunk.facts.length
  }
  return new Map([...found].map(([key, parts]) => [key, join(parts)]))
}

function joined<Value>(parts: readonly Part<KeyCells<Value>>[]): KeyCells<Value> {
  const place = placesIn(parts)
  return { rows: rowsOf(parts), valueAt: (index) => place.at(index).valueAt(place.within(index)) }
}

function joinedMetrics(parts: readonly Part<MetricCells>[]): MetricCells {
  const place = placesIn(parts)
  return {
    rows: rowsOf(parts),
    valueAt: (index) => place.at(index).valueAt(place.within(index)),
    lastAt: (index) => place.at(index).lastAt(place.within(index)),
    goalAt: (index) => place.at(index).goalAt(place.within(index)),
  }
}

function rowsOf(parts: readonly Part<{ readonly rows: ArrayLike<number> }>[]): Uint16Array {
  const rows = new Uint16Array(parts.reduce((sum, { cells }) => sum + cells.rows.length, 0))
  let filled = 0
  for (const { before, cells } of parts) {
    for (let index = 0; index < cells.rows.length; index += 1) rows[filled + index] = before + (cells.rows[index] ?? 0)
    filled += cells.rows.length
  }
  return rows
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
