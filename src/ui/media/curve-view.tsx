/**
 * Curves of classifiers over each other, from 0 to 1 on both axes, with their areas and their numbers as a table.
 */
import { useState } from 'preact/hooks'
import type { WireCurve } from '../../server/wire.ts'
import { looksOf } from '../base/colour.ts'

/** A curve as it is drawn. */
export interface DrawnCurve extends WireCurve {
  /** Empty for one that is alone. */
  readonly title: string
  /** Chosen by its title when absent. */
  readonly colour: string | undefined
  readonly dash: readonly number[]
}

type CurveKind = 'roc' | 'pr' | 'calibration'

const AXES: Readonly<Record<CurveKind, { readonly x: string; readonly y: string; readonly area: string }>> = {
  roc: { x: 'False positive rate', y: 'True positive rate', area: 'AUC' },
  pr: { x: 'Recall', y: 'Precision', area: 'Area' },
  calibration: { x: 'Predicted probability', y: 'Share of positives', area: '' },
}

const WIDTH = 420
const HEIGHT = 380
const EDGE = { left: 48, top: 10, right: 12, bottom: 44 }
const TICKS = [0, 0.2, 0.4, 0.6, 0.8, 1]

/** Curves with a legend; the pointer shows the nearest point. */
export function CurveView({ kind, curves }: { kind: CurveKind; curves: readonly DrawnCurve[] }) {
  const [near, setNear] = useState<{ readonly curve: number; readonly point: number }>()
  const looks = looksOf(curves.map(({ title }, index) => `${title} ${index}`))
  const drawn = curves.map((curve, index) => {
    const look = looks.get(`${curve.title} ${index}`)
    return { ...curve, colour: curve.colour ?? look?.colour ?? '#888888' }
  })
  const { x, y, area } = AXES[kind]
  const curve = near === undefined ? undefined : drawn[near.curve]
  const point = near === undefined ? undefined : curve?.points[near.point]
  return (
    <div class="curves">
      <svg
        class="curve-plot"
        viewBox={`0 0 ${WIDTH} ${HEIGHT}`}
        role="img"
        aria-label={`${y} over ${x}, ${drawn.length} drawn; the numbers are in the table below`}
        onPointerMove={(event) => setNear(nearest(event, drawn))}
        onPointerLeave={() => setNear(undefined)}
      >
        <Axes x={x} y={y} />
        {kind !== 'pr' && <line class="chance" x1={left(0)} y1={top(0)} x2={left(1)} y2={top(1)} />}
        {drawn.map(({ points, colour, dash }, index) => (
          <g key={index} class={near === undefined || near.curve === index ? '' : 'is-behind'}>
            <polyline
              points={linePoints(points, kind)}
              stroke={colour}
              stroke-dasharray={dash.join(' ')}
              class="curve"
            />
            {(points.length <= 30 || kind === 'calibration') &&
              points.map((each, at) => <circle key={at} cx={left(each.x)} cy={top(each.y)} r={2.5} fill={colour} />)}
          </g>
        ))}
        {point !== undefined && curve !== undefined && (
          <circle cx={left(point.x)} cy={top(point.y)} r={5} fill={curve.colour} class="curve-near" />
        )}
      </svg>
      <CurveSays curve={curve} point={point} x={x} y={y} />
      <Legend curves={drawn} area={area} />
      <CurveNumbers curves={drawn} x={x} y={y} />
    </div>
  )
}

interface CurveSaysProps {
  readonly curve: DrawnCurve | undefined
  readonly point: WireCurve['points'][number] | undefined
  readonly x: string
  readonly y: string
}

function CurveSays({ curve, point, x, y }: CurveSaysProps) {
  return (
    <p class="curve-says" aria-live="off">
      {point === undefined || curve === undefined ? (
        <span class="muted small">Point at a curve to see its numbers.</span>
      ) : (
        <>
          {curve.title !== '' && <b>{curve.title} </b>}
          {x.toLowerCase()} {shareText(point.x)}, {y.toLowerCase()} {shareText(point.y)}
          {point.threshold !== null && <span class="muted"> from {shareText(point.threshold)} on</span>}
        </>
      )}
    </p>
  )
}

function Legend({ curves, area }: { curves: readonly DrawnCurve[]; area: string }) {
  return (
    <ul class="curve-legend">
      {curves.map(({ title, colour, dash, area: under, count }, index) => (
        <li key={index}>
          <svg width="26" height="8" aria-hidden="true">
            <line x1="1" x2="25" y1="4" y2="4" stroke={colour} stroke-width="2.5" stroke-dasharray={dash.join(' ')} />
          </svg>
          <span class="break">{title}</span>
          {under !== null && (
            <span>
              {area} <b>{under.toFixed(4)}</b>
            </span>
          )}
          <span class="muted small">{count === 1 ? 'one point' : `${count.toLocaleString('en-GB')} points`}</span>
        </li>
      ))}
    </ul>
  )
}

