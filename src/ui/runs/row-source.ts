/**
 * The rows of the table as they are needed: pages of rows, and of each page only the columns in sight.
 */
import { batch, signal } from '@preact/signals'
import type { WireCell, WireRunHead, WireRuns } from '../../server/wire.ts'
import { api } from '../base/api.ts'
import type { Refusal } from '../base/api.ts'
import { refusalOf } from '../base/answer.tsx'
import type { Range } from '../table/visible-range.ts'
import { known } from './runs-state.ts'

const PAGE = 100
const COLUMNS_AT_ONCE = 24
const ALL_AT_ONCE = 1000

/** Which runs, in which order. */
export interface Selection {
  readonly filter: string
  /** One field of the grammar, a leading `-` for descending; the newest first when empty. */
  readonly sort: string
}

/** Rows that are brought when they come into sight. One at a time is on the screen. */
export class RowSource {
  /** How many match; `undefined` until the server told. */
  readonly total = signal<number | undefined>(undefined)
  readonly refusal = signal<Refusal | undefined>(undefined)
  /** Counts what arrived, so that those who read the rows are drawn again. */
  readonly arrived = signal(0)
  #selection: Selection = { filter: '', sort: '' }
  #heads: (WireRunHead | undefined)[] = []
  #cells = new Map<string, (WireCell | null | undefined)[]>()
  #asked = new Set<string>()
  #stop = new AbortController()

  /** Asks for other runs, with the fields that will be in sight. What is shown stays until the first answer. */
  select(selection: Selection, fields: readonly string[]): void {
    this.#selection = selection
    this.#start()
    void this.#bring(0, fields.slice(0, COLUMNS_AT_ONCE), 'anew')
  }

  /** Asks anew for the rows in sight, which stay as they are until the answer is there. */
  refresh(): void {
    this.#start()
    void this.#bring(0, [], 'first')
  }

  /** The run of a row; `undefined` while it is on its way. */
  head(row: number): WireRunHead | undefined {
    return this.#heads[row]
  }

  /** A cell; `null` for none, `undefined` while it is on its way. */
  cell(row: number, field: string): WireCell | null | undefined {
    return this.#cells.get(field)?.[row]
  }

  /** The rows that are here, by their place. */
  loaded(): readonly (readonly [number, WireRunHead])[] {
    return this.#heads.flatMap((head, row) => (head === undefined ? [] : [[row, head] as const]))
  }

  /** Brings what is not here yet of some rows and fields. */
  want(rows: Range, fields: readonly string[]): void {
    const last = Math.max(rows.from, rows.until - 1)
    for (let page = Math.floor(rows.from / PAGE); page <= Math.floor(last / PAGE); page += 1) {
      const missing = fields.filter((field) => !this.#asked.has(`${page} ${field}`))
      for (let at = 0; at < missing.length; at += COLUMNS_AT_ONCE) {
        void this.#bring(page, missing.slice(at, at + COLUMNS_AT_ONCE))
      }
      if (missing.length === 0 && !this.#asked.has(`${page}`)) void this.#bring(page, [])
    }
  }

  #start(): void {
    this.#stop.abort()
    this.#stop = new AbortController()
    this.#asked = new Set()
  }

  async #bring(page: number, fields: readonly string[], order: 'anew' | 'first' | 'more' = 'more'): Promise<void> {
    const stop = this.#stop
    this.#asked.add(`${page}`)
    for (const field of fields) this.#asked.add(`${page} ${field}`)
    try {
      const question = { ...this.#selection, columns: fields, from: page * PAGE, count: PAGE }
      const answer = await api.runs(question, stop.signal)
      if (!stop.signal.aborted) this.#take(answer, order)
    } catch (error) {
      if (!stop.signal.aborted) this.refusal.value = refusalOf(error)
    }
  }

  #take(answer: WireRuns, order: 'anew' | 'first' | 'more'): void {
    if (order === 'anew') {
      this.#heads = []
      this.#cells = new Map()
    }
    this.#heads.length = Math.min(this.#heads.length, answer.total)
    const columns = answer.columns.map((field) => this.#column(field))
    answer.rows.forEach((row, index) => {
      this.#heads[answer.from + index] = row
      columns.forEach((cells, column) => (cells[answer.from + index] = row.cells[column] ?? null))
    })
    batch(() => {
      this.total.value = answer.total
      this.refusal.value = undefined
      if (order !== 'more') known.value = answer.keys
      this.arrived.value += 1
    })
  }

  #column(field: string): (WireCell | null | undefined)[] {
    const present = this.#cells.get(field) ?? []
    this.#cells.set(field, present)
    return present
  }
}

/** One run with the cells that were asked for, by field. */
export interface FullRow {
  readonly head: WireRunHead
  readonly cells: ReadonlyMap<string, WireCell | null>
}

/** Every run that matches, up to a bound, with some fields: for what needs all of them, such as groups. */
export async function allRows(
  selection: Selection,
  fields: readonly string[],
  bound: number,
  stop?: AbortSignal,
): Promise<readonly FullRow[]> {
  const rows: FullRow[] = []
  for (let from = 0; from < bound; from += ALL_AT_ONCE) {
    const count = Math.min(ALL_AT_ONCE, bound - from)
    const answer = await api.runs({ ...selection, columns: fields, from, count }, stop)
    for (const head of answer.rows) {
      rows.push({ head, cells: new Map(answer.columns.map((field, index) => [field, head.cells[index] ?? null])) })
    }
    if (rows.length >= answer.total || answer.rows.length === 0) break
  }
  return rows
}
