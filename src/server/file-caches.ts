/**
 * What the server remembers of files that somebody looks at: where the rows of tables are, and the lines of output.
 */
import { openOutputCache } from '../ops/read/read-output-lines.ts'
import type { OutputCache } from '../ops/read/read-output-lines.ts'
import { openTableCache } from '../ops/read/table-cache.ts'
import type { TableCache } from '../ops/read/table-cache.ts'

/** Caches of one server; each is bounded by how many files it knows. */
export interface FileCaches {
  readonly tables: TableCache
  readonly output: OutputCache
}

/** Starts with nothing. */
export function openFileCaches(): FileCaches {
  return { tables: openTableCache(), output: openOutputCache() }
}
