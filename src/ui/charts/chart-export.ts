/**
 * Charts to take away: a picture and a table.
 */
import type uPlot from 'uplot'
import { download } from '../browser.ts'
import { chartInk } from './chart-options.ts'
import type { LinePlace } from './chart-data.ts'

/** Saves a chart as it is drawn, with its title and the names of its runs, as PNG. */
export function savePicture(title: string, chart: uPlot, places: readonly LinePlace[]): void {
  const scale = devicePixelRatio
  const line = 18 * scale
  const drawn = chart.ctx.canvas
  const canvas = document.createElement('canvas')
  canvas.width = drawn.width
  canvas.height = drawn.height + 2 * line + Math.ceil(places.length / 2) * line
  const context = canvas.getContext('2d')
  if (context === null) return
  const ink = chartInk()
  context.fillStyle = ink.ground
  context.fillRect(0, 0, canvas.width, canvas.height)
  context.fillStyle = ink.text
  context.font = `600 ${13 * scale}px system-ui, sans-serif`
  context.fillText(title, 12 * scale, line)
  context.drawImage(drawn, 0, 1.5 * line)
  context.font = `${11 * scale}px system-ui, sans-serif`
  places.forEach(({ run }, index) => {
    const x = 12 * scale + (index % 2) * (canvas.width / 2)
    const y = drawn.height + 2.4 * line + Math.floor(index / 2) * line
    context.strokeStyle = run.colour
    context.lineWidth = 3 * scale
    context.setLineDash(run.dash.map((length) => length * scale))
    context.beginPath()
    context.moveTo(x, y - 6 * scale)
    context.lineTo(x + 18 * scale, y - 6 * scale)
    context.stroke()
    context.fillStyle = ink.text
    context.fillText(run.title, x + 24 * scale, y, canvas.width / 2 - 44 * scale)
  })
  canvas.toBlob((blob) => blob !== null && download(`${fileName(title)}.png`, blob), 'image/png')
}

/** Saves the points of a chart as CSV, one row a bucket. */
export function saveTable(title: string, x: string, places: readonly LinePlace[]): void {
  download(`${fileName(title)}.csv`, new Blob([seriesTable(x, places)], { type: 'text/csv' }))
}

/** The points of some series as CSV. A text that a spreadsheet would reckon with is marked as text. */
export function seriesTable(x: string, places: readonly Pick<LinePlace, 'run' | 'series'>[]): string {
  const rows = places.flatMap(({ run, series }) =>
    series.xs.map((at, index) => [
      csvText(run.id),
      csvText(run.title),
      at,
      series.steps[index],
      series.lasts[index],
      series.mins[index],
      series.maxs[index],
      series.means[index],
      series.counts[index],
    ]),
  )
  const head = ['run', 'name', x, ...(x === 'step' ? ['last_step'] : ['step']), 'last', 'min', 'max', 'mean', 'points']
  return [head, ...rows].map((row) => row.map((cell) => cell ?? '').join(',')).join('\r\n') + '\r\n'
}

/** A text as a cell of CSV. */
export function csvText(text: string): string {
  const safe = /^[=+\-@\t\r]/.test(text) ? `'${text}` : text
  return `"${safe.replaceAll('"', '""')}"`
}

function fileName(title: string): string {
  return title.replace(/[^\w.-]+/g, '-').slice(0, 80) || 'chart'
}
