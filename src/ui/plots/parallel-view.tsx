/**
 * Parallel coordinates: one axis for each field, one line for each run. Brushes are conditions of the filter, so the
 * table and all other plots follow.
 */
import { useMemo, useState } from 'preact/hooks'
import { setState, stateOf } from '../base/route.ts'
import { theme } from '../base/theme.ts'
import { copyText } from '../browser.ts'
import type { FullRow } from '../runs/row-source.ts'
import { filter } from '../runs/runs-state.ts'
import { brushesOf, withBrush } from './brushes.ts'
import type { AxisBrush } from './brushes.ts'
import { FieldSelect } from './field-select.tsx'
import { parallelPicture, ParallelPlot } from './parallel-plot.tsx'
import type { Brushes } from './parallel-plot.tsx'
import { plotAxis } from './plot-axis.ts'
import { plotColour } from './plot-colour.ts'
import { PlotLegend } from './plot-legend.tsx'
import { NoFields, PlotNotes } from './plot-notes.tsx'
import { usePlotSize } from './plot-size.ts'
import { PlotTable, plotCsv } from './plot-table.tsx'
import { PlotTools } from './plot-tools.tsx'
import { goalOfField, plotFields, scaleOf, useKeptDrawing, usePlotRows } from './use-plot-rows.ts'

const SEPARATOR = '\n'
const USUAL_PARAMETERS = 7

/** What differs, and the metrics that are judged. */
function usualAxes(): readonly string[] {
  const { metrics, parameters, varying } = plotFields()
  const [first, ...others] = metrics.filter((field) => varying.has(field))
  // A second score goes with the first; what a run cost says more beside it.
  const other = others.find((field) => goalOfField(field) !== goalOfField(first ?? '')) ?? others[0]
  return [
    ...parameters.filter((field) => varying.has(field)).slice(0, USUAL_PARAMETERS),
    ...[other, first].filter((field) => field !== undefined),
  ]
}

/** Parallel coordinates of the runs that match. */
export function ParallelView() {
  const chosen = stateOf('axes')
  const usual = usualAxes()
  const fields = chosen === '' ? usual : chosen.split(SEPARATOR)
  const { rest, brushes } = brushesOf(filter.value, fields)
  const colour = stateOf('pc') || (fields.findLast((field) => goalOfField(field) !== undefined) ?? fields.at(-1) ?? '')
  const { rows, total, refusal, isWhole } = usePlotRows(rest, [...fields, colour])
  const drawing = useKeptDrawing(
    rows !== undefined && isWhole ? (
      <Parallel rows={rows} fields={fields} colour={colour} brushes={brushes} />
    ) : undefined,
  )
  const setAxes = (next: readonly string[]): void => setState({ axes: next.join(SEPARATOR) })
  if (fields.length < 2)
    return (
      <NoFields title="These runs have nothing that differs">
        <p>Record another with other parameters, and both are lines here:</p>
        <pre>mlv run -p lr=0.01 -- python train.py</pre>
      </NoFields>
    )
  return (
    <div class="plot-view">
      <div class="board-bar">
        <FieldSelect
          label="add"
          value=""
          none="an axis"
          onPick={(field) => field !== '' && !fields.includes(field) && setAxes([...fields, field])}
        />
        <FieldSelect label="colour" value={colour} onPick={(pc) => setState({ pc })} />
        {chosen !== '' && <button onClick={() => setAxes([])}>The usual axes</button>}
      </div>
      <PlotNotes rows={rows} total={total} refusal={refusal} />
      {drawing}
    </div>
  )
}

interface ParallelProps {
  readonly rows: readonly FullRow[]
  readonly fields: readonly string[]
  readonly colour: string
  readonly brushes: Brushes
}

function Parallel({ rows, fields, colour: hue, brushes }: ParallelProps) {
  const [isTable, setTable] = useState(false)
  const { box, width, height } = usePlotSize()
  const scales = fields.map(scaleOf).join()
  const axes = useMemo(
    () => fields.map((field) => plotAxis(field, rows, scaleOf(field))),
    [rows, fields.join(SEPARATOR), scales],
  )
  const colour = useMemo(() => plotColour(hue, rows, scaleOf(hue)), [rows, hue, scaleOf(hue), theme.value])
  const actions = axisActions(fields)
  const plot = { rows, axes, colour, brushes, room: width, height, ...actions }
  const named = [...new Set([...fields, hue])]
  return (
    <div class="card plot-card">
      <header>
        <span class="muted hint">Draw along an axis to keep those runs; drag its name to another place.</span>
        <PlotTools
          name="parallel"
          isTable={isTable}
          onTable={() => setTable(!isTable)}
          picture={() => parallelPicture(plot)}
          csv={() => plotCsv(rows, named)}
        />
      </header>
      <PlotLegend colour={colour} rows={rows} />
      {brushes.size > 0 && <BrushedLine fields={fields} brushes={brushes} />}
      <div class="plot-scroll" ref={box}>
        {isTable ? <PlotTable rows={rows} fields={named} /> : <ParallelPlot {...plot} />}
      </div>
    </div>
  )
}

/** What axes can be told. The axes are kept with the first brush, since what differs is less among fewer runs. */
function axisActions(fields: readonly string[]) {
  const axes = fields.join(SEPARATOR)
  return {
    onMove: (field: string, index: number): void => {
      const others = fields.filter((one) => one !== field)
      setState({ axes: [...others.slice(0, index), field, ...others.slice(index)].join(SEPARATOR) }, 'small')
    },
    onLeave: (field: string): void => {
      const next = fields.filter((one) => one !== field)
      setState({ axes: next.join(SEPARATOR), filter: withBrush(filter.peek(), fields, field, undefined) })
    },
    onBrush: (field: string, brush: AxisBrush | undefined): void =>
      setState({ filter: withBrush(filter.peek(), fields, field, brush), axes }),
  }
}

/** The filter the brushes make, to be pasted into a terminal. */
function BrushedLine({ fields, brushes }: { fields: readonly string[]; brushes: Brushes }) {
  const [isCopied, setCopied] = useState(false)
  const command = `mlv ls -f ${shellQuoted(filter.value)}`
  const clear = (): void => {
    const next = [...brushes.keys()].reduce((text, field) => withBrush(text, fields, field, undefined), filter.peek())
    setState({ filter: next })
  }
  const copy = (): void => {
    void copyText(command).then(setCopied)
    setTimeout(() => setCopied(false), 2000)
  }
  return (
    <p class="brushed-line">
      <code>{command}</code>
      <button class="quiet" onClick={copy}>
        {isCopied ? 'Copied' : 'Copy'}
      </button>
      <button class="quiet" onClick={clear}>
        Clear brushes
      </button>
    </p>
  )
}

function shellQuoted(text: string): string {
  return `'${text.replaceAll("'", `'\\''`)}'`
}
