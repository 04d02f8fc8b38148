/**
 * Parallel coordinates as marks: one axis for each field, one line for each run.
 */
import type { FullRow } from '../runs/row-source.ts'
import { labelsUp, pathMark, shortened } from './axis-marks.ts'
import type { PlotInk } from './axis-marks.ts'
import type { PlotAxis } from './plot-axis.ts'
import type { PlotColour } from './plot-colour.ts'
import type { Mark, Picture } from './picture.ts'

/** Where axes are, in pixels. */
export interface ParallelLayout {
  readonly width: number
  readonly height: number
  readonly side: number
  readonly spacing: number
  readonly top: number
  /** How long an axis is. */
  readonly length: number
  /** Where the lines of runs without a value pass; `undefined` when each has all. */
  readonly lane: number | undefined
}

const SIDE = 76
const LEAST_SPACING = 112
const TOP = 48
const BOTTOM = 14
const LANE = 30

/** A layout in a room. Axes that do not fit are scrolled to. */
export function parallelLayout(axes: readonly PlotAxis[], room: number, height: number): ParallelLayout {
  const spacing = Math.max(LEAST_SPACING, (room - 2 * SIDE) / Math.max(1, axes.length - 1))
  const hasLane = axes.some(({ missing }) => missing > 0)
  const length = height - TOP - BOTTOM - (hasLane ? LANE : 0)
  return {
    width: Math.max(room, 2 * SIDE + (axes.length - 1) * spacing),
    height,
    side: SIDE,
    spacing,
    top: TOP,
    length,
    lane: hasLane ? TOP + length + LANE - 8 : undefined,
  }
}

/** Where an axis is. */
export function axisLeft(layout: ParallelLayout, index: number): number {
  return layout.side + index * layout.spacing
}

/** A run's line. */
export interface ParallelLine {
  readonly row: FullRow
  /** x and y in turn, one pair for each axis. */
  readonly points: Float64Array
  readonly mark: Mark
}

/** The lines of all runs, those of one colour together. */
export function parallelLines(
  rows: readonly FullRow[],
  axes: readonly PlotAxis[],
  layout: ParallelLayout,
  colour: PlotColour,
): readonly ParallelLine[] {
  const count = rows.length
  const alpha = count > 5000 ? 0.05 : count > 1000 ? 0.16 : count > 400 ? 0.35 : count > 100 ? 0.6 : 0.9
  const width = count > 1000 ? 1 : 1.3
  const lines = rows.map((row): ParallelLine => {
    const points = new Float64Array(2 * axes.length)
    axes.forEach((axis, index) => {
      const at = axis.place(row)
      points[2 * index] = axisLeft(layout, index)
      points[2 * index + 1] = at === undefined ? (layout.lane ?? NaN) : layout.top + (1 - at) * layout.length
    })
    return { row, points, mark: { kind: 'path', points, stroke: colour.of(row), width, alpha } }
  })
  const strokeOf = ({ mark }: ParallelLine): string => (mark.kind === 'path' ? mark.stroke : '')
  return lines.sort((left, right) => (strokeOf(left) < strokeOf(right) ? -1 : strokeOf(left) > strokeOf(right) ? 1 : 0))
}

/** All lines, as what the kept ones stand before. */
export function fadedPicture(lines: readonly ParallelLine[], layout: ParallelLayout, ink: PlotInk): Picture {
  const alpha = lines.length > 1000 ? 0.1 : 0.35
  const marks = lines.map(({ points }): Mark => ({ kind: 'path', points, stroke: ink.edge, width: 1, alpha }))
  return { width: layout.width, height: layout.height, marks }
}

/** The lines that are kept, and the axes over them. */
export function keptPicture(
  lines: readonly ParallelLine[],
  axes: readonly PlotAxis[],
  layout: ParallelLayout,
  ink: PlotInk,
): Picture {
  return {
    width: layout.width,
    height: layout.height,
    marks: [...lines.map(({ mark }) => mark), ...axes.flatMap((axis, index) => axisMarks(axis, index, layout, ink))],
  }
}

/** Names of axes, which the page has as buttons, for a picture to take away. */
export function nameMarks(axes: readonly PlotAxis[], layout: ParallelLayout, ink: PlotInk): readonly Mark[] {
  return axes.map((axis, index): Mark => {
    const text = shortened(`${axis.title}${axis.isLog ? ' (log)' : ''}`, Math.floor(layout.spacing / 7))
    const place = { x: axisLeft(layout, index), y: 20, anchor: 'middle' } as const
    return { kind: 'text', ...place, text, fill: ink.strong, size: 12, isStrong: true }
  })
}

function axisMarks(axis: PlotAxis, index: number, layout: ParallelLayout, ink: PlotInk): readonly Mark[] {
  const x = axisLeft(layout, index)
  const { top, length, lane } = layout
  const kept = labelsUp(axis, length)
  const ticks = axis.ticks.flatMap(({ at, text }, tick): readonly Mark[] => {
    const y = top + (1 - at) * length
    const label = kept.has(tick) ? tickMarks(x - 7, y, shortened(text, 11), ink) : []
    return [pathMark([x - 4, y, x, y], ink.edge), ...label]
  })
  const none =
    lane === undefined || axis.missing === 0
      ? []
      : [pathMark([x - 4, lane, x + 4, lane], ink.text, 2), ...tickMarks(x - 7, lane, 'no value', ink)]
  return [pathMark([x, top, x, top + length], ink.text, 1.2), ...ticks, ...none]
}

/** A word that lines pass behind. */
function tickMarks(x: number, y: number, text: string, ink: PlotInk): readonly Mark[] {
  const width = text.length * 6.1 + 4
  return [
    { kind: 'box', x: x - width + 2, y: y - 7, width, height: 14, fill: ink.ground, alpha: 0.78 },
    { kind: 'text', x, y, text, fill: ink.text, size: 11, anchor: 'end' },
  ]
}

const NEAR = 7

/** The line nearest to a place; `undefined` when none is near. */
export function nearestLine(
  lines: readonly ParallelLine[],
  layout: ParallelLayout,
  x: number,
  y: number,
): ParallelLine | undefined {
  const between = Math.floor((x - layout.side) / layout.spacing)
  const part = (x - axisLeft(layout, between)) / layout.spacing
  let best: ParallelLine | undefined
  let least = NEAR
  for (const line of lines) {
    const [from, to] = [line.points[2 * between + 1] ?? NaN, line.points[2 * between + 3] ?? NaN]
    // Steep lines are near where their slope is, too.
    const distance = Math.abs(from + (to - from) * part - y) / Math.hypot(1, (to - from) / layout.spacing)
    if (distance < least) [best, least] = [line, distance]
  }
  return best
}
