/**
 * Recorded Parquet files as tables: a window costs the pages it is in, and what a file says of itself costs nothing.
 */
import { refuse } from '../../domain/failure.ts'
import type { WholeTable } from '../../domain/table-window.ts'
import { openZstd } from '../../remote/compact/zstd.ts'
import { parquetCodecs } from '../../store/data/parquet-codecs.ts'
import { readParquetLayout } from '../../store/data/parquet-layout.ts'
import type { ParquetLayout } from '../../store/data/parquet-layout.ts'
import { readParquetRows } from '../../store/data/parquet-rows.ts'
import type { ParquetSource } from '../../store/data/parquet-rows.ts'
import { readPart } from './open-file-parts.ts'
import type { FileParts } from './open-file-parts.ts'
import type { TableCache } from './table-cache.ts'

/** A Parquet file, opened. */
export interface OpenParquet {
  readonly source: ParquetSource
  readonly layout: ParquetLayout
  /** Small enough to be read whole: to be sorted, searched and compared. */
  readonly isSmall: boolean
}

/** Bounds of what is read whole. */
export interface WholeLimits {
  readonly bytes: number
  readonly rows: number
}

/** A file of few bytes may hold any number of cells. */
const LIMIT_WHOLE_CELLS = 5_000_000
const MIB = 1024 * 1024
const WINDOW_LIMITS = { pages: 150_000, bytes: 512 * MIB, values: 64 * MIB, characters: 32 * MIB, shown: 64 * MIB }
const WHOLE_LIMITS = { pages: 150_000, bytes: 256 * MIB, values: 32 * MIB, characters: 128 * MIB, shown: 1024 * MIB }

/** Tells whether a file is one of Parquet, by its name. */
export function isParquet(path: string): boolean {
  return /\.parquet$/i.test(path)
}

/** Opens a file. @throws `usage-invalid` for what is no Parquet or damaged, what reading throws */
export async function openParquet(parts: FileParts, cache: TableCache, limits: WholeLimits): Promise<OpenParquet> {
  const { file, sizeBytes } = parts
  const read = (start: number, end: number): Promise<Uint8Array> => readPart(parts, start, end)
  const layout = await cache.layout(file.sha256, () => readParquetLayout(read, sizeBytes))
  if (layout === undefined) {
    throw refuse('usage-invalid', { problem: `${file.path} is no Parquet file, or its footer is damaged` })
  }
  const { decompress } = await openZstd()
  const cells = Math.min(layout.rows, limits.rows) * layout.columns.length
  return {
    source: { read, sizeBytes, layout, decompress: parquetCodecs(decompress) },
    layout,
    isSmall: sizeBytes <= limits.bytes && cells <= LIMIT_WHOLE_CELLS,
  }
}

/** Reads some rows. @throws what reading throws */
export async function readParquetWindow(
  { source }: OpenParquet,
  { from, count }: { readonly from: number; readonly count: number },
): Promise<WholeTable> {
  return readParquetRows(source, { ...WINDOW_LIMITS, from, count, pause })
}

/** Reads all rows, or as many as are read at most. @throws `limit-exceeded`, what reading throws */
export async function readWholeParquet(parts: FileParts, cache: TableCache, limits: WholeLimits): Promise<WholeTable> {
  const { source, layout, isSmall } = await openParquet(parts, cache, limits)
  if (!isSmall) {
    const actual = Math.min(layout.rows, limits.rows) * layout.columns.length
    throw refuse('limit-exceeded', { what: `cells of ${parts.file.path}`, actual, limit: LIMIT_WHOLE_CELLS })
  }
  const table = await readParquetRows(source, { ...WHOLE_LIMITS, from: 0, count: limits.rows, pause })
  return { ...table, isCut: table.isCut || layout.rows > limits.rows }
}

function pause(): Promise<void> {
  return new Promise((resolve) => setImmediate(resolve))
}
