/**
 * What the colours of a plot mean.
 */
import { numberText } from '../base/number-text.ts'
import { cellNumber } from '../base/wire-value.ts'
import type { FullRow } from '../runs/row-source.ts'
import { noColour } from './plot-colour.ts'
import type { PlotColour } from './plot-colour.ts'

/** A scale with its ends, or names with their hues. */
export function PlotLegend({ colour, rows }: { colour: PlotColour; rows: readonly FullRow[] }) {
  const { axis, steps } = colour
  const numbers = rows.map((row) => cellNumber(row.cells.get(axis.field)) ?? NaN).filter(Number.isFinite)
  const ends = [numbers.reduce((a, b) => Math.min(a, b), Infinity), numbers.reduce((a, b) => Math.max(a, b), -Infinity)]
  return (
    <p class="plot-legend">
      <b>{axis.title}</b>
      {axis.kind === 'number' && <span>{numberText(ends[0] ?? 0)}</span>}
      {axis.kind === 'text' && steps.every(({ name }) => name === undefined) && <span>{axis.texts[0]}</span>}
      {steps.map(({ colour: one, name }) => (
        <span key={name ?? one} class={name === undefined ? 'legend-step' : 'legend-name'}>
          <i class="swatch" style={{ background: one }} />
          {name}
        </span>
      ))}
      {axis.kind === 'number' && <span>{numberText(ends[1] ?? 0)}</span>}
      {axis.kind === 'text' && steps.every(({ name }) => name === undefined) && <span>{axis.texts.at(-1)}</span>}
      {axis.missing > 0 && (
        <span class="legend-name">
          <i class="swatch" style={{ background: noColour() }} />
          no value: {axis.missing}
        </span>
      )}
    </p>
  )
}
