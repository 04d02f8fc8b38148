/**
 * Curves as Mermaid charts, which GitHub, GitLab, Gitea and Forgejo draw from text: nothing is uploaded anywhere.
 *
 * A chart has one axis for all of its lines, so both sides are read off at the same steps (mermaid.js.org, XY chart).
 */
import type { CurvePoint, ReviewCurve } from '../../src/domain/review/review.ts'

const PLACES = 20
const TITLE_LIMIT = 60
/** Grey and blue, which everybody can tell apart, on light and dark alike. */
const COLORS = '#8a8f98, #2f81f7'

/** Draws a curve: the base grey, the head blue. */
export function curveChart({ key, base, head }: ReviewCurve): readonly string[] {
  const steps = [...base, ...head].map(({ step }) => step)
  const [first, last] = [Math.min(...steps), Math.max(...steps)]
  const places = Array.from({ length: PLACES }, (_, index) => first + ((last - first) * index) / (PLACES - 1))
  const lines = [base, head].map((points) => places.map((step) => valueAt(points, step)))
  const values = lines.flat()
  const [least, greatest] = [Math.min(...values), Math.max(...values)]
  return [
    '```mermaid',
    '---',
    'config:',
    '  xyChart: {height: 300}',
    `  themeVariables: {xyChart: {plotColorPalette: "${COLORS}"}}`,
    '---',
    'xychart-beta',
    `  title "${chartText(key)}"`,
    `  x-axis "step" ${numberOf(first)} --> ${numberOf(last === first ? first + 1 : last)}`,
    `  y-axis ${numberOf(least)} --> ${numberOf(greatest === least ? least + 1 : greatest)}`,
    ...lines.map((line) => `  line [${line.map(numberOf).join(', ')}]`),
    '```',
  ]
}

/** Between two points by a straight line; before the first and after the last, as they are. */
function valueAt(points: readonly CurvePoint[], step: number): number {
  const after = points.findIndex((point) => point.step >= step)
  const [left, right] = [points[after - 1], points[after]]
  if (right === undefined) return points.at(-1)?.value ?? 0
  if (left === undefined || right.step === left.step) return right.value
  return left.value + ((right.value - left.value) * (step - left.step)) / (right.step - left.step)
}

/** Five digits, never with an exponent, which the grammar of charts does not know. */
function numberOf(value: number): string {
  const rounded = Number(value.toPrecision(5))
  return String(rounded).includes('e') ? rounded.toFixed(20).replace(/0+$/, '').replace(/\.$/, '.0') : String(rounded)
}

/** A name in a chart is no code, so only what means nothing to Mermaid or Markdown is left of it. */
function chartText(name: string): string {
  return name.replace(/[^A-Za-z0-9_./ -]/g, '_').slice(0, TITLE_LIMIT)
}
