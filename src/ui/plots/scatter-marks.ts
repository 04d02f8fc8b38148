/**
 * A scatter plot as marks.
 */
import { paretoFront } from '../../domain/statistics/pareto.ts'
import type { Direction } from '../../domain/statistics/pareto.ts'
import { cellNumber } from '../base/wire-value.ts'
import type { FullRow } from '../runs/row-source.ts'
import { axisBelow, axisBeside } from './axis-marks.ts'
import type { PlotFrame, PlotInk } from './axis-marks.ts'
import type { PlotAxis } from './plot-axis.ts'
import type { PlotColour } from './plot-colour.ts'
import type { Mark, Picture } from './picture.ts'

/** A run in the plot, in pixels of the picture. */
export interface ScatterDot {
  readonly row: FullRow
  readonly x: number
  readonly y: number
  readonly radius: number
}

/** What is laid along what. */
export interface ScatterAxes {
  readonly across: PlotAxis
  readonly up: PlotAxis
  readonly size: PlotAxis | undefined
  readonly colour: PlotColour | undefined
}

/** The frame of a scatter plot of some size. */
export function scatterFrame(width: number, height: number): PlotFrame {
  return { left: 70, top: 8, width: width - 86, height: height - 54 }
}

/** The runs that have both values, those without a size smallest. */
export function scatterDots(
  rows: readonly FullRow[],
  { across, up, size }: ScatterAxes,
  frame: PlotFrame,
): readonly ScatterDot[] {
  const usual = rows.length > 2000 ? 2.5 : rows.length > 500 ? 3 : 4.5
  return rows.flatMap((row) => {
    const [left, above] = [across.place(row), up.place(row)]
    if (left === undefined || above === undefined) return []
    const radius = size === undefined ? usual : 2 + 9 * Math.sqrt(size.place(row) ?? 0)
    return [{ row, x: frame.left + left * frame.width, y: frame.top + (1 - above) * frame.height, radius }]
  })
}

/** The runs of the Pareto front, from the best by the first field to the best by the second. */
export function frontRows(
  rows: readonly FullRow[],
  x: string,
  y: string,
  better: { readonly x: Direction; readonly y: Direction },
): readonly FullRow[] {
  const valued = rows.flatMap((row) => {
    const [across, up] = [cellNumber(row.cells.get(x)), cellNumber(row.cells.get(y))]
    const isFinite = across !== undefined && up !== undefined && Number.isFinite(across) && Number.isFinite(up)
    return isFinite ? [{ row, x: across, y: up }] : []
  })
  return paretoFront(valued, better).flatMap((index) => valued[index]?.row ?? [])
}

/**
 * The border of what is reached: from run to run it first gets worse in one way and then better in the other, and at
 * its ends it leaves the plot the worse way.
 */
export function frontStairs(
  front: readonly ScatterDot[],
  frame: PlotFrame,
  better: { readonly x: Direction; readonly y: Direction },
): readonly number[] {
  const [first, last] = [front[0], front.at(-1)]
  if (first === undefined || last === undefined) return []
  const worstX = better.x === 'min' ? frame.left + frame.width : frame.left
  const worstY = better.y === 'min' ? frame.top : frame.top + frame.height
  const stairs = [first.x, worstY]
  front.forEach(({ x, y }, index) => {
    const before = front[index - 1]
    if (before !== undefined) stairs.push(x, before.y)
    stairs.push(x, y)
  })
  return [...stairs, worstX, last.y]
}

interface ScatterPicture {
  readonly width: number
  readonly height: number
  readonly frame: PlotFrame
  readonly axes: ScatterAxes
  readonly dots: readonly ScatterDot[]
  readonly front: readonly ScatterDot[]
  readonly better: { readonly x: Direction; readonly y: Direction } | undefined
  readonly selected: ReadonlySet<string>
  readonly ink: PlotInk
}

/** All of it. */
export function scatterPicture(plot: ScatterPicture): Picture {
  const { width, height, frame, axes, dots, front, better, selected, ink } = plot
  const alpha = dots.length > 2000 ? 0.45 : 0.75
  const dotMark = ({ row, x, y, radius }: ScatterDot, stroke?: string): Mark => {
    const fill = axes.colour?.of(row) ?? ink.accent
    const look = stroke === undefined ? { alpha } : { stroke, alpha: 1 }
    return { kind: 'dot', x, y, radius: stroke === undefined ? radius : radius + 1, fill, ...look }
  }
  const stairs = better === undefined ? [] : frontStairs(front, frame, better)
  return {
    width,
    height,
    marks: [
      ...axisBelow(axes.across, frame, ink),
      ...axisBeside(axes.up, frame, ink),
      ...dots.map((dot) => dotMark(dot)),
      ...(stairs.length === 0
        ? []
        : [{ kind: 'path', points: stairs, stroke: ink.strong, width: 1.5, alpha: 0.8 } satisfies Mark]),
      ...front.map((dot) => dotMark(dot, ink.strong)),
      ...dots.filter(({ row }) => selected.has(row.head.id)).map((dot) => dotMark(dot, ink.strong)),
    ],
  }
}
