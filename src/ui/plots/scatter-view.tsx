/**
 * One value of each run against another. A rectangle drawn over the plot becomes a filter.
 */
import { useState } from 'preact/hooks'
import { Empty, RefusalNote } from '../base/answer.tsx'
import { goTo, setState, stateOf } from '../base/route.ts'
import { theme } from '../base/theme.ts'
import { runTitle } from '../base/wire-value.ts'
import { runAddress } from '../runs/cells.tsx'
import { fieldTitle } from '../runs/columns.ts'
import type { FullRow } from '../runs/row-source.ts'
import { addToFilter, selected } from '../runs/runs-state.ts'
import { useBrush } from './brush.ts'
import type { Brush } from './brush.ts'
import { FieldSelect } from './field-select.tsx'
import { plotAxis, scaleColour } from './plot-axis.ts'
import type { PlotAxis } from './plot-axis.ts'
import { usePlotSize } from './plot-size.ts'
import { PlotTable } from './plot-table.tsx'
import { plotFields, usePlotRows } from './use-plot-rows.ts'

const LEFT = 66
const BOTTOM = 46
const RIGHT = 16
const TOP = 8

/** The part of the plot that holds the runs, in pixels. */
interface Inner {
  readonly width: number
  readonly height: number
}

/** A scatter plot of the runs that match. */
export function ScatterView() {
  const { metrics, parameters } = plotFields()
  const x = stateOf('px') || (parameters[0] ?? metrics[1] ?? '')
  const y = stateOf('py') || (metrics[0] ?? '')
  const colour = stateOf('pc')
  const { rows, refusal } = usePlotRows([x, y, colour].filter((field) => field !== ''))
  const [isTable, setTable] = useState(false)
  if (x === '' || y === '') return <Empty title="These runs have nothing to lay along two axes" />
  return (
    <div class="plot-view">
      <div class="board-bar">
        <FieldSelect label="x" value={x} onPick={(px) => setState({ px })} />
        <FieldSelect label="y" value={y} onPick={(py) => setState({ py })} />
        <FieldSelect label="colour" value={colour} none="none" onPick={(pc) => setState({ pc })} />
        <button aria-pressed={isTable} onClick={() => setTable(!isTable)}>
          Table
        </button>
        <span class="muted hint">Draw a rectangle to keep those runs alone.</span>
      </div>
      {refusal !== undefined && <RefusalNote refusal={refusal} />}
      {rows === undefined && refusal === undefined && <p class="waiting">Loading…</p>}
      {rows !== undefined && isTable && (
        <PlotTable rows={rows} fields={[x, y, colour].filter((field) => field !== '')} />
      )}
      {rows !== undefined && !isTable && <Scatter rows={rows} x={x} y={y} colour={colour} />}
    </div>
  )
}

interface ScatterProps {
  readonly rows: readonly FullRow[]
  readonly x: string
  readonly y: string
  readonly colour: string
}

function Scatter({ rows, x, y, colour }: ScatterProps) {
  const [across, up, hue] = [plotAxis(x, rows), plotAxis(y, rows), colour === '' ? undefined : plotAxis(colour, rows)]
  const [hovered, setHovered] = useState<FullRow>()
  const { brush, start } = useBrush(({ x0, x1, y0, y1 }) => {
    const conditions = [across.condition(x0, x1), up.condition(1 - y0, 1 - y1)].filter((one) => one !== '')
    if (conditions.length > 0) addToFilter(conditions.join(' and '))
  })
  const { box, width, height } = usePlotSize()
  const inner = { width: width - LEFT - RIGHT, height: height - BOTTOM - TOP }
  const dots = rows.flatMap((row) => {
    const [left, top] = [across.place(row), up.place(row)]
    return left === undefined || top === undefined ? [] : [{ row, left, top: 1 - top }]
  })
  return (
    <div class="card plot-card">
      <div ref={box} />
      <svg class="scatter" width={width} height={height} role="img" aria-label={`${dots.length} runs by ${x} and ${y}`}>
        <PlotAxes across={across} up={up} inner={inner} />
        <g transform={`translate(${LEFT} ${TOP})`}>
          <rect class="plot-ground" width={inner.width} height={inner.height} onPointerDown={start} />
          {brush !== undefined && <BrushMark brush={brush} inner={inner} />}
          {dots.map(({ row, left, top }) => (
            <circle
              key={row.head.id}
              class={selected.value.includes(row.head.id) ? 'dot-mark is-selected' : 'dot-mark'}
              cx={left * inner.width}
              cy={top * inner.height}
              r={rows.length > 500 ? 3 : 4.5}
              {...(hue === undefined ? {} : { style: { fill: scaleColour(hue.place(row), theme.value) } })}
              onPointerEnter={() => setHovered(row)}
              onPointerLeave={() => setHovered(undefined)}
              onClick={() => goTo(runAddress(row.head.id))}
            />
          ))}
        </g>
      </svg>
      <p class="hover-line" aria-live="polite">
        {hovered === undefined
          ? `${dots.length} of ${rows.length} runs have both values`
          : hoverText(hovered, [x, y, colour])}
      </p>
    </div>
  )
}

function BrushMark({ brush, inner }: { brush: Brush; inner: Inner }) {
  return (
    <rect
      class="brush"
      x={Math.min(brush.x0, brush.x1) * inner.width}
      y={Math.min(brush.y0, brush.y1) * inner.height}
      width={Math.abs(brush.x1 - brush.x0) * inner.width}
      height={Math.abs(brush.y1 - brush.y0) * inner.height}
    />
  )
}

/** What is under the pointer, in words. */
export function hoverText(row: FullRow, fields: readonly string[]): string {
  const values = fields.flatMap((field) => {
    const cell = row.cells.get(field)
    return cell == null ? [] : [`${fieldTitle(field)} ${cell.text}`]
  })
  return [runTitle(row.head), ...values].join(' · ')
}

function PlotAxes({ across, up, inner }: { across: PlotAxis; up: PlotAxis; inner: Inner }) {
  return (
    <g class="axes" aria-hidden="true">
      {across.ticks.map(({ at, text }) => (
        <g key={text} transform={`translate(${LEFT + at * inner.width} ${TOP})`}>
          <line y2={inner.height} />
          <text y={inner.height + 16} text-anchor="middle">
            {text.slice(0, 14)}
          </text>
        </g>
      ))}
      {up.ticks.map(({ at, text }) => (
        <g key={text} transform={`translate(${LEFT} ${TOP + (1 - at) * inner.height})`}>
          <line x2={inner.width} />
          <text x={-8} dy="0.35em" text-anchor="end">
            {text.slice(0, 10)}
          </text>
        </g>
      ))}
      <text class="axis-name" x={LEFT + inner.width / 2} y={inner.height + BOTTOM} text-anchor="middle">
        {fieldTitle(across.field)}
        {across.isLog ? ' (log)' : ''}
      </text>
      <text class="axis-name" transform={`translate(14 ${inner.height / 2}) rotate(-90)`} text-anchor="middle">
        {fieldTitle(up.field)}
        {up.isLog ? ' (log)' : ''}
      </text>
    </g>
  )
}
