/**
 * Comma-separated values, as RFC 4180 has them.
 */

// What spreadsheets take for the start of a formula (OWASP, CSV injection).
const FORMULA = /^[=+\-@\t\r]/
const NUMBER = /^-?(?:[0-9]+(?:\.[0-9]+)?(?:e[+-]?[0-9]+)?|Infinity)$/

/** One line, without its end. A text that a spreadsheet would compute gets an apostrophe before it; numbers do not. */
export function csvLine(cells: readonly string[]): string {
  return cells.map(csvCell).join(',')
}

function csvCell(cell: string): string {
  const inert = FORMULA.test(cell) && !NUMBER.test(cell) ? `'${cell}` : cell
  return /[",\r\n]/.test(inert) ? `"${inert.replaceAll('"', '""')}"` : inert
}
