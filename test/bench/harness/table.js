/**
 * The table as Markdown, padded so that it reads as well in a terminal.
 */

/** @typedef {import('./row.js').Row} Row */

const HEADINGS = ['work', 'mlv', 'peer', 'its figure', 'ratio', 'target', 'verdict']

/** One line a row, with its head. */
export function formatTable(/** @type {readonly Row[]} */ rows) {
  const lines = [HEADINGS, ...rows.map(cellsOf)]
  const widths = HEADINGS.map((_, column) => Math.max(...lines.map((cells) => cells[column].length)))
  const [head, ...body] = lines.map(
    (cells) => `| ${cells.map((cell, column) => cell.padEnd(widths[column])).join(' | ')} |`,
  )
  return [head, `| ${widths.map((width) => '-'.repeat(width)).join(' | ')} |`, ...body].join('\n')
}

function cellsOf(/** @type {Row} */ row) {
  const ratio = row.ratio === undefined ? '-' : `${row.ratio.toFixed(2)}x`
  return [row.work, formatFigure(row.mlv), row.peer, formatFigure(row.peerFigure), ratio, row.target, row.verdict]
}

/** At least three digits, with a unit. */
export function formatFigure(/** @type {import('./row.js').Figure | undefined} */ figure) {
  if (figure === undefined) return '-'
  const { value, unit } = figure
  if (unit === 'per second') return `${threeDigits(value)}/s`
  if (unit === 'ms') return value < 1000 ? `${threeDigits(value)} ms` : `${threeDigits(value / 1000)} s`
  return value < 10_000 ? `${Math.round(value)} B` : `${threeDigits(value / 1e6)} MB`
}

function threeDigits(/** @type {number} */ value) {
  return value >= 100 ? String(Math.round(value)) : value.toPrecision(3)
}
