/**
 * What can be done with any plot: seen as a table, and taken away as a picture or as numbers.
 */
import { download } from '../browser.ts'
import { csvText } from '../charts/chart-export.ts'
import { chartInk } from '../charts/chart-options.ts'
import { drawMarks, svgOf } from './picture.ts'
import type { Picture } from './picture.ts'

/** A plot as rows for a spreadsheet. */
export interface PlotCsv {
  readonly heads: readonly string[]
  readonly rows: readonly (readonly (string | number | undefined)[])[]
}

interface PlotToolsProps {
  /** What the files are called. */
  readonly name: string
  readonly isTable: boolean
  readonly onTable: () => void
  /** Absent while there is nothing to draw. */
  readonly picture: (() => Picture) | undefined
  readonly csv: (() => PlotCsv) | undefined
}

/** Four buttons. */
export function PlotTools({ name, isTable, onTable, picture, csv }: PlotToolsProps) {
  return (
    <span class="plot-tools" role="group" aria-label="This plot">
      <button class="quiet" aria-pressed={isTable} title="The same as a table" onClick={onTable}>
        Table
      </button>
      <button class="quiet" disabled={picture === undefined} onClick={() => picture && savePng(name, picture())}>
        PNG
      </button>
      <button class="quiet" disabled={picture === undefined} onClick={() => picture && saveSvg(name, picture())}>
        SVG
      </button>
      <button class="quiet" disabled={csv === undefined} onClick={() => csv && saveCsv(name, csv())}>
        CSV
      </button>
    </span>
  )
}

/** Saves a picture as PNG, at least twice as fine as a plain screen. */
export function savePng(name: string, { width, height, marks }: Picture): void {
  const scale = Math.max(2, devicePixelRatio)
  const canvas = document.createElement('canvas')
  canvas.width = Math.round(width * scale)
  canvas.height = Math.round(height * scale)
  const context = canvas.getContext('2d')
  if (context === null) return
  context.scale(scale, scale)
  context.fillStyle = chartInk().ground
  context.fillRect(0, 0, width, height)
  drawMarks(context, marks)
  canvas.toBlob((blob) => blob !== null && download(`${fileName(name)}.png`, blob), 'image/png')
}

/** Saves a picture as SVG. */
export function saveSvg(name: string, picture: Picture): void {
  const text = svgOf(picture, chartInk().ground)
  download(`${fileName(name)}.svg`, new Blob([text], { type: 'image/svg+xml' }))
}

function saveCsv(name: string, csv: PlotCsv): void {
  download(`${fileName(name)}.csv`, new Blob([csvOf(csv)], { type: 'text/csv' }))
}

/** Rows as CSV; a text that a spreadsheet would reckon with is marked as text. */
export function csvOf({ heads, rows }: PlotCsv): string {
  const cell = (value: string | number | undefined): string =>
    typeof value === 'string' ? csvText(value) : String(value ?? '')
  return [heads, ...rows].map((row) => row.map(cell).join(',')).join('\r\n') + '\r\n'
}

function fileName(name: string): string {
  return name.replace(/[^\w.-]+/g, '-').slice(0, 80) || 'plot'
}
