/**
 * What one question about a Parquet file may cost, whatever the file says of itself.
 */
import { ParquetProblem } from './parquet-problem.ts'

/** Bounds of one question. */
export interface ParquetLimits {
  /** Pages, read or passed over. */
  readonly pages: number
  /** Bytes of pages, decompressed. */
  readonly bytes: number
  /** Entries of pages. */
  readonly values: number
  /** Characters of all cells, equal ones of a dictionary once. */
  readonly characters: number
  /** Characters of all cells, each as often as it is shown. */
  readonly shown: number
}

/** Counts down. @throws `ParquetProblem` when there is nothing left */
export class ParquetBudget {
  #pages: number
  #bytes: number
  #values: number
  #characters: number
  #shown: number

  constructor({ pages, bytes, values, characters, shown }: ParquetLimits) {
    this.#pages = pages
    this.#bytes = bytes
    this.#values = values
    this.#characters = characters
    this.#shown = shown
  }

  /** The head of a page is looked at. */
  head(): void {
    this.#pages -= 1
    if (this.#pages < 0) throw new ParquetProblem('too many pages for one look')
  }

  /** Bytes are looked through, such as those of a page that is opened, and values in them. */
  page(bytes: number, values: number): void {
    this.#bytes -= bytes
    this.#values -= values
    if (this.#bytes < 0 || this.#values < 0) throw new ParquetProblem('too much to read for one look')
  }

  /** A cell is shown. */
  show(text: string): string {
    this.#shown -= text.length
    if (this.#shown < 0) throw new ParquetProblem('too much text for one look')
    return text
  }

  /** A text is made. */
  text(text: string): string {
    this.#characters -= text.length
    if (this.#characters < 0) throw new ParquetProblem('too much text for one look')
    return text
  }
}
