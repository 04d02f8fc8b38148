/**
 * The frame of a plot: grid, ticks and names of its axes.
 */
import { keptLabels, textWidth } from './axis-labels.ts'
import type { PlotAxis } from './plot-axis.ts'
import type { Mark } from './picture.ts'

/** The part of a plot that holds the runs, in pixels. */
export interface PlotFrame {
  readonly left: number
  readonly top: number
  readonly width: number
  readonly height: number
}

/** Colours of what is no run. */
export interface PlotInk {
  readonly text: string
  readonly strong: string
  readonly grid: string
  readonly edge: string
  readonly ground: string
  readonly accent: string
}

/** Reads the colours of the present theme from the style sheet. */
export function plotInk(): PlotInk {
  const style = getComputedStyle(document.documentElement)
  const colour = (name: string): string => style.getPropertyValue(name).trim()
  return {
    text: colour('--muted'),
    strong: colour('--text'),
    grid: colour('--grid'),
    edge: colour('--edge-strong'),
    ground: colour('--surface'),
    accent: colour('--accent'),
  }
}

/** What is drawn of an axis. */
export type DrawnAxis = Pick<PlotAxis, 'title' | 'ticks' | 'isLog'>

const SIZE = 11
const GAP = 6

/** The axis below a plot. Each tick has a line, and its label where that runs into no other. */
export function axisBelow(axis: DrawnAxis, frame: PlotFrame, ink: PlotInk): readonly Mark[] {
  const bottom = frame.top + frame.height
  const placed = axis.ticks.map(({ at, text }) => {
    const [x, words] = [frame.left + at * frame.width, shortened(text, 14)]
    const half = textWidth(words, SIZE) / 2
    return { x, words, from: x - half, to: x + half }
  })
  const kept = keptLabels(placed, GAP)
  const ticks = placed.flatMap(({ x, words }, index): readonly Mark[] => {
    const line = pathMark([x, frame.top, x, bottom], ink.grid)
    if (!kept.has(index)) return [line]
    return [line, { kind: 'text', x, y: bottom + 14, text: words, fill: ink.text, size: SIZE, anchor: 'middle' }]
  })
  const name = `${axis.title}${axis.isLog ? ' (log)' : ''}`
  const place = { x: frame.left + frame.width / 2, y: bottom + 36, anchor: 'middle' } as const
  return [...ticks, { kind: 'text', ...place, text: name, fill: ink.strong, size: 12, isStrong: true }]
}

/** The axis to the left of a plot. */
export function axisBeside(axis: DrawnAxis, frame: PlotFrame, ink: PlotInk): readonly Mark[] {
  const kept = labelsUp(axis, frame.height)
  const ticks = axis.ticks.flatMap(({ at, text }, index): readonly Mark[] => {
    const y = frame.top + (1 - at) * frame.height
    const line = pathMark([frame.left, y, frame.left + frame.width, y], ink.grid)
    if (!kept.has(index)) return [line]
    return [
      line,
      { kind: 'text', x: frame.left - 8, y, text: shortened(text, 9), fill: ink.text, size: SIZE, anchor: 'end' },
    ]
  })
  const name = `${axis.title}${axis.isLog ? ' (log)' : ''}`
  const place = { x: 10, y: frame.top + frame.height / 2, anchor: 'middle', isUpright: true } as const
  return [...ticks, { kind: 'text', ...place, text: name, fill: ink.strong, size: 12, isStrong: true }]
}

/** The labels that have room along an axis that goes up, by the index of their tick; its length in pixels. */
export function labelsUp({ ticks }: Pick<PlotAxis, 'ticks'>, length: number): ReadonlySet<number> {
  const spans = ticks.map(({ at }) => ({ from: at * length - SIZE / 2, to: at * length + SIZE / 2 }))
  return keptLabels(spans, 1)
}

/** A thin line. */
export function pathMark(points: readonly number[], stroke: string, width = 1): Mark {
  return { kind: 'path', points, stroke, width, alpha: 1 }
}

/** A text that is too long, without its middle. */
export function shortened(text: string, most: number): string {
  if (text.length <= most) return text
  const half = Math.floor((most - 1) / 2)
  return `${text.slice(0, most - 1 - half)}…${text.slice(-half)}`
}
