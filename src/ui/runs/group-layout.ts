/**
 * Groups in a list, some of them open, as rows: an open group is followed by its runs.
 */

/** A group that shows its runs. */
export interface OpenGroup {
  /** Its place among the groups. */
  readonly index: number
  /** How many runs it has. */
  readonly runs: number
}

/** What stands in a row: a group, or a run of an open one, both by their places. */
export type RowPlace =
  | { readonly kind: 'group'; readonly index: number }
  | { readonly kind: 'run'; readonly group: number; readonly index: number }

/** How many rows there are. */
export function rowsOfGroups(groups: number, open: readonly OpenGroup[]): number {
  return open.reduce((rows, { runs }) => rows + runs, groups)
}

/** What stands in a row; `open` is sorted by place. */
export function placeInGroups(row: number, open: readonly OpenGroup[]): RowPlace {
  let before = 0
  for (const { index, runs } of open) {
    const at = row - before
    if (at <= index) return { kind: 'group', index: at }
    if (at <= index + runs) return { kind: 'run', group: index, index: at - index - 1 }
    before += runs
  }
  return { kind: 'group', index: row - before }
}

/** The row of a group. */
export function rowOfGroup(index: number, open: readonly OpenGroup[]): number {
  return open.reduce((row, group) => (group.index < index ? row + group.runs : row), index)
}
