/**
 * Parallel coordinates that are hovered and brushed. What is kept is drawn over the rest, which stays in sight.
 */
import { useMemo, useState } from 'preact/hooks'
import { px } from '../base/pixels.ts'
import { goTo } from '../base/route.ts'
import { theme } from '../base/theme.ts'
import { runAddress } from '../runs/cells.tsx'
import type { FullRow } from '../runs/row-source.ts'
import { plotInk } from './axis-marks.ts'
import type { AxisBrush } from './brushes.ts'
import { CanvasMarks } from './canvas-marks.tsx'
import { ParallelAxis } from './parallel-axis.tsx'
import type { AxisActions } from './parallel-axis.tsx'
import { fadedPicture, keptPicture, nameMarks, nearestLine, parallelLayout, parallelLines } from './parallel-marks.ts'
import type { ParallelLayout, ParallelLine } from './parallel-marks.ts'
import { isWithin } from './plot-axis.ts'
import type { PlotAxis } from './plot-axis.ts'
import type { PlotColour } from './plot-colour.ts'
import { hoverText, PlotTip } from './plot-tip.tsx'
import type { Picture } from './picture.ts'

/** Brushes by field. */
export type Brushes = ReadonlyMap<string, AxisBrush>

interface ParallelProps extends Omit<AxisActions, 'onLive'> {
  readonly rows: readonly FullRow[]
  readonly axes: readonly PlotAxis[]
  readonly colour: PlotColour
  readonly brushes: Brushes
  readonly room: number
  readonly height: number
}

/** The runs that are within all brushes. */
export function keptRows<Item extends { readonly row: FullRow }>(
  items: readonly Item[],
  brushes: Brushes,
): readonly Item[] {
  if (brushes.size === 0) return items
  const all = [...brushes]
  return items.filter(({ row }) => all.every(([field, brush]) => isWithin(row, field, brush)))
}

/** The whole picture, for taking away. */
export function parallelPicture({ rows, axes, colour, brushes, room, height }: ParallelProps): Picture {
  const layout = parallelLayout(axes, room, height)
  const lines = parallelLines(rows, axes, layout, colour)
  const ink = plotInk()
  const faded = brushes.size === 0 ? [] : fadedPicture(lines, layout, ink).marks
  const kept = keptPicture(keptRows(lines, brushes), axes, layout, ink)
  return { ...kept, marks: [...faded, ...kept.marks, ...nameMarks(axes, layout, ink)] }
}

/** What is drawn now, a brush that is being drawn taken in. */
function useDrawn({ rows, axes, colour, room, height, brushes: kept }: ParallelProps) {
  const [live, setLive] = useState<{ readonly field: string; readonly brush: AxisBrush }>()
  const brushes = live === undefined ? kept : new Map(kept).set(live.field, live.brush)
  const isBrushed = brushes.size > 0
  const layout = useMemo(() => parallelLayout(axes, room, height), [axes, room, height])
  const lines = useMemo(() => parallelLines(rows, axes, layout, colour), [rows, axes, layout, colour])
  const within = useMemo(() => keptRows(lines, brushes), [lines, brushKey(brushes)])
  const ink = useMemo(plotInk, [theme.value])
  const faded = useMemo(() => fadedPicture(isBrushed ? lines : [], layout, ink), [isBrushed, lines, layout, ink])
  const over = useMemo(() => keptPicture(within, axes, layout, ink), [within, axes, layout, ink])
  return { brushes, layout, within, faded, over, setLive }
}

/** A line under the pointer. */
interface HoveredLine {
  readonly line: ParallelLine
  readonly x: number
  readonly y: number
}

/** The plot. */
export function ParallelPlot(props: ParallelProps) {
  const { rows, axes, height } = props
  const { brushes, layout, within, faded, over, setLive } = useDrawn(props)
  const [hovered, setHovered] = useHovered(within)
  const fields = axes.map(({ field }) => field)
  return (
    <>
      <div
        class={`plot-stage ${hovered === undefined ? '' : 'is-near'}`}
        style={{ width: px(layout.width), height: px(height) }}
        onPointerMove={(event) => event.buttons === 0 && setHovered(lineUnder(event, within, layout))}
        onPointerLeave={() => setHovered(undefined)}
        onClick={({ target }) =>
          hovered !== undefined && isGround(target) && goTo(runAddress(hovered.line.row.head.id))
        }
      >
        <CanvasMarks picture={faded} label="" />
        <CanvasMarks picture={over} label={`${within.length} of ${rows.length} runs over ${axes.length} axes`} />
        {hovered !== undefined && <StrongLine line={hovered.line} layout={layout} />}
        {axes.map((axis, index) => (
          <ParallelAxis
            key={axis.field}
            {...props}
            axis={axis}
            index={index}
            count={axes.length}
            layout={layout}
            brush={brushes.get(axis.field)}
            onLive={(field, brush) => setLive(brush && { field, brush })}
          />
        ))}
        {hovered !== undefined && (
          <PlotTip
            row={hovered.line.row}
            fields={fields}
            left={hovered.x}
            top={hovered.y}
            room={layout.width}
            height={height}
          />
        )}
      </div>
      <p class="hover-line" aria-live="polite">
        {hovered === undefined
          ? countText(within.length, rows.length, brushes.size > 0)
          : hoverText(hovered.line.row, fields)}
      </p>
    </>
  )
}

/** The line that is looked at; lines are made anew when what is laid along the axes changes. */
function useHovered(lines: readonly ParallelLine[]) {
  const [looked, setLooked] = useState<HoveredLine>()
  return [looked !== undefined && lines.includes(looked.line) ? looked : undefined, setLooked] as const
}

function lineUnder(
  event: PointerEvent,
  lines: readonly ParallelLine[],
  layout: ParallelLayout,
): HoveredLine | undefined {
  if (!(event.currentTarget instanceof Element)) return undefined
  const box = event.currentTarget.getBoundingClientRect()
  const [x, y] = [event.clientX - box.left, event.clientY - box.top]
  const line = nearestLine(lines, layout, x, y)
  return line && { line, x, y }
}

/** Whether a click was on no axis. */
function isGround(target: EventTarget | null): boolean {
  return target instanceof Element && target.closest('.axis-head, .axis-area, .axis-lane') === null
}

function countText(kept: number, all: number, isBrushed: boolean): string {
  const [some, total] = [kept.toLocaleString('en-GB'), all.toLocaleString('en-GB')]
  return isBrushed ? `${some} of ${total} runs are within the brushes` : `${total} runs`
}

function brushKey(brushes: Brushes): string {
  return [...brushes]
    .map(
      ([field, brush]) =>
        `${field} ${JSON.stringify(brush)} ${brush.kind === 'range' ? `${brush.from} ${brush.to}` : ''}`,
    )
    .join('\n')
}

function StrongLine({ line, layout }: { line: ParallelLine; layout: ParallelLayout }) {
  const points: string[] = []
  for (let at = 0; at < line.points.length; at += 2) points.push(`${line.points[at] ?? 0},${line.points[at + 1] ?? 0}`)
  return (
    <svg class="hovered-line" width={layout.width} height={layout.height} aria-hidden="true">
      <polyline points={points.join(' ')} stroke={line.mark.kind === 'path' ? line.mark.stroke : ''} />
    </svg>
  )
}