function Axes({ x, y }: { x: string; y: string }) {
  return (
    <g class="curve-axes">
      {TICKS.map((tick) => (
        <g key={tick}>
          <line x1={left(tick)} x2={left(tick)} y1={top(0)} y2={top(1)} />
          <line x1={left(0)} x2={left(1)} y1={top(tick)} y2={top(tick)} />
          <text x={left(tick)} y={top(0) + 16} text-anchor="middle">
            {tick}
          </text>
          <text x={left(0) - 7} y={top(tick) + 4} text-anchor="end">
            {tick}
          </text>
        </g>
      ))}
      <text class="curve-axis" x={left(0.5)} y={HEIGHT - 8} text-anchor="middle">
        {x}
      </text>
      <text class="curve-axis" transform={`translate(13 ${top(0.5)}) rotate(-90)`} text-anchor="middle">
        {y}
      </text>
    </g>
  )
}

/** The accessible twin: a hundred points of each curve, evenly among those there are. */
function CurveNumbers({ curves, x, y }: { curves: readonly DrawnCurve[]; x: string; y: string }) {
  const [isOpen, setOpen] = useState(false)
  return (
    <details onToggle={({ currentTarget }) => setOpen(currentTarget.open)}>
      <summary>The numbers</summary>
      {isOpen &&
        curves.map((curve, index) => (
          <div key={index} class="table-box">
            <table class="plain" aria-label={`Numbers of ${curve.title === '' ? 'the curve' : curve.title}`}>
              {curve.title !== '' && <caption>{curve.title}</caption>}
              <thead>
                <tr>
                  {[x, y, 'Threshold'].map((title) => (
                    <th key={title} scope="col" class="number">
                      {title}
                    </th>
                  ))}
                </tr>
              </thead>
              <tbody>
                {some(curve.points).map((point, at) => (
                  <tr key={at}>
                    <td class="number">{shareText(point.x)}</td>
                    <td class="number">{shareText(point.y)}</td>
                    <td class="number">{point.threshold === null ? '–' : shareText(point.threshold)}</td>
                  </tr>
                ))}
              </tbody>
            </table>
          </div>
        ))}
    </details>
  )
}

const LISTED = 100

function some<Item>(items: readonly Item[]): readonly Item[] {
  if (items.length <= LISTED) return items
  return Array.from(
    { length: LISTED },
    (_, index) => items[Math.round((index * (items.length - 1)) / (LISTED - 1))],
  ).flatMap((item) => (item === undefined ? [] : [item]))
}

/** Precision holds until the next recall, so its curve has steps; the others are drawn from point to point. */
function linePoints(points: WireCurve['points'], kind: CurveKind): string {
  const corners: string[] = []
  let last: WireCurve['points'][number] | undefined
  for (const point of points) {
    if (kind === 'pr' && last !== undefined && point.x !== last.x && points.length <= 50) {
      corners.push(`${left(last.x)},${top(point.y)}`)
    }
    corners.push(`${left(point.x)},${top(point.y)}`)
    last = point
  }
  return corners.join(' ')
}

function nearest(event: PointerEvent, curves: readonly DrawnCurve[]) {
  const plot = event.currentTarget
  if (!(plot instanceof SVGSVGElement)) return undefined
  const box = plot.getBoundingClientRect()
  const [x, y] = [((event.clientX - box.left) / box.width) * WIDTH, ((event.clientY - box.top) / box.height) * HEIGHT]
  let found: { readonly curve: number; readonly point: number } | undefined
  let least = 40 ** 2
  for (const [curve, { points }] of curves.entries()) {
    for (const [point, place] of points.entries()) {
      const away = (left(place.x) - x) ** 2 + (top(place.y) - y) ** 2
      if (away < least) {
        least = away
        found = { curve, point }
      }
    }
  }
  return found
}

function left(share: number): number {
  return round(EDGE.left + share * (WIDTH - EDGE.left - EDGE.right))
}

function top(share: number): number {
  return round(EDGE.top + (1 - share) * (HEIGHT - EDGE.top - EDGE.bottom))
}

function round(length: number): number {
  return Math.round(length * 100) / 100
}

function shareText(share: number): string {
  return Number(share.toPrecision(4)).toString()
}
