/**
 * Which labels of an axis have room: as many as do not run into one another.
 */
import { FONT } from './picture.ts'

/** The part of an axis that a label takes, in pixels. */
export interface LabelSpan {
  readonly from: number
  readonly to: number
}

/** The labels that are kept, by their index: the most that can be with `gap` pixels between any two of them. */
export function keptLabels(spans: readonly LabelSpan[], gap: number): ReadonlySet<number> {
  const kept = new Set<number>()
  let taken = -Infinity
  // Whichever ends first leaves the most room to the others, so that no other choice keeps more.
  const ordered = spans.map((span, index) => ({ ...span, index })).sort((left, right) => left.to - right.to)
  for (const { from, to, index } of ordered) {
    if (from - gap < taken) continue
    kept.add(index)
    taken = to
  }
  return kept
}

const LETTER = 0.56
let context: CanvasRenderingContext2D | null | undefined

/** How wide a text is drawn, in pixels; reckoned by its letters where there is no canvas. */
export function textWidth(text: string, size: number): number {
  context ??= typeof document === 'undefined' ? null : document.createElement('canvas').getContext('2d')
  if (context === null) return text.length * size * LETTER
  context.font = `${size}px ${FONT}`
  return context.measureText(text).width
}
