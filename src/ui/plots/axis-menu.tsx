/**
 * What can be done with an axis without a pointer: moved, left out, scaled, and brushed by numbers or names.
 */
import { useState } from 'preact/hooks'
import { px } from '../base/pixels.ts'
import { useMenu } from '../base/use-menu.ts'
import type { AxisBrush } from './brushes.ts'
import type { AxisActions } from './parallel-axis.tsx'
import { operandText } from './plot-axis.ts'
import type { PlotAxis } from './plot-axis.ts'
import { scaleOf, setScale } from './use-plot-rows.ts'

const LISTED = 24

interface AxisMenuProps extends AxisActions {
  readonly axis: PlotAxis
  readonly index: number
  readonly count: number
  readonly brush: AxisBrush | undefined
  /** Where it begins, in pixels. */
  readonly left: number
  readonly onClose: () => void
}

/** A menu below the head of an axis. */
export function AxisMenu(props: AxisMenuProps) {
  const { axis, index, count, brush, onClose, onMove, onLeave, onBrush } = props
  const closing = (act: () => void) => () => {
    act()
    onClose()
  }
  const menu = useMenu(onClose)
  return (
    <div
      class="menu axis-menu"
      style={{ left: px(props.left) }}
      role="group"
      aria-label={`Axis ${axis.title}`}
      {...menu}
    >
      <div class="button-row">
        <button disabled={index === 0} onClick={() => onMove(axis.field, index - 1)}>
          ← Move
        </button>
        <button disabled={index === count - 1} onClick={() => onMove(axis.field, index + 1)}>
          Move →
        </button>
      </div>
      {axis.kind === 'number' && axis.mayBeLog && (
        <button
          aria-pressed={axis.isLog}
          onClick={() =>
            setScale(axis.field, axis.isLog ? 'linear' : scaleOf(axis.field) === 'linear' ? 'auto' : 'log')
          }
        >
          Logarithmic
        </button>
      )}
      {axis.kind === 'number' ? <RangeFields {...props} /> : <ValueBoxes {...props} />}
      {brush !== undefined && <button onClick={closing(() => onBrush(axis.field, undefined))}>Keep all again</button>}
      <button onClick={closing(() => onLeave(axis.field))}>Leave out</button>
    </div>
  )
}

/** The ends of a brush, typed. */
function RangeFields({ axis, brush, onBrush, onClose }: AxisMenuProps) {
  const range = brush?.kind === 'range' ? brush : { from: -Infinity, to: Infinity }
  const [from, setFrom] = useState(endText(range.from))
  const [to, setTo] = useState(endText(range.to))
  if (axis.field === 'created' || axis.field === 'elapsed') return null
  const submit = (event: Event): void => {
    event.preventDefault()
    const [low, high] = [from === '' ? -Infinity : Number(from), to === '' ? Infinity : Number(to)]
    if (Number.isNaN(low) || Number.isNaN(high)) return
    const isAll = low === -Infinity && high === Infinity
    onBrush(axis.field, isAll ? undefined : { kind: 'range', from: low, to: high })
    onClose()
  }
  return (
    <form class="range-fields" onSubmit={submit}>
      <input
        value={from}
        inputMode="decimal"
        placeholder="least"
        aria-label={`Least ${axis.title}`}
        onInput={({ currentTarget }) => setFrom(currentTarget.value)}
      />
      <input
        value={to}
        inputMode="decimal"
        placeholder="greatest"
        aria-label={`Greatest ${axis.title}`}
        onInput={({ currentTarget }) => setTo(currentTarget.value)}
      />
      <button type="submit">Keep</button>
    </form>
  )
}

function endText(end: number): string {
  return Number.isFinite(end) ? String(end) : ''
}

/** The values of a brush, ticked. */
function ValueBoxes({ axis, brush, onBrush }: AxisMenuProps) {
  const kept = brush?.kind === 'values' ? brush.operands : []
  const toggle = (operand: string): void => {
    const next = kept.includes(operand) ? kept.filter((one) => one !== operand) : [...kept, operand]
    onBrush(axis.field, next.length === 0 ? undefined : { kind: 'values', operands: next })
  }
  return (
    <div class="value-boxes">
      {axis.texts.slice(0, LISTED).map((text) => (
        <label key={text}>
          <input
            type="checkbox"
            checked={kept.includes(operandText(text))}
            onChange={() => toggle(operandText(text))}
          />
          {text}
        </label>
      ))}
      {axis.texts.length > LISTED && <p class="muted">and {axis.texts.length - LISTED} more: draw on the axis</p>}
    </div>
  )
}
