/**
 * Curves of classifiers: ROC, precision over recall, calibration; and the area under them.
 */
import type { CurveKind, EvaluationCell, EvaluationRows, EvaluationShape } from './evaluation-table.ts'

/** One curve. */
export interface Curve {
  /** Which of several curves of one table; empty when there is one. */
  readonly label: string
  /** From the least x on. */
  readonly points: readonly CurvePoint[]
  /** How many points there were before they were thinned out. */
  readonly count: number
  /** By the trapezoids between all points; `null` where there is none, as for calibration. */
  readonly area: number | null
}

/** A point of a curve. */
export interface CurvePoint {
  readonly x: number
  readonly y: number
  /** The score from which on something counts as positive; `null` where nobody said, or it is infinite. */
  readonly threshold: number | null
}

/** More curves in one table are left out. */
const LIMIT_CURVES = 50
/** Finer than a screen shows. */
const STEPS = 1000

/** Reads the curves of a table; rows without numbers between 0 and 1 are left out. */
export function curvesOf(
  { rows }: EvaluationRows,
  shape: Extract<EvaluationShape, { readonly kind: CurveKind }>,
): readonly Curve[] {
  const byLabel = new Map<string, CurvePoint[]>()
  for (const row of rows) {
    const [x, y] = [shareOf(row[shape.x]), shareOf(row[shape.y])]
    if (x === undefined || y === undefined) continue
    const label = shape.label === undefined ? '' : (row[shape.label] ?? '')
    if (!byLabel.has(label) && byLabel.size >= LIMIT_CURVES) continue
    const points = byLabel.get(label) ?? []
    points.push({ x, y, threshold: shape.threshold === undefined ? null : finiteOf(row[shape.threshold]) })
    byLabel.set(label, points)
  }
  return [...byLabel].map(([label, points]) => {
    const sorted = inOrder(points, shape.kind)
    const area = shape.kind === 'calibration' || sorted.length < 2 ? null : areaUnder(sorted)
    return { label, points: thinned(sorted), count: points.length, area }
  })
}

/** The area under points in the order of x, by trapezoids. */
export function areaUnder(points: readonly { readonly x: number; readonly y: number }[]): number {
  let area = 0
  for (let index = 1; index < points.length; index += 1) {
    const [left, right] = [points[index - 1], points[index]]
    if (left !== undefined && right !== undefined) area += ((right.x - left.x) * (left.y + right.y)) / 2
  }
  return area
}

/** Points of one x keep the order in which the curve goes through them: a ROC curve rises, precision falls. */
function inOrder(points: readonly CurvePoint[], kind: CurveKind): readonly CurvePoint[] {
  const sign = kind === 'pr' ? -1 : 1
  return points.toSorted((left, right) => left.x - right.x || sign * (left.y - right.y))
}

/** Leaves out what a screen cannot show; the first and the last point, and every step, stay. */
function thinned(points: readonly CurvePoint[]): readonly CurvePoint[] {
  if (points.length <= STEPS) return points
  let last: CurvePoint | undefined
  return points.filter((point, index) => {
    const isFar = last === undefined || Math.abs(point.x - last.x) + Math.abs(point.y - last.y) >= 2 / STEPS
    if (!isFar && index < points.length - 1) return false
    last = point
    return true
  })
}

function shareOf(cell: EvaluationCell | undefined): number | undefined {
  const number = cell === null || cell === undefined || cell.trim() === '' ? NaN : Number(cell)
  return number >= -1e-9 && number <= 1 + 1e-9 ? Math.min(1, Math.max(0, number)) : undefined
}

function finiteOf(cell: EvaluationCell | undefined): number | null {
  const number = cell === null || cell === undefined || cell.trim() === '' ? NaN : Number(cell)
  return Number.isFinite(number) ? number : null
}
