/**
 * What is remembered of tables that somebody looks at: where their rows are, and small ones whole. By digest, so that
 * nothing in it can grow old.
 */
import type { Sha256 } from '../../base/digest.ts'
import type { Column } from '../../domain/dataset.ts'
import type { WholeTable } from '../../domain/table-window.ts'
import type { ParquetLayout } from '../../store/data/parquet-layout.ts'
import type { RowMap } from '../../store/data/row-map.ts'

/** A table that was looked at. */
export interface KnownTable {
  readonly map: RowMap
  /** As the first rows look; those that rows further down add come last, so that an index keeps its meaning. */
  columns: readonly Column[]
}

/** What is remembered; what was not used for long is forgotten. */
export interface TableCache {
  readonly known: (key: string, make: () => Promise<KnownTable>) => Promise<KnownTable>
  /** `undefined` when the file is no table. */
  readonly whole: (key: string, make: () => Promise<WholeTable | undefined>) => Promise<WholeTable | undefined>
  /** `undefined` when the file is no Parquet. */
  readonly layout: (
    sha256: Sha256,
    make: () => Promise<ParquetLayout | undefined>,
  ) => Promise<ParquetLayout | undefined>
}

const MOST_KNOWN = 64
const MOST_WHOLE = 4
/** Each has its footer in memory. */
const MOST_LAYOUTS = 4

/** Starts with nothing. */
export function openTableCache(): TableCache {
  return {
    known: remembering<KnownTable>(MOST_KNOWN),
    whole: remembering<WholeTable | undefined>(MOST_WHOLE),
    layout: remembering<ParquetLayout | undefined>(MOST_LAYOUTS),
  }
}

/** Shares what is being made under a key with everybody who asks meanwhile; nothing of it is kept. */
export function sharing<Value>(): (key: string, make: () => Promise<Value>) => Promise<Value> {
  const underWay = new Map<string, Promise<Value>>()
  return (key, make) => {
    const known = underWay.get(key)
    if (known !== undefined) return known
    const value = make().finally(() => underWay.delete(key))
    underWay.set(key, value)
    return value
  }
}

/** Makes a value once for each key, and keeps those that were used last; what failed is made again. */
export function remembering<Value>(most: number): (key: string, make: () => Promise<Value>) => Promise<Value> {
  const kept = new Map<string, Promise<Value>>()
  return (key, make) => {
    const value = kept.get(key) ?? make()
    kept.delete(key)
    kept.set(key, value)
    value.catch(() => kept.delete(key))
    const [oldest] = kept.keys()
    if (kept.size > most && oldest !== undefined) kept.delete(oldest)
    return value
  }
}
