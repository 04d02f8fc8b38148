/**
 * Columns of a table whose rows come in windows: rows of JSON Lines further down may have more than the first.
 */
import type { WireTable } from '../../server/wire.ts'

/**
 * Starts a table. Each answer comes back with every column that was seen so far, in the order they were first seen, and
 * its rows in that order: rows that were brought before stay under their columns, whichever answer comes first and
 * whatever the server has forgotten meanwhile.
 */
export function columnsInOrderSeen(): (table: WireTable) => WireTable {
  let seen: WireTable['columns'] = []
  return (table) => {
    const { columns, rows } = table
    const newest = new Map(columns.map((column, index) => [column.name, { column, index }]))
    const before = new Set(seen.map(({ name }) => name))
    // What a column holds may be known since this answer alone.
    seen = [
      ...seen.map((column) => (column.type === null ? (newest.get(column.name)?.column ?? column) : column)),
      ...columns.filter(({ name }) => !before.has(name)),
    ]
    if (columns.every(({ name }, index) => seen[index]?.name === name)) return { ...table, columns: seen }
    const places = seen.map(({ name }) => newest.get(name)?.index)
    return {
      ...table,
      columns: seen,
      rows: rows.map((row) => places.map((at) => (at === undefined ? null : (row[at] ?? null)))),
    }
  }
}
