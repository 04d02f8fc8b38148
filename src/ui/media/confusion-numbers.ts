/**
 * What a confusion matrix comes down to.
 */

/** One label of a matrix. `null` where nothing was so labelled, or predicted. */
export interface LabelScore {
  readonly label: string
  readonly precision: number | null
  readonly recall: number | null
  readonly f1: number | null
  /** How many are so labelled. */
  readonly count: number
}

/** A matrix in numbers. */
export interface ConfusionNumbers {
  readonly total: number
  readonly accuracy: number | null
  readonly labels: readonly LabelScore[]
  /** The mean over labels that have a value. */
  readonly macroF1: number | null
  /** Pairs that were mixed up, the most often first. */
  readonly mistakes: readonly { readonly actual: string; readonly predicted: string; readonly count: number }[]
}

const MOST_MISTAKES = 10

/** Works a matrix out. `counts` has a row for each actual label, a column for each predicted one. */
export function confusionNumbers(labels: readonly string[], counts: readonly (readonly number[])[]): ConfusionNumbers {
  const rows = counts.map((row) => row.reduce((sum, count) => sum + count, 0))
  const columns = labels.map((_, at) => counts.reduce((sum, row) => sum + (row[at] ?? 0), 0))
  const total = rows.reduce((sum, count) => sum + count, 0)
  const hits = labels.map((_, at) => counts[at]?.[at] ?? 0)
  const scores = labels.map((label, at): LabelScore => {
    const precision = share(hits[at] ?? 0, columns[at] ?? 0)
    const recall = share(hits[at] ?? 0, rows[at] ?? 0)
    const f1 = share(2 * (hits[at] ?? 0), (rows[at] ?? 0) + (columns[at] ?? 0))
    return { label, precision, recall, f1, count: rows[at] ?? 0 }
  })
  const f1s = scores.flatMap(({ f1 }) => f1 ?? [])
  const mistakes = counts
    .flatMap((row, at) =>
      row.map((count, as) => ({ actual: labels[at] ?? '', predicted: labels[as] ?? '', count: at === as ? 0 : count })),
    )
    .filter(({ count }) => count > 0)
    .sort((left, right) => right.count - left.count)
    .slice(0, MOST_MISTAKES)
  return {
    total,
    accuracy: share(
      hits.reduce((sum, count) => sum + count, 0),
      total,
    ),
    labels: scores,
    macroF1: f1s.length === 0 ? null : f1s.reduce((sum, f1) => sum + f1, 0) / f1s.length,
    mistakes,
  }
}

function share(part: number, whole: number): number | null {
  return whole === 0 ? null : part / whole
}

/** Indices of the labels that are drawn: all, or those with the most in them. */
export function drawnLabels(counts: readonly (readonly number[])[], most: number): readonly number[] {
  const all = counts.map((row, at) => ({ at, count: row.reduce((sum, count) => sum + count, 0) }))
  if (all.length <= most) return all.map(({ at }) => at)
  return all
    .sort((left, right) => right.count - left.count)
    .slice(0, most)
    .map(({ at }) => at)
    .sort((left, right) => left - right)
}
