/**
 * What is to be said before a plot: that it is on its way, that it is not all, that it was refused.
 */
import { Empty, RefusalNote } from '../base/answer.tsx'
import { NOTHING_KNOWN } from '../runs/columns.ts'
import { known } from '../runs/runs-state.ts'
import type { PlotRows } from './use-plot-rows.ts'
import { PLOT_BOUND } from './use-plot-rows.ts'

/** Notes above a plot. */
export function PlotNotes({ rows, total, refusal }: PlotRows) {
  const shown = (rows?.length ?? 0).toLocaleString('en-GB')
  const all = total.toLocaleString('en-GB')
  return (
    <>
      {refusal !== undefined && <RefusalNote refusal={refusal} />}
      {rows === undefined && refusal === undefined && <p class="waiting">Loading…</p>}
      {rows !== undefined && rows.length < Math.min(total, PLOT_BOUND) && (
        <p class="muted" role="status">
          {shown} of {all} runs so far…
        </p>
      )}
      {total > PLOT_BOUND && rows?.length === PLOT_BOUND && (
        <p class="muted" role="status">
          The newest {shown} of {all} runs. A filter takes others.
        </p>
      )}
    </>
  )
}

/** That there is nothing to lay along an axis; not before the server told what there is. */
export function NoFields({ title }: { title: string }) {
  return known.value === NOTHING_KNOWN ? <p class="waiting">Loading…</p> : <Empty title={title} />
}
