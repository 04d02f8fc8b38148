/**
 * The entries of one column of values for some rows of a row group.
 */
import type { PageEntries, PageHead, PageSource, PageValues } from './parquet-pages.ts'
import { PageReader } from './parquet-pages.ts'
import { readPagePlaces } from './parquet-layout.ts'
import type { ColumnChunk, LevelledNode } from './parquet-layout.ts'
import { damaged, ParquetProblem } from './parquet-problem.ts'
import { ThriftError } from './thrift-compact.ts'

/** Rows of a row group: the first one, and the one behind the last. */
export interface RowRange {
  readonly from: number
  readonly until: number
}

/** Entries in their order. The value of an entry that has one is at `indices` of `sources`, in their order. */
export interface LeafEntries {
  readonly repetitions: readonly number[]
  readonly definitions: readonly number[]
  readonly sources: readonly PageValues[]
  readonly indices: readonly number[]
}

/**
 * Reads the entries of some rows: those pages alone that they are in, and of lists those before as well unless the file
 * tells where pages begin.
 *
 * @throws `ParquetProblem`, what reading throws
 */
export async function readEntries(
  source: PageSource,
  chunk: ColumnChunk,
  leaf: LevelledNode,
  range: RowRange,
): Promise<LeafEntries> {
  const pages = new PageReader(source, chunk, leaf)
  const gathered = new Gathered(leaf, range)
  let isPlaced = leaf.repetition === 0 || range.from === 0
  let looked = 0
  for (let at = chunk.start; at < chunk.end && !gathered.isDone();) {
    const head = await pages.head(at)
    looked += 1
    if (looked % HEADS_A_STEP === 0) await source.pause()
    at = head.end
    if (head.kind === 'dictionary') pages.setDictionary(head)
    else if (head.kind !== 'other') {
      if (!isPlaced) {
        isPlaced = true
        const place = await placeBefore(source, chunk, range.from)
        if (place !== undefined && place.at > head.start) {
          gathered.pass(place.row)
          at = place.at
          continue
        }
      }
      const rows = gathered.rowsOf(head)
      if (rows !== undefined && gathered.row + rows <= range.from) gathered.pass(gathered.row + rows)
      else {
        gathered.add(await pages.entries(head))
        await source.pause()
      }
    }
  }
  return gathered.end()
}

/** The last page that begins with a row at or before one; `undefined` where the file does not tell. */
async function placeBefore(
  { read, budget }: PageSource,
  { pages, start, end }: ColumnChunk,
  row: number,
): Promise<{ readonly at: number; readonly row: number } | undefined> {
  if (pages === undefined || pages.end - pages.start > LIMIT_PLACES_BYTES) return undefined
  try {
    const bytes = await read(pages.start, pages.end)
    const places = readPagePlaces(bytes)
    budget.page(bytes.length, places.length)
    return places.findLast((place) => place.at >= start && place.at < end && place.row >= 0 && place.row <= row)
  } catch (error) {
    // It is a help and no more.
    if (error instanceof ThriftError) return undefined
    throw error
  }
}

const HEADS_A_STEP = 1000
const LIMIT_PLACES_BYTES = 4 * 1024 * 1024
/** Entries of the rows that are looked at; a page may have more. */
const LIMIT_ENTRIES = 2_000_000

/** Entries as pages come in. */
class Gathered {
  /** Rows that began before the next entry. */
  row = 0
  readonly #leaf: LevelledNode
  readonly #range: RowRange
  readonly #repetitions: number[] = []
  readonly #definitions: number[] = []
  readonly #sources: PageValues[] = []
  readonly #indices: number[] = []

  constructor(leaf: LevelledNode, range: RowRange) {
    this.#leaf = leaf
    this.#range = range
  }

  /** Rows of a page, where its head tells. */
  rowsOf({ kind, rows, values }: PageHead): number | undefined {
    if (this.#leaf.repetition === 0) return values < 0 ? undefined : values
    return kind === 'data-2' && rows >= 0 ? rows : undefined
  }

  /** Goes to a row. */
  pass(row: number): void {
    this.row = row
  }

  /** Of lists the last row may go on in the next page. */
  isDone(): boolean {
    return this.#leaf.repetition === 0 ? this.row >= this.#range.until : this.row > this.#range.until
  }

  add({ count, repetitions, definitions, values }: PageEntries): void {
    const most = this.#leaf.definition
    const { from, until } = this.#range
    let index = 0
    for (let entry = 0; entry < count; entry += 1) {
      const repetition = repetitions?.[entry] ?? 0
      const definition = definitions?.[entry] ?? most
      if (repetition === 0) this.row += 1
      // What stands before the first row belongs to none.
      if (this.row > from && this.row <= until) {
        if (this.#repetitions.length >= LIMIT_ENTRIES) throw new ParquetProblem('its lists are too long for one look')
        this.#repetitions.push(repetition)
        this.#definitions.push(definition)
        if (definition === most) {
          this.#sources.push(values)
          this.#indices.push(index)
        }
      }
      if (definition === most) index += 1
      if (this.row > until) return
    }
  }

  end(): LeafEntries {
    if (this.row < this.#range.until) throw damaged('a column ends before its rows')
    return {
      repetitions: this.#repetitions,
      definitions: this.#definitions,
      sources: this.#sources,
      indices: this.#indices,
    }
  }
}
