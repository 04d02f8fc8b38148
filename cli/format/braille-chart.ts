/**
 * Charts of Unicode braille: each character is two dots wide and four high. From each bucket a line is drawn from its
 * least to its greatest value, so that a spike is as high as it was.
 */

/** What a column of dots shows; absent where there is nothing to draw. */
export interface DotColumn {
  readonly low: number
  readonly high: number
}

/** The values at the lower and upper edge. */
export interface ChartScale {
  readonly low: number
  readonly high: number
}

const DOTS_HIGH = 4
// Unicode 16, chart U+2800: the bit of each dot, by column and row from the top.
const BITS = [
  [0x01, 0x02, 0x04, 0x40],
  [0x08, 0x10, 0x20, 0x80],
] as const
const BRAILLE = 0x2800

/** Draws columns of dots, the first on the left, as `height` lines from the top. Neighbours are joined. */
export function brailleLines(
  columns: readonly (DotColumn | undefined)[],
  scale: ChartScale,
  height: number,
): readonly string[] {
  return brailleCells(columns, scale, height).map((line) => Array.from(line, brailleSign).join(''))
}

/** The dots of each character, lines from the top; none of a character is 0. */
export function brailleCells(
  columns: readonly (DotColumn | undefined)[],
  scale: ChartScale,
  height: number,
): readonly Uint8Array[] {
  const rows = height * DOTS_HIGH
  const width = Math.ceil(columns.length / 2)
  const cells = Array.from({ length: height }, () => new Uint8Array(width))
  let before: readonly [top: number, bottom: number] | undefined
  columns.forEach((column, x) => {
    if (column === undefined) return
    const [top, bottom] = [rowOf(column.high, scale, rows), rowOf(column.low, scale, rows)]
    // All the way to the neighbour, so that a steep line has no holes.
    const from = before === undefined ? top : Math.min(top, before[1])
    const to = before === undefined ? bottom : Math.max(bottom, before[0])
    for (let y = Math.min(from, top); y <= Math.max(to, bottom); y += 1) setDot(cells, x, y)
    before = [top, bottom]
  })
  return cells
}

/** The character of some dots; a space for none, because fonts show the empty one as they like. */
export function brailleSign(bits: number): string {
  return bits === 0 ? ' ' : String.fromCodePoint(BRAILLE + bits)
}

/** The line, from the top, of the character in the middle of a column. */
export function lineOf(column: DotColumn, scale: ChartScale, height: number): number {
  const rows = height * DOTS_HIGH
  return Math.floor((rowOf(column.high, scale, rows) + rowOf(column.low, scale, rows)) / 2 / DOTS_HIGH)
}

/** The scale that shows every column; a single value is in the middle. */
export function scaleOf(columns: readonly (DotColumn | undefined)[]): ChartScale | undefined {
  const shown = columns.flatMap((column) => column ?? [])
  if (shown.length === 0) return undefined
  const low = shown.reduce((least, column) => Math.min(least, column.low), Infinity)
  const high = shown.reduce((most, column) => Math.max(most, column.high), -Infinity)
  return { low, high }
}

/** Where a value lies between two others: 0 at the lower, 1 at the greater one. */
export function partBetween(value: number, low: number, high: number): number {
  const distance = high - low
  if (Number.isFinite(distance)) return (value - low) / distance
  // Two doubles may lie further apart than the greatest double.
  return (value / 2 - low / 2) / (high / 2 - low / 2)
}

/** Rows count from the top. */
function rowOf(value: number, { low, high }: ChartScale, rows: number): number {
  const part = high > low ? partBetween(value, low, high) : 0.5
  return Math.round((1 - Math.min(1, Math.max(0, part))) * (rows - 1))
}

function setDot(cells: readonly Uint8Array[], x: number, y: number): void {
  const line = cells[Math.floor(y / DOTS_HIGH)]
  const bit = BITS[x % 2 === 0 ? 0 : 1][y % DOTS_HIGH] ?? 0
  const at = Math.floor(x / 2)
  if (line !== undefined) line[at] = (line[at] ?? 0) | bit
}
