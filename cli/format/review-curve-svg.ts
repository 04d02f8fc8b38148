/**
 * A curve of both sides as a small picture in a page, with its numbers beside it for who cannot see it.
 */
import type { CurvePoint, ReviewCurve } from '../../src/domain/review/review.ts'
import { markupText } from './markup-text.ts'
import { numberText } from './number.ts'

const WIDTH = 360
const HEIGHT = 140
const MARGIN = 8
const SIDES = ['base', 'head'] as const

/** Draws a curve: the base behind, the head before it. */
export function reviewCurveSvg(curve: ReviewCurve): string {
  const points = SIDES.flatMap((side) => curve[side])
  const across = scale(
    points.map(({ step }) => step),
    MARGIN,
    WIDTH - MARGIN,
  )
  const up = scale(
    points.map(({ value }) => value),
    HEIGHT - MARGIN,
    MARGIN,
  )
  const lines = SIDES.map((side) => {
    const path = curve[side].map(({ step, value }) => `${across(step)},${up(value)}`).join(' ')
    return `<polyline class="${side}" points="${path}"/>`
  })
  const ends = SIDES.map((side) => `${side} ends at ${numberText(lastOf(curve[side]))}`).join(', ')
  const label = `${markupText(curve.key)} over steps: ${ends}`
  const picture = `<svg viewBox="0 0 ${WIDTH} ${HEIGHT}" role="img" aria-label="${label}">${lines.join('')}</svg>`
  return `<figure>${picture}<figcaption>${label}</figcaption></figure>`
}

function lastOf(points: readonly CurvePoint[]): number {
  return points.at(-1)?.value ?? NaN
}

function scale(values: readonly number[], from: number, to: number): (value: number) => string {
  const [least, greatest] = [Math.min(...values), Math.max(...values)]
  const range = greatest === least ? 1 : greatest - least
  return (value) => (from + ((value - least) / range) * (to - from)).toFixed(1)
}
