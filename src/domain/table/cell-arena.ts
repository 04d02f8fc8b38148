/**
 * Cells that wait for others of their chunk, copied out of the blocks that they were read from: a block whose cells are
 * not held is gone with the next one, and a table of thousands of keys takes no more than a chunk while it is read.
 */
import type { Goal, Metric } from '../metric.ts'
import { singleValue } from '../metric-summary.ts'
import type { ParameterValue } from '../parameter.ts'
import type { ChunkCells } from './table-chunk.ts'
import type { KeyCells, MetricCells } from './value-column.ts'

const LEAST_NUMBERS = 64 * 1024

/** Memory of the cells of one chunk after the other. */
export class CellArena {
  #numbers = new Float64Array(0)
  #used = 0

  /** The same cells, of which those that are numbers lie here; of a lean chunk the last values of metrics alone. */
  settle({ facts, parameters, metrics }: ChunkCells, isLean: boolean): ChunkCells {
    return {
      facts,
      parameters: new Map([...parameters].map(([key, cells]) => [key, this.#parameter(cells)])),
      metrics: new Map([...metrics].map(([key, cells]) => [key, this.#metric(cells, isLean)])),
    }
  }

  /** Begins the next chunk: what was settled before must not be read any more. */
  reset(): void {
    this.#used = 0
  }

  #parameter(cells: KeyCells<ParameterValue>): KeyCells<ParameterValue> {
    if (cells.copyNumbers === undefined) return cells
    const place = this.#place(cells.rows.length)
    cells.copyNumbers(place.numbers, place.at)
    return new SettledParameter(cells.rows, place)
  }

  #metric(cells: MetricCells, isLean: boolean): MetricCells {
    const { rows, goal, isSingle = false } = cells
    if (goal === undefined || !(isSingle || isLean)) return cells
    const place = this.#place(rows.length)
    cells.copyLast(place.numbers, place.at)
    return new SettledMetric(rows, place, { goal, isSingle })
  }

  #place(count: number): Place {
    if (this.#used + count > this.#numbers.length) {
      // Those that were settled keep what they lie in.
      this.#numbers = new Float64Array(Math.max(LEAST_NUMBERS, count, 2 * this.#numbers.length))
      this.#used = 0
    }
    const at = this.#used
    this.#used += count
    return { numbers: this.#numbers, at }
  }
}

/** Where numbers lie. */
interface Place {
  readonly numbers: Float64Array
  readonly at: number
}

class SettledParameter implements KeyCells<ParameterValue> {
  readonly rows: ArrayLike<number>
  readonly #numbers: Float64Array
  readonly #at: number

  constructor(rows: ArrayLike<number>, { numbers, at }: Place) {
    this.rows = rows
    this.#numbers = numbers
    this.#at = at
  }

  valueAt(index: number): number {
    return this.#numbers[this.#at + index] ?? NaN
  }

  copyNumbers(into: Float64Array, from: number): void {
    into.set(this.#numbers.subarray(this.#at, this.#at + this.rows.length), from)
  }
}

class SettledMetric implements MetricCells {
  readonly rows: ArrayLike<number>
  readonly goal: Goal
  readonly isSingle: boolean
  readonly #numbers: Float64Array
  readonly #at: number

  constructor(
    rows: ArrayLike<number>,
    { numbers, at }: Place,
    { goal, isSingle }: { readonly goal: Goal; readonly isSingle: boolean },
  ) {
    this.rows = rows
    this.goal = goal
    this.isSingle = isSingle
    this.#numbers = numbers
    this.#at = at
  }

  copyLast(into: Float64Array, from: number): void {
    into.set(this.#numbers.subarray(this.#at, this.#at + this.rows.length), from)
  }

  goalAt(): Goal {
    return this.goal
  }

  valueAt(index: number): Pick<Metric, 'goal' | 'summary'> {
    if (!this.isSingle) throw new RangeError('a summary of a lean chunk')
    return { goal: this.goal, summary: singleValue(this.#numbers[this.#at + index] ?? NaN, this.goal) }
  }
}
