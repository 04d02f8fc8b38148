/**
 * The way from point to point of a chart by keys.
 */
import { nearestIndex } from './chart-data.ts'
import type { ChartData, LinePlace } from './chart-data.ts'

/** A point the keys are at. */
export interface WalkedPoint {
  /** Which line, by the id of its run. */
  readonly run: string
  /** Which place along x. */
  readonly index: number
  readonly x: number
  readonly value: number
}

const FAST = 10

/**
 * The point that a key leads to: left and right along a line, ten at once with Shift, Home and End to its ends, up and
 * down to the line above and below. `undefined` for other keys, and where there is nothing.
 */
export function walkedPoint(
  data: ChartData,
  at: WalkedPoint | undefined,
  { key, shiftKey }: Pick<KeyboardEvent, 'key' | 'shiftKey'>,
): WalkedPoint | undefined {
  const step = { ArrowLeft: -1, ArrowRight: 1 }[key]
  const up = { ArrowUp: 1, ArrowDown: -1 }[key]
  const end = { Home: -1, End: 1 }[key]
  if (step === undefined && up === undefined && end === undefined) return undefined
  const place = data.places.find(({ run }) => run.id === at?.run) ?? data.places[0]
  if (place === undefined) return undefined
  if (at === undefined) return pointOf(data, place, key === 'ArrowLeft' || key === 'End' ? 'last' : 'first')
  if (end !== undefined) return pointOf(data, place, end < 0 ? 'first' : 'last')
  if (up !== undefined) return beside(data, at, up)
  return along(data, place, at, (step ?? 1) * (shiftKey ? FAST : 1))
}

function along(data: ChartData, place: LinePlace, at: WalkedPoint, by: number): WalkedPoint {
  const indices = indicesOf(data, place)
  const here = indices.indexOf(at.index)
  const next = indices[Math.min(indices.length - 1, Math.max(0, here + by))]
  return (next === undefined ? undefined : pointAt(data, place, next)) ?? at
}

/** The next value above or below at the same place along x, among the lines that have one near. */
function beside(data: ChartData, at: WalkedPoint, up: number): WalkedPoint {
  const others = data.places.flatMap((place): readonly WalkedPoint[] => {
    const index = nearestIndex(columnOf(data, place), at.index, data.seen)
    const point = index === undefined ? undefined : pointAt(data, place, index)
    return point === undefined || point.run === at.run || (point.value - at.value) * up < 0 ? [] : [point]
  })
  others.sort((left, right) => Math.abs(left.value - at.value) - Math.abs(right.value - at.value))
  return others[0] ?? at
}

function pointOf(data: ChartData, place: LinePlace, end: 'first' | 'last'): WalkedPoint | undefined {
  const index = indicesOf(data, place).at(end === 'first' ? 0 : -1)
  return index === undefined ? undefined : pointAt(data, place, index)
}

function pointAt(data: ChartData, place: LinePlace, index: number): WalkedPoint | undefined {
  const [x, value] = [data.columns[0]?.[index] ?? null, columnOf(data, place)[index] ?? null]
  return x === null || value === null ? undefined : { run: place.run.id, index, x, value }
}

function indicesOf(data: ChartData, place: LinePlace): readonly number[] {
  const [start, end] = data.seen
  return columnOf(data, place).flatMap((value, at) => (value === null || at < start || at >= end ? [] : [at]))
}

/** What is drawn strongest of a line. */
function columnOf(data: ChartData, place: LinePlace): readonly (number | null)[] {
  return data.columns[place.smooth ?? place.raw] ?? []
}
