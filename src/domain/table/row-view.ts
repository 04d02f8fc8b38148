/**
 * One row of the table after another, as filters and cells see a run: no run is made, and nothing is read that is not
 * asked for.
 */
import type { FilterSubject, FilterValues, SummaryValues } from '../filter.ts'
import type { MetricKey, ParameterKey } from '../key.ts'
import type { ParameterValue } from '../parameter.ts'
import type { RunId } from '../run.ts'
import { numberAt } from './packed-numbers.ts'
import { chunkOfRow, placeInSet, placeOfRow } from './row-set.ts'
import type { TableChunk, TableFacts } from './table-chunk.ts'
import { parameterAt, partAt } from './value-column.ts'
import type { MetricColumn } from './value-column.ts'

/** Where rows are. */
export interface TableRows {
  readonly chunks: readonly TableChunk[]
}

/** A row, until it is moved to another. */
export class RowView implements FilterSubject {
  readonly nowMs: number
  readonly parameters: FilterValues<ParameterKey, ParameterValue>
  readonly metrics: FilterValues<MetricKey, { readonly summary: SummaryValues }>
  readonly #chunks: readonly TableChunk[]
  readonly #summary = new SummaryView()
  #chunk: TableChunk | undefined
  #facts: TableFacts | undefined
  #row = 0

  /** `nowMs` is what `-7d` counts back from. */
  constructor({ chunks }: TableRows, nowMs: number) {
    this.#chunks = chunks
    this.nowMs = nowMs
    this.parameters = { get: (key) => this.#parameter(key) }
    this.metrics = { get: (key) => this.#metric(key) }
  }

  /** Moves to a row. */
  at(row: number): this {
    this.#chunk = this.#chunks[chunkOfRow(row)]
    this.#row = placeOfRow(row)
    this.#facts = this.#chunk?.facts[this.#row]
    return this
  }

  /** The row but for its values. */
  get facts(): TableFacts {
    if (this.#facts === undefined) throw new RangeError('no such row')
    return this.#facts
  }

  get id(): RunId {
    return this.facts.id
  }

  get status(): string {
    return this.facts.status
  }

  get experiment(): string {
    return this.facts.experiment
  }

  get name(): string | undefined {
    return this.facts.name
  }

  get branch(): string | undefined {
    return this.facts.branch
  }

  get group(): string | undefined {
    return this.facts.group
  }

  get createdMs(): number {
    return this.facts.createdMs
  }

  get elapsedMs(): number | undefined {
    return this.facts.elapsedMs
  }

  get tags(): readonly string[] {
    return this.facts.tags
  }

  get models(): readonly string[] {
    return this.facts.models
  }

  #parameter(key: ParameterKey): ParameterValue | undefined {
    const column = this.#chunk?.parameters.get(key)
    const place = column === undefined ? -1 : placeInSet(column.rows, this.#row)
    return column === undefined || place === -1 ? undefined : parameterAt(column, place)
  }

  #metric(key: MetricKey): { readonly summary: SummaryValues } | undefined {
    const column = this.#chunk?.metrics.get(key)
    const place = column === undefined ? -1 : placeInSet(column.rows, this.#row)
    return column === undefined || place === -1 ? undefined : this.#summary.at(column, place)
  }
}

/** The summary of a metric of a row, until it is moved to another. */
class SummaryView implements SummaryValues {
  #column: MetricColumn | undefined
  #place = 0

  at(column: MetricColumn, place: number): this {
    this.#column = column
    this.#place = place
    return this
  }

  get summary(): SummaryValues {
    return this
  }

  get last(): number {
    return this.#column === undefined ? NaN : numberAt(this.#column.last, this.#place)
  }

  get min(): number {
    return this.#part('min') ?? NaN
  }

  get max(): number {
    return this.#part('max') ?? NaN
  }

  get count(): number {
    return this.#part('count') ?? 0
  }

  get best(): { readonly value: number } | undefined {
    const value = this.#part('best')
    return value === undefined ? undefined : { value }
  }

  #part(part: 'min' | 'max' | 'count' | 'best'): number | undefined {
    return this.#column === undefined ? undefined : partAt(this.#column, this.#place, part)
  }
}
