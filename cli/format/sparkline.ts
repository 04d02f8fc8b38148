/**
 * Small curves of one line: eight heights between the least and the greatest value.
 */
import type { Sparkline } from '../../src/domain/series-sketch.ts'
import { partBetween } from './braille-chart.ts'

/** How wide a curve in a list is, in characters. */
export const SPARKLINE_WIDTH = 12

const HEIGHTS = ['▁', '▂', '▃', '▄', '▅', '▆', '▇', '█'] as const
const MIDDLE = '▄'
/** Stands for a value that is not finite. */
const GAP = '×'

/** Draws a curve, one character a value. One that never changes is a line in the middle. */
export function sparklineText(values: Sparkline): string {
  const finite = values.filter(Number.isFinite)
  const [low, high] = [Math.min(...finite), Math.max(...finite)]
  return values.map((value) => (Number.isFinite(value) ? heightOf(value, low, high) : GAP)).join('')
}

function heightOf(value: number, low: number, high: number): string {
  if (low === high) return MIDDLE
  const part = partBetween(value, low, high)
  return HEIGHTS[Math.min(HEIGHTS.length - 1, Math.floor(part * HEIGHTS.length))] ?? MIDDLE
}
