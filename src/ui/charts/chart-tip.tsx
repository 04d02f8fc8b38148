/**
 * What is told of the points near a place of a chart, and where they lead.
 */
import type uPlot from 'uplot'
import { isoText } from '../browser.ts'
import { swatchStyle } from '../base/colour.ts'
import { elapsedText, metricText, momentText } from '../base/number-text.ts'
import { px } from '../base/pixels.ts'
import { addressOf, route } from '../base/route.ts'
import { useMenu } from '../base/use-menu.ts'
import { runAddress } from '../runs/cells.tsx'
import { filterWith } from '../runs/runs-state.ts'
import { nearestIndex, stepAt } from './chart-data.ts'
import type { ChartData, ChartRun, LinePlace } from './chart-data.ts'
import type { ChartChoice } from './chart-options.ts'

const NEAR = 6
const FAR_PX = 60

/** One run at the cursor. */
interface TipLine {
  readonly run: ChartRun
  /** Its place along x, as the columns of the chart count. */
  readonly index: number
  readonly x: number
  /** The step of its last point there. */
  readonly step: number | undefined
  readonly value: number
  readonly low: number | undefined
  readonly high: number | undefined
  /** Where the point is drawn, in pixels of the chart. */
  readonly left: number
  readonly top: number
  /** How far from the cursor, in pixels. */
  readonly distance: number
}

/** The points near a place, the nearest first. */
export interface Tip {
  /** The cursor, and how large the chart is, in pixels. */
  readonly left: number
  readonly top: number
  readonly width: number
  readonly height: number
  readonly lines: readonly TipLine[]
  /** Lines near it beside these. */
  readonly more: number
}

/** What there is at the cursor; `undefined` where nothing is near. */
export function tipAt(chart: uPlot, data: ChartData): Tip | undefined {
  const { left = -1, top = -1, idx } = chart.cursor
  if (idx == null || left < 0) return undefined
  const edge = { left: chart.bbox.left / devicePixelRatio, top: chart.bbox.top / devicePixelRatio }
  const found = data.places.flatMap((place): readonly TipLine[] => {
    const point = pointNear(place, data, idx)
    if (point === undefined) return []
    const at = { left: chart.valToPos(point.x, 'x'), top: chart.valToPos(point.value, 'y') }
    const [dx, dy] = [Math.abs(at.left - left), Math.abs(at.top - top)]
    if (dx > FAR_PX || !isInFrame(chart, point.x)) return []
    return [{ ...point, run: place.run, left: at.left + edge.left, top: at.top + edge.top, distance: dy + dx / 4 }]
  })
  if (found.length === 0) return undefined
  const lines = found.sort((first, second) => first.distance - second.distance).slice(0, NEAR)
  const size = { width: chart.width, height: chart.height }
  return { left: left + edge.left, top: top + edge.top, ...size, lines, more: found.length - lines.length }
}

/** While finer points are on their way, those of all of x may still be there. */
function isInFrame(chart: uPlot, x: number): boolean {
  const { min = -Infinity, max = Infinity } = chart.scales['x'] ?? {}
  return x >= min && x <= max
}

function pointNear(place: LinePlace, data: ChartData, idx: number) {
  const shown = data.columns[place.smooth ?? place.raw] ?? []
  const index = nearestIndex(shown, idx, data.seen)
  const value = index === undefined ? null : (shown[index] ?? null)
  if (index === undefined || value === null) return undefined
  const low = place.band === undefined ? undefined : data.columns[place.band.min]?.[index]
  const high = place.band === undefined ? undefined : data.columns[place.band.max]?.[index]
  const x = data.columns[0]?.[index] ?? 0
  return { index, x, step: stepAt(place.series, x), value, low: low ?? undefined, high: high ?? undefined }
}

/** What is told while the cursor is there. */
export function HoverTip({ tip, choice }: { tip: Tip; choice: ChartChoice }) {
  return (
    <div class="tip" style={placeOf(tip)}>
      <TipHead tip={tip} choice={choice} />
      {tip.lines.map((line, index) => (
        <p key={line.run.id} class={index === 0 ? 'nearest' : ''}>
          <span class="swatch" style={swatchStyle(line.run)} />
          <span class="tip-name">{line.run.title}</span>
          <Values line={line} isNearest={index === 0} />
        </p>
      ))}
      <MoreLines tip={tip} />
    </div>
  )
}

