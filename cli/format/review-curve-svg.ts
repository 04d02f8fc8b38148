/**
 * A curve of both sides as a small picture in a page, with its numbers beside it for who cannot see it.
 */
import type { CurvePoint, ReviewCurve } from '../../src/domain/review/review.ts'
import { markupText } from '../../src/base/markup-text.ts'
import { numberText } from './number.ts'

const WIDTH = 360
const HEIGHT = 160
const MARGIN = 8
/** Room for the numbers of the axes. */
const LEFT = 56
const BELOW = 22
const SIDES = ['base', 'head'] as const

/** Draws a curve: the base behind, the head before it. The axes say what their ends are: few start at zero. */
export function reviewCurveSvg(curve: ReviewCurve): string {
  const points = SIDES.flatMap((side) => curve[side])
  const steps = points.map(({ step }) => step)
  const values = points.map(({ value }) => value)
  const across = scale(steps, LEFT, WIDTH - MARGIN)
  const up = scale(values, HEIGHT - BELOW, MARGIN)
  const lines = SIDES.map((side) => {
    const path = curve[side].map(({ step, value }) => `${across(step)},${up(value)}`).join(' ')
    return `<polyline class="${side}" points="${path}"/>`
  })
  const ends = SIDES.map((side) => `${side} ends at ${numberText(lastOf(curve[side]))}`)
  const name = markupText(curve.key)
  const label = `${name} over steps: ${ends.join(', ')}`
  const inside = [...axes(steps, values), ...lines].join('')
  const picture = `<svg viewBox="0 0 ${WIDTH} ${HEIGHT}" role="img" aria-label="${label}">${inside}</svg>`
  const legend = SIDES.map((side, index) => `<span class="${side}">${ends[index] ?? ''}</span>`).join(', ')
  return `<figure>${picture}<figcaption>${name} over steps: ${legend}</figcaption></figure>`
}

function axes(steps: readonly number[], values: readonly number[]): readonly string[] {
  const write = (at: string, value: number): string => `<text ${at}>${numberText(value)}</text>`
  return [
    write(`x="${LEFT - 6}" y="${MARGIN + 8}" text-anchor="end"`, Math.max(...values)),
    write(`x="${LEFT - 6}" y="${HEIGHT - BELOW}" text-anchor="end"`, Math.min(...values)),
    write(`x="${LEFT}" y="${HEIGHT - 6}"`, Math.min(...steps)),
    write(`x="${WIDTH - MARGIN}" y="${HEIGHT - 6}" text-anchor="end"`, Math.max(...steps)),
  ]
}

function lastOf(points: readonly CurvePoint[]): number {
  return points.at(-1)?.value ?? NaN
}

function scale(values: readonly number[], from: number, to: number): (value: number) => string {
  const [least, greatest] = [Math.min(...values), Math.max(...values)]
  const range = greatest === least ? 1 : greatest - least
  return (value) => (from + ((value - least) / range) * (to - from)).toFixed(1)
}
