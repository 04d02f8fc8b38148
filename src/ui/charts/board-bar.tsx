/**
 * What is chosen for all charts of a board; the choices are in the address.
 */
import { useMemo } from 'preact/hooks'
import { setState, stateOf } from '../base/route.ts'
import type { ChartChoice, ScaleKind } from './chart-options.ts'
import type { XKind } from './series-loader.ts'

interface BoardBarProps {
  readonly choice: ChartChoice
  readonly search: string
  readonly metrics: readonly string[]
  readonly onSearch: (text: string) => void
  readonly count: number
}

/** The row of choices above the charts. */
export function BoardBar({ choice, search, metrics, onSearch, count }: BoardBarProps) {
  return (
    <div class="board-bar" role="group" aria-label="Choices for all charts">
      <input
        type="search"
        placeholder={count === 1 ? 'Search 1 chart' : `Search ${count} charts`}
        aria-label="Search charts"
        value={search}
        onInput={({ currentTarget }) => onSearch(currentTarget.value)}
      />
      <AxisSelect x={choice.x} metrics={metrics} />
      <ScaleSelect label="x scale" axis="x" scale={choice.scaleX} isDisabled={choice.x === 'time'} />
      <ScaleSelect label="y scale" axis="y" scale={choice.scaleY} isDisabled={false} />
      <button
        aria-pressed={choice.isClipped}
        title="Let the few values far from all others run out of the picture"
        onClick={() => setState({ clip: choice.isClipped ? '' : '1' })}
      >
        ignore outliers
      </button>
      <label class="slider">
        Smooth
        <input
          type="range"
          min="0"
          max="0.99"
          step="0.01"
          value={choice.smoothing}
          onInput={({ currentTarget }) =>
            setState({ smooth: currentTarget.value === '0' ? '' : currentTarget.value }, 'small')
          }
        />
        <output>{choice.smoothing.toFixed(2)}</output>
      </label>
      {choice.zoom !== undefined && <button onClick={() => setZoom(undefined)}>Show all again</button>}
    </div>
  )
}

/** More names than that are no list any more; one that is in the address is there all the same. */
const MOST_METRICS = 400

/** What the points lie along: steps, times, or any other metric of the same step. */
function AxisSelect({ x, metrics }: { x: XKind; metrics: readonly string[] }) {
  const chosen = x.startsWith(METRIC) ? [x.slice(METRIC.length)] : []
  const names = [...new Set([...chosen, ...metrics.slice(0, MOST_METRICS)])].sort()
  return (
    <label class="select">
      x
      <select
        value={x}
        aria-label="x axis"
        onChange={({ currentTarget }) => setState({ x: currentTarget.value, zoom: '' })}
      >
        <option value="step">step</option>
        <option value="elapsed">time since start</option>
        <option value="time">time of day</option>
        <optgroup label="another metric, at the same step">
          {names.map((name) => (
            <option key={name} value={`${METRIC}${name}`}>
              {name}
            </option>
          ))}
        </optgroup>
      </select>
    </label>
  )
}

interface ScaleSelectProps {
  readonly label: string
  readonly axis: 'x' | 'y'
  readonly scale: ScaleKind
  readonly isDisabled: boolean
}

function ScaleSelect({ label, axis, scale, isDisabled }: ScaleSelectProps) {
  const choose = (wanted: string): void => {
    const [log, symlog] = ['log', 'symlog'].map((key) => stateOf(key).replace(axis, ''))
    setState({
      log: wanted === 'log' ? `${log ?? ''}${axis}` : log,
      symlog: wanted === 'symlog' ? `${symlog ?? ''}${axis}` : symlog,
    })
  }
  return (
    <label class="select">
      {label}
      <select
        aria-label={label}
        value={scale}
        disabled={isDisabled}
        title="symlog is logarithmic on both sides of zero"
        onChange={({ currentTarget }) => choose(currentTarget.value)}
      >
        <option value="linear">linear</option>
        <option value="log">log</option>
        <option value="symlog">symlog</option>
      </select>
    </label>
  )
}

/** The choices, from the address. */
export function useChoice(): ChartChoice {
  const [x = '', log = '', symlog = '', smooth, zoom, clip] = CHOICES.map(stateOf)
  return useMemo((): ChartChoice => {
    const [from, to] = (zoom ?? '').split(',').map(Number)
    const isRange = from !== undefined && to !== undefined && Number.isFinite(from) && Number.isFinite(to) && from < to
    const scaleOf = (axis: string): ScaleKind => {
      return symlog.includes(axis) ? 'symlog' : log.includes(axis) ? 'log' : 'linear'
    }
    return {
      x: axisOf(x),
      scaleX: scaleOf('x'),
      scaleY: scaleOf('y'),
      isClipped: clip === '1',
      smoothing: Math.min(0.99, Math.max(0, Number(smooth) || 0)),
      zoom: isRange ? [from, to] : undefined,
    }
  }, [x, log, symlog, smooth, zoom, clip])
}

const CHOICES = ['x', 'log', 'symlog', 'smooth', 'zoom', 'clip']
const METRIC = 'metric:'

function axisOf(text: string): XKind {
  if (text.startsWith(METRIC) && text.length > METRIC.length) return `metric:${text.slice(METRIC.length)}`
  return text === 'elapsed' || text === 'time' ? text : 'step'
}

/** Shows a part of x in all charts; all of it when absent. */
export function setZoom(range: readonly [number, number] | undefined): void {
  setState({ zoom: range === undefined ? '' : range.map((end) => Number(end.toPrecision(12))).join() })
}
