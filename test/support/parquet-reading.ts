/**
 * Parquet bytes read as the pages read them.
 */
import { openZstd } from '../../src/remote/compact/zstd.ts'
import { parquetCodecs } from '../../src/store/data/parquet-codecs.ts'
import { readParquetLayout } from '../../src/store/data/parquet-layout.ts'
import { readParquetRows } from '../../src/store/data/parquet-rows.ts'
import type { TextTable } from '../../src/domain/table-window.ts'

/** Ranges of a file that were read. */
export type Ranges = (readonly [start: number, end: number])[]

const MIB = 1024 * 1024

/** What a window may cost in the pages. */
export const PARQUET_LIMITS = {
  pages: 150_000,
  bytes: 512 * MIB,
  values: 64 * MIB,
  characters: 32 * MIB,
  shown: 64 * MIB,
}

/** Reads rows of a file; `undefined` for what is no Parquet. */
export async function readParquet(
  bytes: Uint8Array,
  from: number,
  count: number,
  ranges: Ranges = [],
): Promise<(TextTable & { readonly total: number }) | undefined> {
  const read = (start: number, end: number): Promise<Uint8Array> => {
    ranges.push([start, end])
    return Promise.resolve(bytes.subarray(start, end))
  }
  const layout = await readParquetLayout(read, bytes.length)
  if (layout === undefined) return undefined
  const { decompress } = await openZstd()
  const source = { read, sizeBytes: bytes.length, layout, decompress: parquetCodecs(decompress) }
  const question = { ...PARQUET_LIMITS, from, count, pause: () => Promise.resolve() }
  return { ...(await readParquetRows(source, question)), total: layout.rows }
}

/** Why the first column is not shown; its cells where it is. */
export async function firstColumn(bytes: Uint8Array, count = 10): Promise<string | readonly (string | null)[]> {
  const table = await readParquet(bytes, 0, count)
  if (table === undefined) return 'no Parquet'
  const problem = /, not shown: (.*)$/.exec(table.columns[0]?.type ?? '')?.[1]
  return problem ?? table.rows.map(([cell = null]) => cell)
}
