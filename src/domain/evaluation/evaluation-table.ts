/**
 * Tables that are evaluations, told by the names of their columns alone: a confusion matrix, a ROC or PR curve, a
 * calibration curve. Written by two lines of Python, by scikit-learn's arrays or by DVCLive.
 */

/** One cell as it stands in the file; `null` where the row has none. */
export type EvaluationCell = string | null

/** A table to be told. */
export interface EvaluationRows {
  readonly columns: readonly string[]
  readonly rows: readonly (readonly EvaluationCell[])[]
}

/** Where the parts of an evaluation are: indices of columns. */
export type EvaluationShape =
  | {
      readonly kind: 'confusion'
      readonly actual: number
      readonly predicted: number
      readonly count: number | undefined
    }
  /** A matrix with a row for each actual label, named by the first cell, and a column for each predicted one. */
  | { readonly kind: 'matrix' }
  | {
      readonly kind: CurveKind
      readonly x: number
      readonly y: number
      readonly threshold: number | undefined
      /** Tells several curves of one table apart. */
      readonly label: number | undefined
    }

/** What a curve shows: `roc` tpr over fpr, `pr` precision over recall, `calibration` outcome over prediction. */
export type CurveKind = 'roc' | 'pr' | 'calibration'

const ACTUAL = ['actual', 'true', 'y_true', 'truth', 'target', 'label', 'expected']
const PREDICTED = ['predicted', 'prediction', 'y_pred', 'pred']
const COUNT = ['count', 'n']
const THRESHOLD = ['threshold', 'thresholds']
const LABEL = ['class', 'label', 'name', 'curve']
const IGNORED = ['step', 'index', 'column 1', 'unnamed: 0']

const CURVES: readonly (readonly [kind: CurveKind, x: readonly string[], y: readonly string[]])[] = [
  ['roc', ['fpr', 'false_positive_rate'], ['tpr', 'true_positive_rate', 'recall']],
  ['pr', ['recall'], ['precision']],
  ['calibration', ['prob_pred', 'mean_predicted', 'mean_predicted_value'], ['prob_true', 'fraction_of_positives']],
]

/** More labels than these make no matrix that anybody reads. */
export const LIMIT_LABELS = 200

/** Tells what a table is; `undefined` when it is no evaluation. The first row may be needed for a matrix. */
export function evaluationShape({ columns, rows }: EvaluationRows): EvaluationShape | undefined {
  const names = columns.map((name) => name.trim().toLowerCase())
  return curveShape(names) ?? confusionShape(names) ?? (isMatrix(columns, rows) ? { kind: 'matrix' } : undefined)
}

/** A table with other columns too is a table of metrics, such as a report of each class or of each epoch. */
function curveShape(names: readonly string[]): EvaluationShape | undefined {
  for (const [kind, xNames, yNames] of CURVES) {
    const [x, y] = [indexOf(names, xNames), indexOf(names, yNames)]
    if (x === undefined || y === undefined || x === y) continue
    const threshold = indexOf(names, THRESHOLD)
    const label = indexOf(names, LABEL)
    const used = new Set([x, y, threshold, label])
    const isAll = names.every((name, index) => used.has(index) || IGNORED.includes(name) || COUNT.includes(name))
    if (isAll) return { kind, x, y, threshold, label }
  }
  return undefined
}

function confusionShape(names: readonly string[]): EvaluationShape | undefined {
  const [actual, predicted] = [indexOf(names, ACTUAL), indexOf(names, PREDICTED)]
  if (actual === undefined || predicted === undefined) return undefined
  return { kind: 'confusion', actual, predicted, count: indexOf(names, COUNT) }
}

/** What pandas writes of a matrix: names in the head are those of the first cells. */
function isMatrix(columns: readonly string[], rows: readonly (readonly EvaluationCell[])[]): boolean {
  const labels = columns.slice(1)
  return (
    labels.length >= 2 &&
    labels.length <= LIMIT_LABELS &&
    rows.length === labels.length &&
    rows.every((row, index) => row[0] === labels[index] && row.slice(1).every(isCount))
  )
}

function isCount(cell: EvaluationCell): boolean {
  return cell !== null && /^\d+(?:\.\d+)?$/.test(cell)
}

/** The first of the names that a column has. */
function indexOf(names: readonly string[], wanted: readonly string[]): number | undefined {
  for (const name of wanted) {
    const found = names.indexOf(name)
    if (found >= 0) return found
  }
  return undefined
}
