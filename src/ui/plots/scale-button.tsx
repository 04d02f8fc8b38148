/**
 * Linear or logarithmic, for one field.
 */
import { anyFieldTitle } from './plot-axis.ts'
import { scaleOf, setScale } from './use-plot-rows.ts'
import type { ScaleKind } from './plot-axis.ts'

const NEXT: Readonly<Record<ScaleKind, ScaleKind>> = { auto: 'log', log: 'linear', linear: 'auto' }
const SAYS: Readonly<Record<ScaleKind, string>> = { auto: 'auto scale', log: 'log scale', linear: 'linear' }

/** Goes from one scale to the next. */
export function ScaleButton({ field }: { field: string }) {
  const scale = scaleOf(field)
  return (
    <button
      class="quiet scale-button"
      title="Scale: auto takes a logarithm where positive numbers go far"
      aria-label={`Scale of ${anyFieldTitle(field)}: ${SAYS[scale]}`}
      onClick={() => setScale(field, NEXT[scale])}
    >
      {SAYS[scale]}
    </button>
  )
}
