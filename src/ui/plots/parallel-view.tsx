/**
 * Parallel coordinates: one axis for each field, one line for each run. A range drawn on an axis becomes a filter.
 */
import { useState } from 'preact/hooks'
import { Empty, RefusalNote } from '../base/answer.tsx'
import { goTo, setState, stateOf } from '../base/route.ts'
import { theme } from '../base/theme.ts'
import { runAddress } from '../runs/cells.tsx'
import { fieldTitle } from '../runs/columns.ts'
import type { FullRow } from '../runs/row-source.ts'
import { addToFilter } from '../runs/runs-state.ts'
import { useBrush } from './brush.ts'
import { FieldSelect } from './field-select.tsx'
import { plotAxis, scaleColour } from './plot-axis.ts'
import type { PlotAxis } from './plot-axis.ts'
import { usePlotSize } from './plot-size.ts'
import { PlotTable } from './plot-table.tsx'
import { hoverText } from './scatter-view.tsx'
import { plotFields, usePlotRows } from './use-plot-rows.ts'

const SEPARATOR = '\n'
const SPACING = 120
const TOP = 44
const BOTTOM = 12
const SIDE = 74
const DEFAULT_PARAMETERS = 5

/** Parallel coordinates of the runs that match: what differs, and the metric they are coloured by. */
export function ParallelView() {
  const { metrics, parameters } = plotFields()
  const chosen = stateOf('axes')
  const usual = [...parameters.slice(0, DEFAULT_PARAMETERS), ...metrics.slice(0, 2)]
  const fields = chosen === '' ? usual : chosen.split(SEPARATOR)
  const { rows, refusal } = usePlotRows(fields)
  const [isTable, setTable] = useState(false)
  const setAxes = (next: readonly string[]): void => setState({ axes: next.join(SEPARATOR) })
  if (fields.length < 2) return <Empty title="These runs have nothing that differs" />
  return (
    <div class="plot-view">
      <div class="board-bar">
        <FieldSelect
          label="add"
          value=""
          none="an axis"
          onPick={(field) => field !== '' && !fields.includes(field) && setAxes([...fields, field])}
        />
        <button aria-pressed={isTable} onClick={() => setTable(!isTable)}>
          Table
        </button>
        {chosen !== '' && <button onClick={() => setAxes([])}>The usual axes</button>}
        <span class="muted hint">Draw along an axis to keep those runs alone. The last axis gives the colour.</span>
      </div>
      {refusal !== undefined && <RefusalNote refusal={refusal} />}
      {rows === undefined && refusal === undefined && <p class="waiting">Loading…</p>}
      {rows !== undefined && isTable && <PlotTable rows={rows} fields={fields} />}
      {rows !== undefined && !isTable && (
        <Parallel rows={rows} fields={fields} onLeave={(field) => setAxes(fields.filter((one) => one !== field))} />
      )}
    </div>
  )
}

interface ParallelProps {
  readonly rows: readonly FullRow[]
  readonly fields: readonly string[]
  readonly onLeave: (field: string) => void
}

function Parallel({ rows, fields, onLeave }: ParallelProps) {
  const axes = fields.map((field) => plotAxis(field, rows))
  const [hovered, setHovered] = useState<FullRow>()
  const { box, width: room, height: all } = usePlotSize()
  const spacing = Math.max(SPACING, (room - 2 * SIDE) / Math.max(1, axes.length - 1))
  const width = 2 * SIDE + (axes.length - 1) * spacing
  const height = all - TOP - BOTTOM
  const path = (row: FullRow): string => pathOf(axes, row, spacing, height)
  return (
    <div class="card plot-card">
      <div class="plot-scroll" ref={box}>
        <svg
          class="parallel"
          width={width}
          height={all}
          role="img"
          aria-label={`${rows.length} runs over ${fields.length} axes`}
        >
          <RunLines rows={rows} hue={axes.at(-1)} path={path} hovered={hovered} onHover={setHovered} />
          {axes.map((axis, index) => (
            <ParallelAxis key={axis.field} axis={axis} x={SIDE + index * spacing} height={height} onLeave={onLeave} />
          ))}
        </svg>
      </div>
      <p class="hover-line" aria-live="polite">
        {hovered === undefined ? `${rows.length} runs` : hoverText(hovered, fields)}
      </p>
    </div>
  )
}

