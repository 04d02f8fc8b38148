/**
 * The rows of the table: runs, or groups with the runs of those that are open, brought as they come into sight.
 */
import { useEffect, useMemo, useState } from 'preact/hooks'
import type { WireCell, WireEvent, WireGroupCell, WireRunHead } from '../../server/wire.ts'
import type { Refusal } from '../base/api.ts'
import { throttled, useEvents } from '../base/live.ts'
import type { Range } from '../table/visible-range.ts'
import type { RunColumn } from './columns.ts'
import { placeInGroups, rowOfGroup, rowsOfGroups } from './group-layout.ts'
import type { OpenGroup } from './group-layout.ts'
import { RowSource } from './row-source.ts'
import type { GroupHead, Selection } from './row-source.ts'
import { columns, filter, groupField, sortFields } from './runs-state.ts'

const REFRESH_MS = 1000
// Points change a cell or two.
const POINTS_MS = 2000

/** The rows as the table asks for them. */
export interface TableRows {
  readonly count: number
  /** How many runs match; `undefined` until the server told. */
  readonly total: number | undefined
  readonly refusal: Refusal | undefined
  readonly head: (row: number) => WireRunHead | undefined
  readonly group: (row: number) => GroupHead | undefined
  readonly cell: (row: number, field: string) => WireCell | null | undefined
  readonly groupCell: (row: number, field: string) => WireGroupCell | undefined
  /** The best value of a field among all runs that match, and among the means of groups. */
  readonly best: (field: string) => number | undefined
  readonly bestMean: (field: string) => number | undefined
  readonly want: (rows: Range, columns: readonly RunColumn[]) => void
  /** Runs that are here, in order. */
  readonly heads: () => readonly WireRunHead[]
  /** Counts answers, so that what depends on them is asked again. */
  readonly version: number
}

const source = new RowSource()
/** The runs of open groups, by key of the group. */
const members = new Map<string, RowSource>()

/** The rows of the table; `open` are the keys of the groups that show their runs. */
export function useRows(open: ReadonlySet<string>): TableRows {
  const [refreshes, setRefreshes] = useState(0)
  const selection = { filter: filter.value, sort: sortFields.value.join(','), group: groupField.value, member: '' }
  const asked = Object.values(selection).join('\n')
  useEffect(() => source.select(selection, fieldsOf(columns.peek())), [asked])
  useMembers(selection, open, asked)
  useEffect(() => {
    if (refreshes === 0) return
    for (const one of [source, ...members.values()]) one.refresh()
  }, [refreshes])
  const refresh = useMemo(() => throttled(() => setRefreshes((count) => count + 1), REFRESH_MS), [])
  const refreshSlowly = useMemo(() => throttled(() => setRefreshes((count) => count + 1), POINTS_MS), [])
  useEvents((event: WireEvent) => {
    if (event.kind === 'points') refreshSlowly()
    else if (event.kind !== 'hello' || source.total.peek() !== undefined) refresh()
  }, [])
  return groupField.value === '' ? runRows(source) : groupRows(source, open)
}

/** Brings the runs of groups as they are opened, and forgets those of the others. */
function useMembers(selection: Selection, open: ReadonlySet<string>, asked: string): void {
  useEffect(() => {
    for (const [key, one] of members) {
      one.stop()
      members.delete(key)
    }
    for (const key of open) openMembers(selection, key)
  }, [asked])
  useEffect(() => {
    for (const key of members.keys()) {
      if (open.has(key)) continue
      members.get(key)?.stop()
      members.delete(key)
    }
    for (const key of open) if (!members.has(key)) openMembers(selection, key)
    // What is drawn depends on which of them there are.
    source.arrived.value += 1
  }, [open])
}

function openMembers(selection: Selection, key: string): void {
  const one = new RowSource()
  members.set(key, one)
  one.select({ ...selection, member: key }, fieldsOf(columns.peek()))
}

function runRows(rows: RowSource): TableRows {
  return {
    count: rows.count.value,
    total: rows.total.value,
    refusal: rows.refusal.value,
    head: (row) => rows.head(row),
    group: () => undefined,
    cell: (row, field) => rows.cell(row, field),
    groupCell: () => undefined,
    best: (field) => rows.best(field),
    bestMean: () => undefined,
    want: (range, shown) => rows.want(range, fieldsOf(shown)),
    heads: () => rows.loaded().map(([, head]) => head),
    version: rows.arrived.value,
  }
}

function groupRows(groups: RowSource, open: ReadonlySet<string>): TableRows {
  const found = groups.loadedGroups().filter(([, { key }]) => open.has(key))
  const layout = found.map(([index, { runs }]): OpenGroup => ({ index, runs }))
  const sources = new Map(found.map(([index, { key }]) => [index, members.get(key)]))
  const version = [...sources.values()].reduce((sum, one) => sum + (one?.arrived.value ?? 0), groups.arrived.value)
  const runAt = (row: number): { readonly rows: RowSource | undefined; readonly index: number } | undefined => {
    const place = placeInGroups(row, layout)
    return place.kind === 'run' ? { rows: sources.get(place.group), index: place.index } : undefined
  }
  const groupAt = (row: number): number => {
    const place = placeInGroups(row, layout)
    return place.kind === 'group' ? place.index : -1
  }
  return {
    count: rowsOfGroups(groups.count.value, layout),
    total: groups.total.value,
    refusal: groups.refusal.value,
    head: (row) => {
      const run = runAt(row)
      return run?.rows?.head(run.index)
    },
    group: (row) => groups.group(groupAt(row)),
    cell: (row, field) => {
      const run = runAt(row)
      return run?.rows?.cell(run.index, field)
    },
    groupCell: (row, field) => groups.groupCell(groupAt(row), field),
    best: (field) => [...sources.values()].map((one) => one?.best(field)).find((value) => value !== undefined),
    bestMean: (field) => groups.best(field),
    want: (range, shown) => wantGroups(groups, { layout, sources }, range, fieldsOf(shown)),
    heads: () => [...sources.values()].flatMap((one) => one?.loaded().map(([, head]) => head) ?? []),
    version,
  }
}

/** Brings the groups and the runs of open groups that are in sight. */
function wantGroups(
  groups: RowSource,
  {
    layout,
    sources,
  }: { readonly layout: readonly OpenGroup[]; readonly sources: ReadonlyMap<number, RowSource | undefined> },
  range: Range,
  fields: readonly string[],
): void {
  const first = placeInGroups(range.from, layout)
  const last = placeInGroups(Math.max(range.from, range.until - 1), layout)
  const indexOf = (place: typeof first): number => (place.kind === 'group' ? place.index : place.group)
  groups.want({ from: indexOf(first), until: indexOf(last) + 1 }, fields)
  for (const { index, runs } of layout) {
    const start = rowOfGroup(index, layout) + 1
    const [from, until] = [Math.max(0, range.from - start), Math.min(runs, range.until - start)]
    if (until > from) sources.get(index)?.want({ from, until }, fields)
  }
}

/** Fields of columns that the server fills; the others are in the head of the run. */
function fieldsOf(shown: readonly RunColumn[]): readonly string[] {
  const isGrouped = groupField.peek() !== ''
  return shown
    .filter(({ id, kind }) => kind === 'param' || kind === 'metric' || (isGrouped && kind === 'head' && id !== 'name'))
    .map(({ id }) => id)
}
