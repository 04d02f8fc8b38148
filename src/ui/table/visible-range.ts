/**
 * Which rows and columns of a large table are in sight: the rest is no part of the document.
 */

/** A run of indices, `until` not included. */
export interface Range {
  readonly from: number
  readonly until: number
}

/** Rows of one height that a window of the table shows, with a few more on both sides. All lengths in pixels. */
export function visibleRows(top: number, height: number, rowHeight: number, count: number, spare = 6): Range {
  const from = Math.max(0, Math.floor(top / rowHeight) - spare)
  return { from: Math.min(from, count), until: Math.min(count, Math.ceil((top + height) / rowHeight) + spare) }
}

/** Where each column starts, and at the end where the last one stops, in pixels. */
export function columnStarts(widths: readonly number[]): readonly number[] {
  const starts = [0]
  for (const width of widths) starts.push((starts.at(-1) ?? 0) + width)
  return starts
}

/** Columns that a window of the table shows. `starts` as `columnStarts` gives them. */
export function visibleColumns(left: number, width: number, starts: readonly number[], spare = 2): Range {
  const count = starts.length - 1
  const first = lastAtMost(starts, left)
  const last = lastAtMost(starts, left + width)
  return { from: Math.max(0, first - spare), until: Math.min(count, last + 1 + spare) }
}

/** Index of the last start that is not beyond a place; 0 when all are. */
function lastAtMost(starts: readonly number[], place: number): number {
  let low = 0
  let high = starts.length - 1
  while (low < high) {
    const middle = Math.ceil((low + high) / 2)
    if ((starts[middle] ?? 0) <= place) low = middle
    else high = middle - 1
  }
  return low
}