interface RunLinesProps {
  readonly rows: readonly FullRow[]
  readonly hue: PlotAxis | undefined
  readonly path: (row: FullRow) => string
  readonly hovered: FullRow | undefined
  readonly onHover: (row: FullRow | undefined) => void
}

/** A line for each run; the one under the pointer is drawn over the others. */
function RunLines({ rows, hue, path, hovered, onHover }: RunLinesProps) {
  const opacity = rows.length > 400 ? 0.25 : rows.length > 100 ? 0.65 : 0.9
  return (
    <>
      <g fill="none" stroke-width="1.3" style={{ opacity: hovered === undefined ? opacity : opacity * 0.3 }}>
        {rows.map((row) => (
          <path
            key={row.head.id}
            d={path(row)}
            stroke={scaleColour(hue?.place(row), theme.value)}
            onPointerEnter={() => onHover(row)}
          />
        ))}
      </g>
      {hovered !== undefined && (
        <path
          class="parallel-hovered"
          d={path(hovered)}
          stroke={scaleColour(hue?.place(hovered), theme.value)}
          onPointerLeave={() => onHover(undefined)}
          onClick={() => goTo(runAddress(hovered.head.id))}
        />
      )}
    </>
  )
}

/** The line of one run; it is broken where the run has no value. */
function pathOf(axes: readonly PlotAxis[], row: FullRow, spacing: number, height: number): string {
  let isBroken = true
  return axes
    .map((axis, index) => {
      const at = axis.place(row)
      if (at === undefined) {
        isBroken = true
        return ''
      }
      const command = isBroken ? 'M' : 'L'
      isBroken = false
      return `${command}${(SIDE + index * spacing).toFixed(1)} ${(TOP + (1 - at) * height).toFixed(1)}`
    })
    .join('')
}

interface ParallelAxisProps {
  readonly axis: PlotAxis
  readonly x: number
  readonly height: number
  readonly onLeave: (field: string) => void
}

function ParallelAxis({ axis, x, height, onLeave }: ParallelAxisProps) {
  const { brush, start } = useBrush(({ y0, y1 }) => {
    const condition = axis.condition(1 - y0, 1 - y1)
    if (condition !== '') addToFilter(condition)
  })
  const title = fieldTitle(axis.field)
  return (
    <g class="parallel-axis" transform={`translate(${x} ${TOP})`}>
      <text class="axis-name" y={-24} text-anchor="middle">
        <title>{axis.field}</title>
        {title.length > 20 ? `…${title.slice(-19)}` : title}
        {axis.isLog ? ' (log)' : ''}
      </text>
      <text
        class="axis-leave"
        y={-9}
        text-anchor="middle"
        role="button"
        tabIndex={0}
        aria-label={`Leave out ${title}`}
        onClick={() => onLeave(axis.field)}
        onKeyDown={({ key }) => key === 'Enter' && onLeave(axis.field)}
      >
        ×
      </text>
      <line y2={height} />
      {axis.ticks.map(({ at, text }) => (
        <text key={text} x={-6} y={(1 - at) * height} dy="0.35em" text-anchor="end">
          {text.slice(0, 11)}
        </text>
      ))}
      <rect class="axis-area" x={-12} width={24} height={height} onPointerDown={start} />
      {brush !== undefined && (
        <rect
          class="brush"
          x={-9}
          width={18}
          y={Math.min(brush.y0, brush.y1) * height}
          height={Math.abs(brush.y1 - brush.y0) * height}
        />
      )}
    </g>
  )
}
