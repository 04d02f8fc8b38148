/**
 * Linear or logarithmic, for one field.
 */
import { anyFieldTitle } from './plot-axis.ts'
import type { ScaleKind } from './plot-axis.ts'
import { scaleOf, setScale } from './use-plot-rows.ts'

const SCALES: readonly { readonly kind: ScaleKind; readonly says: string }[] = [
  { kind: 'auto', says: 'auto scale' },
  { kind: 'linear', says: 'linear scale' },
  { kind: 'log', says: 'log scale' },
]

/** A choice of the scale of a field, on all plots. */
export function ScaleSelect({ field }: { field: string }) {
  const choose = (wanted: string): void => {
    const found = SCALES.find(({ kind }) => kind === wanted)
    if (found !== undefined) setScale(field, found.kind)
  }
  return (
    <select
      class="scale-select"
      value={scaleOf(field)}
      title="Auto takes a logarithm where positive numbers go far"
      aria-label={`Scale of ${anyFieldTitle(field)}`}
      onChange={({ currentTarget }) => choose(currentTarget.value)}
    >
      {SCALES.map(({ kind, says }) => (
        <option key={kind} value={kind}>
          {says}
        </option>
      ))}
    </select>
  )
}
