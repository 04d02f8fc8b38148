/**
 * The drawn part of a chart, and what is told under the cursor.
 */
import { useEffect, useRef, useState } from 'preact/hooks'
import uPlot from 'uplot'
import { isoText } from '../browser.ts'
import { swatchStyle } from '../base/colour.ts'
import { elapsedText, momentText, numberText } from '../base/number-text.ts'
import { px } from '../base/pixels.ts'
import { highlightedRun } from './highlight.ts'
import { nearestIndex } from './chart-data.ts'
import type { ChartData, LinePlace } from './chart-data.ts'
import { chartOptions } from './chart-options.ts'
import type { ChartChoice } from './chart-options.ts'

const NEAR = 6

interface ChartPlotProps {
  readonly metric: string
  readonly data: ChartData
  readonly choice: ChartChoice
  readonly onZoom: (range: readonly [number, number] | undefined) => void
  readonly plot: { current: uPlot | undefined }
  readonly themeName: string
}

/** One run at the cursor. */
interface Hovered {
  readonly place: LinePlace
  readonly x: number
  readonly value: number
  readonly low: number | undefined
  readonly high: number | undefined
  /** How far from the cursor, in pixels. */
  readonly distance: number
}

interface Tip {
  readonly left: number
  readonly top: number
  readonly lines: readonly Hovered[]
}

/** A chart on a canvas. */
export function ChartPlot(props: ChartPlotProps) {
  const box = useRef<HTMLDivElement>(null)
  const isOver = useRef(false)
  const [tip, setTip] = useState<Tip>()
  useDrawnChart(props, box, (chart) => {
    if (!isOver.current) return
    const found = tipAt(chart, props.data)
    highlightedRun.value = found?.lines[0]?.place.run.id
    setTip(found)
  })
  const leave = (): void => {
    isOver.current = false
    highlightedRun.value = undefined
    setTip(undefined)
  }
  const last = props.data.places.map(({ run, series }) => `${run.title} ${lastText(series.lasts.at(-1))}`)
  return (
    <div class="plot" onPointerEnter={() => (isOver.current = true)} onPointerLeave={leave}>
      <div ref={box} class="plot-canvas" role="img" aria-label={`${props.metric}, last values: ${last.join(', ')}`} />
      {tip !== undefined && tip.lines.length > 0 && <TipBox tip={tip} choice={props.choice} />}
    </div>
  )
}

function lastText(value: number | null | undefined): string {
  return value == null ? 'not a number' : numberText(value)
}

/** Makes the chart anew when its lines or choices change, and gives new points to the one there is else. */
function useDrawnChart(
  props: ChartPlotProps,
  box: { readonly current: HTMLDivElement | null },
  onCursor: (c: uPlot) => void,
) {
  const { data, choice, onZoom, plot, themeName } = props
  const tell = useRef(onCursor)
  tell.current = onCursor
  const shape = data.places.map(
    ({ run, band, smooth }) => `${run.id} ${run.colour} ${band !== undefined} ${smooth !== undefined}`,
  )
  const marks = data.places.some(({ series }) => series.marks.length > 0) ? data : undefined
  useEffect(() => {
    const element = box.current
    if (element === null) return undefined
    const size = { width: element.clientWidth, height: element.clientHeight }
    const options = chartOptions(size, data, choice, {
      onZoom,
      onReset: () => onZoom(undefined),
      onCursor: (chart) => tell.current(chart),
      highlighted: () => highlightedRun.peek(),
    })
    const chart = new uPlot(options, alignedData(data), element)
    plot.current = chart
    const observer = new ResizeObserver(() => {
      chart.setSize({ width: element.clientWidth, height: element.clientHeight })
    })
    observer.observe(element)
    // However fast the cursor goes from run to run, a chart is drawn once a frame.
    let frame: number | undefined
    const forget = highlightedRun.subscribe(() => {
      frame ??= requestAnimationFrame(() => {
        frame = undefined
        chart.redraw(false, false)
      })
    })
    return () => {
      forget()
      if (frame !== undefined) cancelAnimationFrame(frame)
      observer.disconnect()
      chart.destroy()
      plot.current = undefined
    }
  }, [shape.join('\n'), choice, themeName, marks])
  useEffect(() => {
    const chart = plot.current
    if (chart !== undefined && chart.data !== alignedData(data)) chart.setData(alignedData(data))
  }, [data])
}

/** uPlot only reads its columns, which are of one length. */
function alignedData(data: ChartData): uPlot.AlignedData {
  return data.columns as unknown as uPlot.AlignedData
}

/** The runs at the cursor, the nearest first. */
function tipAt(chart: uPlot, data: ChartData): Tip | undefined {
  const { left = -1, top = -1, idx } = chart.cursor
  if (idx == null || left < 0) return undefined
  const found = data.places.flatMap((place): readonly Hovered[] => {
    const shown = data.columns[place.smooth ?? place.raw] ?? []
    const index = nearestIndex(shown, idx)
    const value = index === undefined ? null : (shown[index] ?? null)
    if (index === undefined || value === null) return []
    const low = place.band === undefined ? undefined : data.columns[place.band.min]?.[index]
    const high = place.band === undefined ? undefined : data.columns[place.band.max]?.[index]
    const x = data.columns[0]?.[index] ?? 0
    const [dx, dy] = [chart.valToPos(x, 'x') - left, chart.valToPos(value, 'y') - top]
    if (Math.abs(dx) > 60) return []
    const distance = Math.abs(dy) + Math.abs(dx) / 4
    return [{ place, x, value, low: low ?? undefined, high: high ?? undefined, distance }]
  })
  const lines = [...found].sort((first, second) => first.distance - second.distance).slice(0, NEAR)
  return { left: left + chart.bbox.left / devicePixelRatio, top: top + chart.bbox.top / devicePixelRatio, lines }
}

function TipBox({ tip, choice }: { tip: Tip; choice: ChartChoice }) {
  const [nearest] = tip.lines
  const isRight = tip.left > 240
  const place = { left: px(isRight ? tip.left - 14 : tip.left + 14), top: px(Math.max(0, tip.top - 20)) }
  return (
    <div class={`tip ${isRight ? 'to-left' : ''}`} style={place}>
      <p class="tip-x">{nearest === undefined ? '' : xText(nearest.x, choice)}</p>
      {tip.lines.map(({ place: { run }, value, low, high }, index) => (
        <p key={run.id} class={index === 0 ? 'nearest' : ''}>
          <span class="swatch" style={swatchStyle(run)} />
          <span class="tip-name">{run.title}</span>
          <span class="number">{numberText(value)}</span>
          {index === 0 && low !== undefined && high !== undefined && low !== high && (
            <span class="muted number">
              {numberText(low)}…{numberText(high)}
            </span>
          )}
        </p>
      ))}
    </div>
  )
}

function xText(x: number, choice: ChartChoice): string {
  if (choice.x === 'elapsed') return elapsedText(x)
  if (choice.x === 'time') return momentText(isoText(x))
  if (choice.x === 'step') return `step ${x.toLocaleString('en-GB')}`
  return `${choice.x.slice('metric:'.length)} ${numberText(x)}`
}
