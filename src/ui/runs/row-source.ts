/**
 * The rows of the table as they are needed: pages of rows, and of each page only the columns in sight.
 */
import { batch, signal } from '@preact/signals'
import type { WireCell, WireGroup, WireGroupCell, WireRunHead, WireRuns } from '../../server/wire.ts'
import { api } from '../base/api.ts'
import type { Refusal } from '../base/api.ts'
import { refusalOf } from '../base/answer.tsx'
import { numberOf } from '../base/wire-value.ts'
import type { Range } from '../table/visible-range.ts'
import { isTagged, known } from './runs-state.ts'

const PAGE = 100
const COLUMNS_AT_ONCE = 24

/** Which runs, in which order. */
export interface Selection {
  readonly filter: string
  /** Fields of the grammar with commas between them, a leading `-` for descending; the newest first when empty. */
  readonly sort: string
  /** The field that runs are grouped by; rows are groups then. Empty for none. */
  readonly group: string
  /** The key of a group: its runs, and not the groups. Empty for none. */
  readonly member: string
}

const EVERY_RUN: Selection = { filter: '', sort: '', group: '', member: '' }

/** A group but for its cells. */
export type GroupHead = Omit<WireGroup, 'cells'>

/** Rows that are brought when they come into sight. */
export class RowSource {
  /** How many runs match; `undefined` until the server told. */
  readonly total = signal<number | undefined>(undefined)
  /** How many rows there are: runs, or groups of them. */
  readonly count = signal(0)
  readonly refusal = signal<Refusal | undefined>(undefined)
  /** Counts what arrived, so that those who read the rows are drawn again. */
  readonly arrived = signal(0)
  #selection = EVERY_RUN
  #heads: (WireRunHead | undefined)[] = []
  #groups: (GroupHead | undefined)[] = []
  #cells = new Map<string, (WireCell | null | undefined)[]>()
  #groupCells = new Map<string, (WireGroupCell | undefined)[]>()
  #best = new Map<string, number>()
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

  /** Asks for nothing any more. */
  stop(): void {
    this.#stop.abort()
  }

  /** The run of a row; `undefined` while it is on its way, and where rows are groups. */
  head(row: number): WireRunHead | undefined {
    return this.#heads[row]
  }

  /** The group of a row; `undefined` while it is on its way, and where rows are runs. */
  group(row: number): GroupHead | undefined {
    return this.#groups[row]
  }

  /** A cell; `null` for none, `undefined` while it is on its way. */
  cell(row: number, field: string): WireCell | null | undefined {
    return this.#cells.get(field)?.[row]
  }

  /** What the runs of a group have; `undefined` while it is on its way. */
  groupCell(row: number, field: string): WireGroupCell | undefined {
    return this.#groupCells.get(field)?.[row]
  }

  /** The best value of a field that has a goal, of all that match; of groups the best mean. */
  best(field: string): number | undefined {
    return this.#best.get(field)
  }

  /** The runs that are here, by their place. */
  loaded(): readonly (readonly [number, WireRunHead])[] {
    return this.#heads.flatMap((head, row) => (head === undefined ? [] : [[row, head] as const]))
  }

  /** The groups that are here, by their place. */
  loadedGroups(): readonly (readonly [number, GroupHead])[] {
    return this.#groups.flatMap((group, row) => (group === undefined ? [] : [[row, group] as const]))
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
    // Thousands of keys are as long as the rows, and the same for every page of them.
    const isWithoutKeys = order === 'more' || this.#selection.member !== ''
    try {
      const question = { ...this.#selection, columns: fields, from: page * PAGE, count: PAGE, isWithoutKeys }
      const answer = await api.runs(question, stop.signal)
      if (stop.signal.aborted) return
      if (order === 'anew') this.#forget()
      this.#take(answer)
      if (!isWithoutKeys) known.value = answer.keys
    } catch (error) {
      if (!stop.signal.aborted) this.refusal.value = refusalOf(error)
    }
  }

  #forget(): void {
    this.#heads = []
    this.#groups = []
    this.#cells = new Map()
    this.#groupCells = new Map()
    this.#best = new Map()
  }

  #take({ from, total, groups, columns, rows, best }: WireRuns): void {
    const count = groups?.total ?? total
    this.#heads.length = Math.min(this.#heads.length, groups === null ? total : 0)
    this.#groups.length = Math.min(this.#groups.length, count)
    const cells = columns.map((field) => columnOf(this.#cells, field))
    const groupCells = columns.map((field) => columnOf(this.#groupCells, field))
    rows.forEach((row, index) => {
      this.#heads[from + index] = row
      cells.forEach((column, place) => (column[from + index] = row.cells[place] ?? null))
    })
    groups?.items.forEach(({ cells: found, ...head }, index) => {
      this.#groups[from + index] = head
      groupCells.forEach((column, place) => (column[from + index] = found[place]))
    })
    columns.forEach((field, place) => {
      const value = best[place]
      if (value == null) this.#best.delete(field)
      else this.#best.set(field, numberOf(value))
    })
    batch(() => {
      this.total.value = total
      this.count.value = count
      this.refusal.value = undefined
      this.arrived.value += 1
      if (rows.length > 0 && isTagged.peek() !== true) isTagged.value = rows.some(({ tags }) => tags.length > 0)
    })
  }
}

function columnOf<Cell>(columns: Map<string, Cell[]>, field: string): Cell[] {
  const present = columns.get(field) ?? []
  columns.set(field, present)
  return present
}

/** One run with the cells that were asked for, by field. */
export interface FullRow {
  readonly head: WireRunHead
  readonly cells: ReadonlyMap<string, WireCell | null>
}
