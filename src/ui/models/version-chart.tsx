/**
 * One metric over the versions of a model.
 */
import { useState } from 'preact/hooks'
import type { WireModel } from '../../server/wire.ts'
import { GoalWord } from '../base/goal-word.tsx'
import { metricText } from '../base/number-text.ts'
import { numberOf } from '../base/wire-value.ts'
import { usePlotSize } from '../plots/plot-size.ts'
import { mostTellingFirst } from './metric-order.ts'
import { metricKeys, ruleOf } from './version-rows.tsx'

const SIZE = { height: 150, left: 60, right: 28, top: 22, bottom: 24 }
const LABEL_WIDTH = 60
const LETTER_WIDTH = 7

interface Point {
  readonly number: number
  readonly value: number
  readonly isRetired: boolean
  readonly aliases: readonly string[]
}

/** A line over the numbers of versions; those that aliases name are told. The table below has the same numbers. */
export function VersionChart({ model }: { model: WireModel }) {
  const drawn = metricKeys(model).filter((key) => pointsOf(model, key).length > 1)
  const keys = mostTellingFirst(model, drawn, (key) => ruleOf(model, key))
  const [chosen, setChosen] = useState('')
  const metric = keys.includes(chosen) ? chosen : keys[0]
  if (metric === undefined) return null
  return (
    <section class="card" aria-label="Metric over versions">
      <h2>
        {keys.length === 1 ? (
          metric
        ) : (
          <select aria-label="Metric" value={metric} onChange={({ currentTarget }) => setChosen(currentTarget.value)}>
            {keys.map((key) => (
              <option key={key} value={key}>
                {key}
              </option>
            ))}
          </select>
        )}
        <span class="muted small">
          over versions <GoalWord goal={ruleOf(model, metric)?.goal} />
        </span>
      </h2>
      <Drawing points={pointsOf(model, metric)} />
    </section>
  )
}

/** Oldest first. */
function pointsOf(model: WireModel, metric: string): readonly Point[] {
  return [...model.versions].reverse().flatMap(({ number, metrics, retired, aliases }) => {
    const found = metrics.find(({ key }) => key === metric)
    const value = found === undefined ? NaN : numberOf(found.summary.last)
    return Number.isFinite(value) ? [{ number, value, isRetired: retired !== null, aliases }] : []
  })
}

function Drawing({ points }: { points: readonly Point[] }) {
  const { box, width } = usePlotSize()
  const { height, left, right, top, bottom } = SIZE
  const [low, high] = [Math.min(...points.map(({ value }) => value)), Math.max(...points.map(({ value }) => value))]
  const [first, last] = [points[0]?.number ?? 1, points.at(-1)?.number ?? 1]
  const { start, end } = spanOf(points, width)
  const x = (number: number): number => start + ((number - first) / Math.max(1, last - first)) * (end - start)
  const y = (value: number): number => {
    return high === low ? height / 2 : height - bottom - ((value - low) / (high - low)) * (height - top - bottom)
  }
  // Names of neighbours would be written over one another.
  const isBelow = (at: number): boolean => {
    const before = points.slice(0, at).findLast(({ aliases }) => aliases.length > 0)
    return before !== undefined && x(points[at]?.number ?? 0) - x(before.number) < LABEL_WIDTH + 20
  }
  const every = Math.ceil((points.length * LABEL_WIDTH) / Math.max(LABEL_WIDTH, end - start))
  return (
    <div ref={box}>
      <svg class="version-chart" viewBox={`0 0 ${width} ${height}`} role="img" aria-label="The table has the numbers">
        <path class="axis" d={`M${left} ${top - 8} V${height - bottom + 4} H${width - right + 8}`} fill="none" />
        {[...new Set([low, high])].map((value) => (
          <text key={value} x={left - 6} y={y(value) + 4} text-anchor="end">
            {metricText(value)}
          </text>
        ))}
        <path
          class="trace"
          d={points.map(({ number, value }, at) => `${at === 0 ? 'M' : 'L'}${x(number)} ${y(value)}`).join('')}
        />
        {points.map(({ number, value, isRetired, aliases }, at) => (
          <g key={number} class={`${isRetired ? 'is-retired' : ''} ${aliases.length > 0 ? 'is-named' : ''}`}>
            <circle cx={x(number)} cy={y(value)} r={4} />
            {at % every === 0 && (
              <text x={x(number)} y={height - 6} text-anchor="middle">
                v{number}
              </text>
            )}
            {aliases.length > 0 && (
              <text x={x(number)} y={y(value) + (isBelow(at) ? 18 : -9)} text-anchor="middle">
                {aliases.join(', ')}
              </text>
            )}
            <title>{`v${number}: ${metricText(value)}${isRetired ? ', retired' : ''}`}</title>
          </g>
        ))}
      </svg>
    </div>
  )
}

/** Where the first and the last point are. Names over them need room: they would lie on the axis, or be cut off. */
function spanOf(points: readonly Point[], width: number): { readonly start: number; readonly end: number } {
  const half = (point: Point | undefined): number => ((point?.aliases.join(', ').length ?? 0) * LETTER_WIDTH) / 2
  return {
    start: SIZE.left + Math.min(width / 4, 6 + half(points[0])),
    end: width - Math.min(width / 4, Math.max(SIZE.right, 4 + half(points.at(-1)))),
  }
}
