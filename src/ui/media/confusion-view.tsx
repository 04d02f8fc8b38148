/**
 * A confusion matrix as a table whose cells are as dark as they are full, with what it comes down to.
 */
import { useMemo, useState } from 'preact/hooks'
import { numberText } from '../base/number-text.ts'
import { confusionNumbers, drawnLabels } from './confusion-numbers.ts'
import type { ConfusionNumbers } from './confusion-numbers.ts'

interface ConfusionViewProps {
  readonly labels: readonly string[]
  /** A row for each actual label, a column for each predicted one. */
  readonly counts: readonly (readonly number[])[]
  /** The run, where there are several. */
  readonly title: { readonly title: string; readonly colour: string } | undefined
}

/** Matrices of one name side by side, in one scale. */
export function Confusions({ matrices }: { matrices: readonly ConfusionViewProps[] }) {
  const [scale, setScale] = useState<Scale>('count')
  return (
    <>
      <span class="tabs" role="group" aria-label="What the cells tell">
        {SCALES.map(({ id, title: word }) => (
          <button key={id} aria-pressed={scale === id} onClick={() => setScale(id)}>
            {word}
          </button>
        ))}
      </span>
      <div class="confusions">
        {matrices.map((matrix, index) => (
          <ConfusionView key={index} {...matrix} scale={scale} />
        ))}
      </div>
    </>
  )
}

const SCALES = [
  { id: 'count', title: 'Counts' },
  { id: 'row', title: '% of actual' },
  { id: 'column', title: '% of predicted' },
] as const

type Scale = (typeof SCALES)[number]['id']

/** More labels than these are not drawn; the numbers have all. */
const MOST_DRAWN = 40
/** More labels than these leave no room for numbers in cells. */
const MOST_WRITTEN = 16
const LEVELS = 10

function ConfusionView({ labels, counts, title, scale }: ConfusionViewProps & { scale: Scale }) {
  const numbers = useMemo(() => confusionNumbers(labels, counts), [labels, counts])
  const drawn = useMemo(() => drawnLabels(counts, MOST_DRAWN), [counts])
  return (
    <div class="confusion">
      {title !== undefined && (
        <h3>
          <span class="swatch" style={{ background: title.colour }} /> {title.title}
        </h3>
      )}
      <p class="confusion-facts">
        accuracy <b>{shareText(numbers.accuracy)}</b>, macro F1 <b>{shareText(numbers.macroF1)}</b>{' '}
        <span class="muted">
          of {numberText(numbers.total)} in {labels.length} classes
        </span>
      </p>
      <Matrix labels={labels} counts={counts} drawn={drawn} scale={scale} />
      {drawn.length < labels.length && (
        <p class="muted small">
          The {drawn.length} largest of {labels.length} classes are drawn.
        </p>
      )}
      <Numbers numbers={numbers} />
    </div>
  )
}

interface MatrixProps {
  readonly labels: readonly string[]
  readonly counts: readonly (readonly number[])[]
  readonly drawn: readonly number[]
  readonly scale: Scale
}

function Matrix({ labels, counts, drawn, scale }: MatrixProps) {
  const rows = drawn.map((at) => drawn.map((as) => counts[at]?.[as] ?? 0))
  const rowSums = drawn.map((at) => (counts[at] ?? []).reduce((sum, count) => sum + count, 0))
  const columnSums = drawn.map((as) => counts.reduce((sum, row) => sum + (row[as] ?? 0), 0))
  const most = Math.max(1, ...rows.flat())
  const isWritten = drawn.length <= MOST_WRITTEN
  const partOf = (row: number, column: number): number => {
    const count = rows[row]?.[column] ?? 0
    const whole = scale === 'count' ? most : scale === 'row' ? (rowSums[row] ?? 0) : (columnSums[column] ?? 0)
    return whole === 0 ? 0 : count / whole
  }
  return (
    <div class="table-box">
      <table class={`matrix ${isWritten ? '' : 'is-dense'}`} aria-label="Confusion matrix">
        <MatrixHead labels={labels} drawn={drawn} />
        <tbody>
          {drawn.map((at, row) => (
            <tr key={at}>
              <th scope="row" title={labels[at]}>
                {labels[at]}
              </th>
              {drawn.map((as, column) => {
                const count = rows[row]?.[column] ?? 0
                const part = partOf(row, column)
                const says = `actual ${labels[at] ?? ''}, predicted ${labels[as] ?? ''}: ${numberText(count)}`
                return (
                  <td
                    key={as}
                    title={says}
                    class={`heat-${Math.round(part * LEVELS)} ${row === column ? 'is-hit' : ''}`}
                  >
                    {isWritten && (scale === 'count' ? numberText(count) : percentText(part))}
                  </td>
                )
              })}
            </tr>
          ))}
        </tbody>
      </table>
    </div>
  )
}

function MatrixHead({ labels, drawn }: Pick<MatrixProps, 'labels' | 'drawn'>) {
  return (
    <thead>
      <tr>
        <td />
        <th scope="col" colSpan={drawn.length} class="matrix-axis">
          predicted →
        </th>
      </tr>
      <tr>
        <th scope="col" class="matrix-axis">
          actual ↓
        </th>
        {drawn.map((at) => (
          <th key={at} scope="col" title={labels[at]}>
            <span>{labels[at]}</span>
          </th>
        ))}
      </tr>
    </thead>
  )
}

function Numbers({ numbers }: { numbers: ConfusionNumbers }) {
  return (
    <details>
      <summary>Precision, recall and what was mixed up</summary>
      <div class="table-box">
        <table class="plain" aria-label="Scores of each class">
          <thead>
            <tr>
              <th scope="col">Class</th>
              {['Precision', 'Recall', 'F1', 'Count'].map((title) => (
                <th key={title} scope="col" class="number">
                  {title}
                </th>
              ))}
            </tr>
          </thead>
          <tbody>
            {numbers.labels.map(({ label, precision, recall, f1, count }) => (
              <tr key={label}>
                <th scope="row">{label}</th>
                <td class="number">{shareText(precision)}</td>
                <td class="number">{shareText(recall)}</td>
                <td class="number">{shareText(f1)}</td>
                <td class="number">{numberText(count)}</td>
              </tr>
            ))}
          </tbody>
        </table>
      </div>
      {numbers.mistakes.length > 0 && (
        <ol class="mistakes">
          {numbers.mistakes.map(({ actual, predicted, count }) => (
            <li key={`${actual}\u0000${predicted}`}>
              <b>{numberText(count)}</b> × {actual} taken for {predicted}
            </li>
          ))}
        </ol>
      )}
    </details>
  )
}

function shareText(share: number | null): string {
  return share === null ? '–' : share.toFixed(4)
}

function percentText(share: number): string {
  return share === 0 ? '0' : `${(share * 100).toFixed(share < 0.0995 ? 1 : 0)}%`
}