/** The same, to stay until it is closed: each run leads to its page, and to what it printed around that step. */
export function PinnedTip({ tip, choice, onClose }: { tip: Tip; choice: ChartChoice; onClose: () => void }) {
  const menu = useMenu(onClose)
  return (
    <div class="tip is-pinned" style={pinnedPlace(tip)} role="group" aria-label="Points near here" {...menu}>
      <div class="tip-head">
        <TipHead tip={tip} choice={choice} />
        <button class="quiet" aria-label="Close" onClick={onClose}>
          ×
        </button>
      </div>
      {tip.lines.map((line, index) => (
        <p key={line.run.id} class={index === 0 ? 'nearest' : ''}>
          <span class="swatch" style={swatchStyle(line.run)} />
          <RunName run={line.run} />
          <Values line={line} isNearest={false} />
          <OutputLink line={line} isAlone={tip.lines.length === 1} />
        </p>
      ))}
      <MoreLines tip={tip} />
    </div>
  )
}

/** How many lines near the cursor are not listed. */
function MoreLines({ tip: { more } }: { tip: Tip }) {
  return more === 0 ? null : <p>and {more} more</p>
}

/** On the page of a run there is no other to open. A group leads to the table of its runs. */
function RunName({ run }: { run: ChartRun }) {
  if (route.value.page === 'run') return <span class="tip-name">{run.title}</span>
  const address =
    run.group === undefined ? runAddress(run.id) : addressOf('runs', { filter: filterWith(run.group.condition) })
  return (
    <a class="tip-name" href={address} title={`Open ${run.title}`}>
      {run.title}
    </a>
  )
}

function OutputLink({ line: { run, step }, isAlone }: { line: TipLine; isAlone: boolean }) {
  if (run.group !== undefined || step === undefined) return null
  const says = `Output at step ${step.toLocaleString('en-GB')}`
  const address = addressOf(`run/${encodeURIComponent(run.id)}`, { tab: 'log', step: String(step) })
  return (
    <a href={address} title={says} aria-label={isAlone ? undefined : `${says}, ${run.title}`}>
      {isAlone ? says : 'output'}
    </a>
  )
}

function Values({ line: { value, low, high }, isNearest }: { line: TipLine; isNearest: boolean }) {
  return (
    <>
      <span class="number">{metricText(value)}</span>
      {isNearest && low !== undefined && high !== undefined && low !== high && (
        <span class="muted number">
          {metricText(low)}…{metricText(high)}
        </span>
      )}
    </>
  )
}

function TipHead({ tip, choice }: { tip: Tip; choice: ChartChoice }) {
  const [nearest] = tip.lines
  return <p class="tip-x">{nearest === undefined ? '' : xText(nearest.x, choice)}</p>
}

/** A ring around the nearest point. */
export function PointRing({ tip: { lines } }: { tip: Tip }) {
  const [nearest] = lines
  if (nearest === undefined) return null
  const { left, top, run } = nearest
  return <i class="point-ring" style={{ left: px(left), top: px(top), borderColor: run.colour }} aria-hidden="true" />
}

/** The nearest point in words. */
export function tipText({ lines }: Tip, choice: ChartChoice): string {
  const [nearest] = lines
  return nearest === undefined ? '' : `${nearest.run.title}, ${xText(nearest.x, choice)}: ${metricText(nearest.value)}`
}

/** Beside the cursor, where there is more room. */
function placeOf({ left, top, width, height }: Tip) {
  const [isRight, isLow] = [left > width / 2, top > height / 2]
  return {
    left: px(isRight ? left - 14 : left + 14),
    top: px(isLow ? top + 16 : top - 16),
    maxWidth: px(Math.min(340, Math.max(left, width - left) - 16)),
    transform: `translate(${isRight ? '-100%' : '0'}, ${isLow ? '-100%' : '0'})`,
  }
}

const PINNED_WIDTH = 400
const EDGE = 6

/** Below or above the point, which stays in sight, and as wide as there is room for: names are read in full. */
function pinnedPlace({ width, height, lines, ...cursor }: Tip) {
  const { left, top } = lines[0] ?? cursor
  const room = Math.min(PINNED_WIDTH, width - 2 * EDGE)
  const isLow = top > height / 2
  return {
    left: px(Math.max(EDGE, Math.min(width - room - EDGE, left - room / 2))),
    top: px(isLow ? top - 14 : top + 14),
    maxWidth: px(room),
    transform: isLow ? 'translateY(-100%)' : '',
  }
}

function xText(x: number, choice: ChartChoice): string {
  if (choice.x === 'elapsed') return elapsedText(x)
  if (choice.x === 'time') return momentText(isoText(x))
  if (choice.x === 'step') return `step ${x.toLocaleString('en-GB')}`
  return `${choice.x.slice('metric:'.length)} ${metricText(x)}`
}
