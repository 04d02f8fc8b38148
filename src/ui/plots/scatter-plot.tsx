/**
 * A scatter plot that is hovered, brushed and walked through by keys.
 */
import { useMemo, useState } from 'preact/hooks'
import type { Direction } from '../../domain/statistics/pareto.ts'
import { px } from '../base/pixels.ts'
import { goTo, setState } from '../base/route.ts'
import { theme } from '../base/theme.ts'
import { runAddress } from '../runs/cells.tsx'
import type { FullRow } from '../runs/row-source.ts'
import { addToFilter, selected } from '../runs/runs-state.ts'
import { plotInk } from './axis-marks.ts'
import { useBrush } from './brush.ts'
import type { Brush } from './brush.ts'
import { conditionOf } from './brushes.ts'
import { CanvasMarks } from './canvas-marks.tsx'
import type { Picture } from './picture.ts'
import { scatterDots, scatterFrame, scatterPicture } from './scatter-marks.ts'
import type { ScatterAxes, ScatterDot } from './scatter-marks.ts'
import { hoverText, PlotTip } from './plot-tip.tsx'

const NEAR = 14

interface ScatterPlotProps {
  readonly rows: readonly FullRow[]
  readonly axes: ScatterAxes
  readonly fields: readonly string[]
  /** Runs of the Pareto front in its order, and what is better on each axis; none where it is not asked for. */
  readonly front: readonly FullRow[]
  readonly better: { readonly x: Direction; readonly y: Direction } | undefined
  readonly width: number
  readonly height: number
}

/** The picture of a plot, anew when what it shows changes. */
export function useScatterPicture(props: ScatterPlotProps): { picture: Picture; dots: readonly ScatterDot[] } {
  const { rows, axes, front, better, width, height } = props
  return useMemo(() => {
    const frame = scatterFrame(width, height)
    const dots = scatterDots(rows, axes, frame)
    const dotOf = new Map(dots.map((dot) => [dot.row, dot]))
    const picture = scatterPicture({
      width,
      height,
      frame,
      axes,
      dots,
      better,
      front: front.flatMap((row) => dotOf.get(row) ?? []),
      selected: new Set(selected.value),
      ink: plotInk(),
    })
    return { picture, dots }
  }, [rows, axes, front, better, width, height, selected.value, theme.value])
}

/** The plot. */
export function ScatterPlot(props: ScatterPlotProps) {
  const { axes, fields, width, height, rows } = props
  const { picture, dots } = useScatterPicture(props)
  const frame = scatterFrame(width, height)
  const [looked, setHovered] = useState<ScatterDot>()
  // Among other runs, or with other axes, it is elsewhere or gone.
  const hovered = looked && dots.find(({ row }) => row.head.id === looked.row.head.id)
  const { brush, start } = useBrush((drawn) => keepWithin(axes, drawn), {
    onClick: () => hovered !== undefined && goTo(runAddress(hovered.row.head.id)),
  })
  const look = (event: PointerEvent): void => {
    if (event.buttons !== 0 || !(event.currentTarget instanceof Element)) return
    const box = event.currentTarget.getBoundingClientRect()
    setHovered(nearestDot(dots, event.clientX - box.left + frame.left, event.clientY - box.top + frame.top))
  }
  const label = `${dots.length} runs by ${axes.across.title} and ${axes.up.title}`
  const place = { left: px(frame.left), top: px(frame.top), width: px(frame.width), height: px(frame.height) }
  return (
    <>
      <div class="plot-stage" style={{ height: px(height) }}>
        <CanvasMarks picture={picture} label={label} />
        <div
          class={`plot-ground ${hovered === undefined ? '' : 'is-near'}`}
          style={place}
          tabIndex={0}
          role="group"
          aria-label="Runs: arrows go from one to the next, Enter opens"
          onPointerDown={start}
          onPointerMove={look}
          onPointerLeave={() => setHovered(undefined)}
          onKeyDown={(event) => setHovered(walked(event, dots, hovered))}
        >
          {dots.length === 0 && <p class="nothing">No run has both values: choose another field above.</p>}
          {brush !== undefined && <BrushBox brush={brush} width={frame.width} height={frame.height} />}
        </div>
        {hovered !== undefined && (
          <>
            <i class="dot-ring" style={{ left: px(hovered.x), top: px(hovered.y) }} />
            <PlotTip row={hovered.row} fields={fields} left={hovered.x} top={hovered.y} room={width} height={height} />
          </>
        )}
      </div>
      <p class="hover-line" aria-live="polite">
        {hovered === undefined ? countText(dots.length, rows.length) : hoverText(hovered.row, fields)}
      </p>
    </>
  )
}

/** Makes a rectangle a condition of the filter. */
function keepWithin({ across, up }: ScatterAxes, { x0, x1, y0, y1 }: Brush): void {
  const conditions = [
    { axis: across, brush: across.brush(x0, x1) },
    { axis: up, brush: up.brush(1 - y0, 1 - y1) },
  ].flatMap(({ axis, brush }) => (brush === undefined ? [] : [conditionOf(axis.field, brush)]))
  if (conditions.length === 0) return
  // What differs is less among fewer runs, and the axes that nobody chose would be others.
  setState({ px: across.field, py: up.field }, 'small')
  addToFilter(conditions.join(' and '))
}

function BrushBox({ brush, width, height }: { brush: Brush; width: number; height: number }) {
  return (
    <div
      class="brush"
      style={{
        left: px(Math.min(brush.x0, brush.x1) * width),
        top: px(Math.min(brush.y0, brush.y1) * height),
        width: px(Math.abs(brush.x1 - brush.x0) * width),
        height: px(Math.abs(brush.y1 - brush.y0) * height),
      }}
    />
  )
}

function countText(drawn: number, all: number): string {
  const rest = all - drawn
  const without = rest === 0 ? '' : `; ${rest.toLocaleString('en-GB')} have not both values`
  return `${drawn.toLocaleString('en-GB')} runs${without}`
}

function nearestDot(dots: readonly ScatterDot[], x: number, y: number): ScatterDot | undefined {
  let best: ScatterDot | undefined
  let least = Infinity
  for (const dot of dots) {
    const distance = Math.hypot(dot.x - x, dot.y - y) - dot.radius
    if (distance < least) [best, least] = [dot, distance]
  }
  return least <= NEAR ? best : undefined
}

/** The next run to the left or right; Enter opens the one there is. */
function walked(event: KeyboardEvent, dots: readonly ScatterDot[], at: ScatterDot | undefined): ScatterDot | undefined {
  if (event.key === 'Enter' && at !== undefined) goTo(runAddress(at.row.head.id))
  const step = { ArrowRight: 1, ArrowLeft: -1, ArrowDown: 1, ArrowUp: -1 }[event.key]
  if (step === undefined) return at
  event.preventDefault()
  const ordered = [...dots].sort((left, right) => left.x - right.x)
  const index = at === undefined ? -1 : ordered.findIndex(({ row }) => row.head.id === at.row.head.id)
  return ordered[Math.min(ordered.length - 1, Math.max(0, index + step))]
}
