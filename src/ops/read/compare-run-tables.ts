/**
 * The same table of two runs, row by row.
 */
import { refuse } from '../../domain/failure.ts'
import type { WholeTable } from '../../domain/table-window.ts'
import { windowOfTables } from '../../domain/tables-window.ts'
import type { PairsQuestion, TablesWindow } from '../../domain/tables-window.ts'
import type { Repository } from '../repository/repository.ts'
import { openFileParts } from './open-file-parts.ts'
import { readWholeTable } from './read-run-table.ts'
import type { TableCache } from './table-cache.ts'

/** Which tables, and which of their rows. */
export interface TablesQuestion extends PairsQuestion {
  readonly base: string
  readonly head: string
  readonly path: string
  /** The file of the head, where its name is another. */
  readonly headPath?: string | undefined
}

/** Compares a table of two runs; what differs comes first. @throws `limit-exceeded`, what `openFileParts` refuses */
export async function compareRunTables(
  repository: Repository,
  cache: TableCache,
  question: TablesQuestion,
): Promise<TablesWindow> {
  const { base, head, path, headPath = path } = question
  const [left, right] = await Promise.all([
    tableOf(repository, cache, base, path),
    tableOf(repository, cache, head, headPath),
  ])
  return windowOfTables(left, right, question)
}

async function tableOf(repository: Repository, cache: TableCache, revision: string, path: string): Promise<WholeTable> {
  const table = await readWholeTable(await openFileParts(repository, revision, path), cache)
  if (table !== undefined) return table
  throw refuse('usage-invalid', { problem: `${path} is no table of CSV, TSV, JSON Lines, JSON or Parquet` })
}
