/**
 * Values made into columns of dots: logarithms, means, and lines between points that lie apart.
 */
import type { DotColumn } from './braille-chart.ts'

/** A column from a least to a greatest value; on a logarithmic scale absent for what has no logarithm. */
export function columnOf(low: number | undefined, high: number | undefined, isLog: boolean): DotColumn | undefined {
  if (low === undefined || high === undefined) return undefined
  if (!isLog) return { low, high }
  if (high <= 0) return undefined
  return { low: Math.log10(low > 0 ? low : high), high: Math.log10(high) }
}

/** The mean of those around a place, fewer at the ends; `undefined` when there are none. @param window at least 1 */
export function meanAround(means: readonly (number | undefined)[], index: number, window: number): number | undefined {
  const start = Math.max(0, index - Math.floor((window - 1) / 2))
  const around = means.slice(start, index + Math.floor(window / 2) + 1).flatMap((mean) => mean ?? [])
  return around.length === 0 ? undefined : around.reduce((sum, mean) => sum + mean / around.length, 0)
}

/** Where few points lie apart, a line from each to the next; none across a column that is broken. */
export function withLines(
  columns: readonly (DotColumn | undefined)[],
  broken: ReadonlySet<number>,
): readonly (DotColumn | undefined)[] {
  const middles = columns.map((column) => (column === undefined ? undefined : column.low / 2 + column.high / 2))
  const lines = filledBetween(middles, broken)
  return columns.map((column, index) => {
    const value = lines[index]
    return column ?? (value === undefined ? undefined : { low: value, high: value })
  })
}

/** Values between two that are there lie on a line between them; those before the first and behind the last stay. */
export function filledBetween(
  values: readonly (number | undefined)[],
  broken: ReadonlySet<number> = new Set(),
): readonly (number | undefined)[] {
  const full = [...values]
  let before = -1
  values.forEach((value, index) => {
    if (broken.has(index) && value === undefined) before = -1
    if (value === undefined) return
    const from = before < 0 ? undefined : values[before]
    for (let at = before + 1; from !== undefined && at < index; at += 1) {
      full[at] = from + (value - from) * ((at - before) / (index - before))
    }
    before = index
  })
  return full
}
