/**
 * The table of `mlv ls` for a program, of very many runs: what is held of a run is its cells, and not its record.
 */
import type { MetricKey } from '../../src/domain/key.ts'
import type { Goal } from '../../src/domain/metric.ts'
import type { RunRow } from '../../src/ops/revisions/run-row.ts'
import { column, textOf } from './columns.ts'
import type { Table } from './columns.ts'
import { exactNumberText } from './number.ts'
import { inTableOrder, sheetColumns } from './run-table.ts'

/** A table as its rows come in: its columns are known when the last run is. */
export interface RunSheet {
  readonly add: (rows: readonly RunRow[]) => void
  /** The table, some rows at a time; at least once. */
  readonly tables: () => Iterable<Table>
}

interface HeldRow {
  readonly before: readonly string[]
  /** The last value of each metric, in the order in which they were met, with commas between them. */
  readonly values: string
  readonly after: string
}

const ROWS_AT_ONCE = 1024

/** Begins a table that says what `runTable` says; `nowMs` is the time of day. */
export function runSheet(nowMs: number): RunSheet {
  const { before, after } = sheetColumns(nowMs)
  const rows: HeldRow[] = []
  const goals = new Map<MetricKey, Goal>()
  const hold = (row: RunRow): HeldRow => {
    const { metrics } = row.run
    for (const [key, { goal }] of metrics) if ((goals.get(key) ?? 'none') === 'none') goals.set(key, goal)
    const values = Array.from(goals.keys(), (key) => {
      const value = metrics.get(key)?.summary.last
      return value === undefined ? '' : exactNumberText(value)
    })
    return {
      before: before.map(({ cell }) => textOf(cell(row))),
      values: values.join(','),
      after: textOf(after.cell(row)),
    }
  }
  return {
    add: (some) => {
      for (const row of some) rows.push(hold(row))
    },
    tables: function* () {
      const places = new Map([...goals.keys()].map((key, place) => [key, place]))
      const metrics = inTableOrder(goals).map(([key]) => key)
      const columns = [...before, ...metrics.map((key) => column(key, 'right')), after]
      for (let at = 0; at === 0 || at < rows.length; at += ROWS_AT_ONCE) {
        yield {
          columns,
          rows: rows.slice(at, at + ROWS_AT_ONCE).map((held) => {
            const values = held.values.split(',')
            return [...held.before, ...metrics.map((key) => values[places.get(key) ?? 0] ?? ''), held.after]
          }),
        }
      }
    },
  }
}
