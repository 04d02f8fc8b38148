/**
 * The rows of the table: brought as they come into sight, or all of them when the page groups them.
 */
import { useEffect, useMemo, useState } from 'preact/hooks'
import type { WireCell, WireEvent, WireRunHead } from '../../server/wire.ts'
import type { Refusal } from '../base/api.ts'
import { refusalOf } from '../base/answer.tsx'
import { throttled, useEvents } from '../base/live.ts'
import type { Range } from '../table/visible-range.ts'
import type { RunColumn } from './columns.ts'
import { RowSource, allRows } from './row-source.ts'
import type { FullRow } from './row-source.ts'
import { columns, filter, groupField, sortFields } from './runs-state.ts'
import { groupRows, rowsOfGroups } from './table-rows.ts'
import type { RunGroup, TableRow } from './table-rows.ts'

const BOUND = 20_000
const REFRESH_MS = 1500
// Points change a cell or two of a table that the server lists whole.
const POINTS_MS = 6000

/** The rows as the table asks for them. */
export interface TableRows {
  readonly count: number
  /** How many runs match; `undefined` until the server told. */
  readonly total: number | undefined
  readonly refusal: Refusal | undefined
  readonly head: (row: number) => WireRunHead | undefined
  readonly group: (row: number) => RunGroup | undefined
  readonly cell: (row: number, field: string) => WireCell | null | undefined
  readonly want: (rows: Range, columns: readonly RunColumn[]) => void
  /** Runs that are here, in order. */
  readonly heads: () => readonly WireRunHead[]
  /** Counts answers, so that what depends on them is asked again. */
  readonly version: number
}

const source = new RowSource()

/** The rows of the table; `open` are the values of the groups that show their runs. */
export function useRows(open: ReadonlySet<string>): TableRows {
  const [refreshes, setRefreshes] = useState(0)
  const isLocal = groupField.value !== ''
  const selection = { filter: filter.value, sort: sortFields.value.join(',') }
  useEffect(() => source.select(selection, fieldsOf(columns.peek())), [selection.filter, selection.sort])
  useEffect(() => {
    if (refreshes > 0) source.refresh()
  }, [refreshes])
  const refresh = useMemo(() => throttled(() => setRefreshes((count) => count + 1), REFRESH_MS), [])
  const refreshSlowly = useMemo(() => throttled(() => setRefreshes((count) => count + 1), POINTS_MS), [])
  useEvents((event: WireEvent) => {
    if (event.kind === 'points') refreshSlowly()
    else if (event.kind !== 'hello' || source.total.peek() !== undefined) refresh()
  }, [])
  const local = useLocalRows(isLocal, open, refreshes)
  const windowed = windowedRows(source, source.arrived.value)
  if (!isLocal) return windowed
  return local === undefined ? { ...windowed, count: 0 } : { ...windowed, ...local }
}

function windowedRows(rows: RowSource, version: number): TableRows {
  return {
    count: rows.total.value ?? 0,
    total: rows.total.value,
    refusal: rows.refusal.value,
    head: (row) => rows.head(row),
    group: () => undefined,
    cell: (row, field) => rows.cell(row, field),
    want: (range, shown) => rows.want(range, fieldsOf(shown)),
    heads: () => rows.loaded().map(([, head]) => head),
    version,
  }
}

type LocalRows = Pick<TableRows, 'count' | 'refusal' | 'head' | 'group' | 'cell' | 'want' | 'heads'>

/** Every run that matches, grouped here. */
function useLocalRows(isLocal: boolean, open: ReadonlySet<string>, refreshes: number): LocalRows | undefined {
  const [answer, setAnswer] = useState<{ rows: readonly FullRow[]; refusal: Refusal | undefined }>()
  const wanted = [...new Set([...fieldsOf(columns.value), groupField.value])].filter(isKeyed)
  const sort = sortFields.value.join(',')
  useEffect(() => {
    if (!isLocal) return undefined
    const stop = new AbortController()
    allRows({ filter: filter.value, sort }, wanted, BOUND, stop.signal).then(
      (rows) => setAnswer({ rows, refusal: undefined }),
      (error: unknown) => !stop.signal.aborted && setAnswer({ rows: [], refusal: refusalOf(error) }),
    )
    return () => stop.abort()
  }, [isLocal, filter.value, sort, wanted.join('\n'), refreshes])
  const items = useMemo((): readonly TableRow[] => {
    return rowsOfGroups(groupRows(answer?.rows ?? [], groupField.value), open)
  }, [answer, groupField.value, open])
  return answer === undefined ? undefined : localRows(items, answer.rows, answer.refusal)
}

function localRows(items: readonly TableRow[], rows: readonly FullRow[], refusal: Refusal | undefined): LocalRows {
  const runAt = (row: number): FullRow | undefined => {
    const item = items[row]
    return item?.kind === 'run' ? item.row : undefined
  }
  const groupAt = (row: number): RunGroup | undefined => {
    const item = items[row]
    return item?.kind === 'group' ? item : undefined
  }
  return {
    count: items.length,
    refusal,
    head: (row) => runAt(row)?.head,
    group: groupAt,
    cell: (row, field) => runAt(row)?.cells.get(field),
    want: () => undefined,
    heads: () => rows.map(({ head }) => head),
  }
}

/** Fields of columns that the server fills; the others are in the head of the run. */
function fieldsOf(shown: readonly RunColumn[]): readonly string[] {
  return shown.filter(({ kind }) => kind === 'param' || kind === 'metric').map(({ id }) => id)
}

function isKeyed(field: string): boolean {
  return field.startsWith('metric.') || field.startsWith('param.')
}
