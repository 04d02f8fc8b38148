/**
 * What is wrong with a part of a Parquet file, or too much of it, in words that follow "not shown:".
 */

/** A part cannot be read. */
export class ParquetProblem extends Error {
  override readonly name = 'ParquetProblem'
}

/** The problem of bytes that do not add up. */
export function damaged(what: string): ParquetProblem {
  return new ParquetProblem(`damaged, ${what}`)
}
