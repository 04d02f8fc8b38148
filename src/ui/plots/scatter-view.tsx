/**
 * One value of each run against another, with the runs that nothing beats. A rectangle drawn over it becomes a filter.
 */
import { useMemo, useState } from 'preact/hooks'
import type { Direction } from '../../domain/statistics/pareto.ts'
import { setState, stateOf } from '../base/route.ts'
import { theme } from '../base/theme.ts'
import type { FullRow } from '../runs/row-source.ts'
import { filter } from '../runs/runs-state.ts'
import { FieldSelect } from './field-select.tsx'
import { ParetoList } from './pareto-list.tsx'
import { plotAxis } from './plot-axis.ts'
import { plotColour } from './plot-colour.ts'
import { PlotLegend } from './plot-legend.tsx'
import { NoFields, PlotNotes } from './plot-notes.tsx'
import { usePlotSize } from './plot-size.ts'
import { PlotTable, plotCsv } from './plot-table.tsx'
import { PlotTools } from './plot-tools.tsx'
import { ScaleSelect } from './scale-select.tsx'
import { frontRows } from './scatter-marks.ts'
import { ScatterPlot, useScatterPicture } from './scatter-plot.tsx'
import { goalOfField, plotFields, scaleOf, useKeptDrawing, usePlotRows } from './use-plot-rows.ts'

/** What is laid along what. */
interface ScatterFields {
  readonly x: string
  readonly y: string
  readonly colour: string
  readonly size: string
}

/** A scatter plot of the runs that match. */
export function ScatterView() {
  const { metrics, parameters, varying } = plotFields()
  const usualX = parameters.find((field) => varying.has(field)) ?? metrics[1] ?? parameters[0] ?? ''
  const x = stateOf('px') || usualX
  const y = stateOf('py') || (metrics[0] ?? '')
  const fields = { x, y, colour: stateOf('pc'), size: stateOf('ps') }
  const named = [...new Set([x, y, fields.colour, fields.size])].filter((field) => field !== '')
  const { rows, total, refusal, isWhole } = usePlotRows(filter.value, named)
  const drawing = useKeptDrawing(
    rows !== undefined && isWhole ? <Scatter rows={rows} fields={fields} named={named} /> : undefined,
  )
  if (x === '' || y === '')
    return (
      <NoFields title="These runs have nothing to lay along two axes">
        <p>Record a metric and a parameter, and each run is a point here:</p>
        <pre>mlv run -p lr=0.1 -- python train.py</pre>
      </NoFields>
    )
  return (
    <div class="plot-view">
      <ScatterBar fields={fields} />
      <PlotNotes rows={rows} total={total} refusal={refusal} />
      {drawing}
    </div>
  )
}

function ScatterBar({ fields: { x, y, colour, size } }: { fields: ScatterFields }) {
  const hasFront = stateOf('front') === '1'
  return (
    <div class="board-bar">
      <FieldSelect label="x" value={x} onPick={(px) => setState({ px })} />
      <ScaleSelect field={x} />
      <FieldSelect label="y" value={y} onPick={(py) => setState({ py })} />
      <ScaleSelect field={y} />
      <FieldSelect label="colour" value={colour} none="none" onPick={(pc) => setState({ pc })} />
      <FieldSelect label="size" value={size} none="none" onPick={(ps) => setState({ ps })} />
      <button
        aria-pressed={hasFront}
        title="The runs that no other beats in one way without being worse in the other"
        onClick={() => setState({ front: hasFront ? '' : '1' })}
      >
        Pareto front
      </button>
      {hasFront && <BetterSelect label="x" state="dx" field={x} />}
      {hasFront && <BetterSelect label="y" state="dy" field={y} />}
    </div>
  )
}

/** Which way is better, where it was chosen or declared. */
function betterOf(state: 'dx' | 'dy', field: string): Direction | undefined {
  const chosen = stateOf(state)
  return chosen === 'min' || chosen === 'max' ? chosen : goalOfField(field)
}

function BetterSelect({ label, state, field }: { label: string; state: 'dx' | 'dy'; field: string }) {
  const goal = goalOfField(field)
  return (
    <label class="select">
      better {label}
      <select
        aria-label={`better ${label}`}
        value={betterOf(state, field) ?? ''}
        onChange={({ currentTarget }) => setState({ [state]: currentTarget.value === goal ? '' : currentTarget.value })}
      >
        {goal === undefined && <option value="">choose</option>}
        <option value="max">higher</option>
        <option value="min">lower</option>
      </select>
    </label>
  )
}

interface ScatterProps {
  readonly rows: readonly FullRow[]
  readonly fields: ScatterFields
  readonly named: readonly string[]
}

function Scatter({ rows, fields, named }: ScatterProps) {
  const { x, y, colour, size } = fields
  const [isTable, setTable] = useState(false)
  const { box, width, height } = usePlotSize()
  const scales = named.map(scaleOf).join()
  const axes = useMemo(
    () => ({
      across: plotAxis(x, rows, scaleOf(x)),
      up: plotAxis(y, rows, scaleOf(y)),
      size: size === '' ? undefined : plotAxis(size, rows, scaleOf(size)),
      colour: colour === '' ? undefined : plotColour(colour, rows, scaleOf(colour)),
    }),
    [rows, x, y, colour, size, scales, theme.value],
  )
  const { better, front, isAsked } = useFront(rows, fields)
  const plot = { rows, axes, fields: named, front, better, width, height }
  const { picture } = useScatterPicture(plot)
  return (
    <div class="card plot-card">
      <header>
        <span class="muted hint">Draw a rectangle to keep those runs alone.</span>
        <PlotTools
          name={`${axes.up.title}-by-${axes.across.title}`}
          isTable={isTable}
          onTable={() => setTable(!isTable)}
          picture={() => picture}
          csv={() => plotCsv(rows, named)}
        />
      </header>
      {axes.colour !== undefined && <PlotLegend colour={axes.colour} rows={rows} />}
      <div ref={box} />
      {isTable ? <PlotTable rows={rows} fields={named} /> : <ScatterPlot {...plot} />}
      {isAsked && better === undefined && <p class="muted">Say which way is better on each axis to see the front.</p>}
      {better !== undefined && <ParetoList rows={front} fields={named} />}
    </div>
  )
}

const NO_ROWS: readonly FullRow[] = []

function useFront(rows: readonly FullRow[], { x, y }: ScatterFields) {
  const isAsked = stateOf('front') === '1'
  const [betterX, betterY] = [betterOf('dx', x), betterOf('dy', y)]
  return useMemo(() => {
    if (!isAsked || betterX === undefined || betterY === undefined)
      return { better: undefined, front: NO_ROWS, isAsked }
    const better = { x: betterX, y: betterY }
    return { better, front: frontRows(rows, x, y, better), isAsked }
  }, [rows, x, y, isAsked, betterX, betterY])
}
