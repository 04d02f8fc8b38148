/**
 * The drawn part of a chart, what is told under the cursor, and the way along its points by keys.
 */
import { useEffect, useRef, useState } from 'preact/hooks'
import uPlot from 'uplot'
import { metricText } from '../base/number-text.ts'
import { highlightedRun } from './highlight.ts'
import type { ChartData } from './chart-data.ts'
import { chartOptions } from './chart-options.ts'
import type { ChartChoice } from './chart-options.ts'
import { HoverTip, PinnedTip, PointRing, tipAt, tipText } from './chart-tip.tsx'
import type { Tip } from './chart-tip.tsx'
import { walkedPoint } from './chart-walk.ts'
import type { WalkedPoint } from './chart-walk.ts'

interface ChartPlotProps {
  readonly metric: string
  readonly data: ChartData
  readonly choice: ChartChoice
  readonly onZoom: (range: readonly [number, number] | undefined) => void
  readonly plot: { current: uPlot | undefined }
  readonly themeName: string
}

/** A chart on a canvas. A click or Enter on a point keeps in sight what is told of it, with the ways on from there. */
export function ChartPlot(props: ChartPlotProps) {
  const { metric, data, choice } = props
  const box = useRef<HTMLDivElement>(null)
  const pointed = usePointed(props, box)
  const last = data.places.map(({ run, series }) => `${run.title} ${lastText(series.lasts)}`)
  const { tip, pinned } = pointed
  const shown = pinned ?? tip
  return (
    <div
      class="plot"
      tabIndex={0}
      role="group"
      aria-label={`Points of ${metric}: arrows go along a line and to the others, Enter shows where a point leads`}
      onPointerEnter={pointed.onEnter}
      onPointerLeave={pointed.onLeave}
      onPointerDown={pointed.onPress}
      onClick={pointed.onClick}
      onDblClick={pointed.unpin}
      onKeyDown={pointed.onKey}
      onBlur={pointed.onBlur}
    >
      <div ref={box} class="plot-canvas" role="img" aria-label={`${metric}, last values: ${last.join(', ')}`} />
      {shown !== undefined && <PointRing tip={shown} />}
      {tip !== undefined && pinned === undefined && <HoverTip tip={tip} choice={choice} />}
      {pinned !== undefined && <PinnedTip tip={pinned} choice={choice} onClose={pointed.unpin} />}
      <span class="for-readers" role="status">
        {pointed.isWalked && tip !== undefined ? tipText(tip, choice) : ''}
      </span>
    </div>
  )
}

// A hand that clicks moves a little.
const CLICK_PX = 4

/** What is under the cursor, by pointer or by keys, and what was kept in sight. */
function usePointed(props: ChartPlotProps, box: { readonly current: HTMLDivElement | null }) {
  const { data, choice, plot } = props
  const isOver = useRef(false)
  const walked = useRef<WalkedPoint | undefined>(undefined)
  const [tip, setTip] = useState<Tip>()
  const [kept, setKept] = useState<{ readonly tip: Tip; readonly choice: ChartChoice }>()
  const isWalked = () => walked.current !== undefined && document.activeElement === box.current?.parentElement
  useDrawnChart(props, box, (chart) => {
    if (!isOver.current && !isWalked()) return
    const found = tipAt(chart, data)
    highlightedRun.value = found?.lines[0]?.run.id
    setTip(found)
  })
  const pin = (): void => setKept(tip && { tip, choice })
  const forget = (): void => {
    highlightedRun.value = undefined
    setTip(undefined)
  }
  const onLeave = (): void => {
    isOver.current = false
    walked.current = undefined
    forget()
  }
  const onKey = (event: KeyboardEvent): void => {
    const chart = plot.current
    if (chart === undefined || event.target !== event.currentTarget) return
    if (event.key === 'Escape' && walked.current !== undefined) onLeave()
    else if (event.key === 'Enter' && tip !== undefined) pin()
    else {
      const next = walkedPoint(data, walked.current ?? pointOf(tip), event)
      if (next === undefined) return
      walked.current = next
      chart.setCursor({ left: chart.valToPos(next.x, 'x'), top: chart.valToPos(next.value, 'y') })
    }
    event.preventDefault()
  }
  return {
    tip,
    // Where the axes lie elsewhere, a point that was kept is elsewhere too.
    pinned: kept?.choice === choice ? kept.tip : undefined,
    unpin: () => setKept(undefined),
    onLeave,
    onKey,
    isWalked: isWalked(),
    onBlur: () => !isOver.current && forget(),
    onEnter: () => (isOver.current = true),
    ...useClicks(() => tip !== undefined && pin()),
  }
}

/** Hears of clicks on the chart: no strokes across it, and nothing on what is told over it. */
function useClicks(onPoint: () => void) {
  const pressed = useRef({ x: 0, y: 0 })
  return {
    onPress: ({ clientX, clientY }: PointerEvent) => (pressed.current = { x: clientX, y: clientY }),
    onClick: ({ target, clientX, clientY }: MouseEvent) => {
      const isDrag = Math.hypot(clientX - pressed.current.x, clientY - pressed.current.y) > CLICK_PX
      const isTip = target instanceof Element && target.closest('.tip') !== null
      if (!isDrag && !isTip) onPoint()
    },
  }
}

/** The nearest point, from where keys go on. */
function pointOf(tip: Tip | undefined): WalkedPoint | undefined {
  const [nearest] = tip?.lines ?? []
  if (nearest === undefined) return undefined
  const { run, index, x, value } = nearest
  return { run: run.id, index, x, value }
}

function lastText(lasts: readonly (number | null)[]): string {
  if (lasts.length === 0) return 'none in this range'
  const value = lasts.at(-1)
  return value == null ? 'not a number' : metricText(value)
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
