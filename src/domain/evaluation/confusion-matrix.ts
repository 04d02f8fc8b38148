/**
 * Confusion matrices: how often each actual label was predicted as each label.
 */
import { LIMIT_LABELS } from './evaluation-table.ts'
import type { EvaluationRows, EvaluationShape } from './evaluation-table.ts'

/** Counts by labels. */
export interface ConfusionMatrix {
  /** Numbers by value, other texts by their characters. */
  readonly labels: readonly string[]
  /** A row for each actual label, a column for each predicted one. */
  readonly counts: readonly (readonly number[])[]
}

/** Counts a table. `undefined` when it has no such counts, or too many labels: then it is a table of predictions. */
export function confusionMatrix(
  { columns, rows }: EvaluationRows,
  shape: Extract<EvaluationShape, { readonly kind: 'confusion' | 'matrix' }>,
): ConfusionMatrix | undefined {
  if (shape.kind === 'matrix') {
    const counts = rows.map((row) => row.slice(1).map(Number))
    return counts.flat().every(Number.isFinite) ? { labels: columns.slice(1), counts } : undefined
  }
  const sums = new Map<string, Map<string, number>>()
  const labels = new Set<string>()
  for (const row of rows) {
    const [actual, predicted] = [row[shape.actual] ?? '', row[shape.predicted] ?? '']
    const count = shape.count === undefined ? 1 : Number(row[shape.count] ?? 0)
    if (!Number.isFinite(count) || count < 0) return undefined
    if (labels.add(actual).add(predicted).size > LIMIT_LABELS) return undefined
    const line = sums.get(actual) ?? new Map<string, number>()
    sums.set(actual, line.set(predicted, (line.get(predicted) ?? 0) + count))
  }
  // A target that is measured and not named, such as a price, is no label.
  if (labels.size === 0 || [...labels].some((label) => /^-?\d+\.\d*[1-9]/.test(label))) return undefined
  const sorted = [...labels].sort(byLabel)
  return { labels: sorted, counts: sorted.map((actual) => sorted.map((as) => sums.get(actual)?.get(as) ?? 0)) }
}

/** A matrix that is written as one: a list of rows, with the labels where they are known. */
export function matrixOf(
  rows: readonly (readonly number[])[],
  labels: readonly string[] | undefined,
): ConfusionMatrix | undefined {
  const size = rows.length
  const isSquare = rows.every(
    (row) => row.length === size && row.every((count) => Number.isFinite(count) && count >= 0),
  )
  if (size < 2 || size > LIMIT_LABELS || !isSquare || (labels !== undefined && labels.length !== size)) return undefined
  return { labels: labels ?? rows.map((_, index) => String(index)), counts: rows }
}

function byLabel(left: string, right: string): number {
  const [a, b] = [Number(left), Number(right)]
  if (left.trim() !== '' && right.trim() !== '' && !Number.isNaN(a) && !Number.isNaN(b)) return a - b
  return left < right ? -1 : left > right ? 1 : 0
}
