/**
 * What is to be said before a plot: that it is on its way, that it is not all, that it was refused.
 */
import type { ComponentChildren } from 'preact'
import { Empty, RefusalNote } from '../base/answer.tsx'
import { setState } from '../base/route.ts'
import { NOTHING_KNOWN } from '../runs/columns.ts'
import { filter, known } from '../runs/runs-state.ts'
import type { PlotRows } from './use-plot-rows.ts'
import { PLOT_BOUND } from './use-plot-rows.ts'

/** Notes above a plot. */
export function PlotNotes({ rows, total, refusal }: Omit<PlotRows, 'isWhole'>) {
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

/** That there is nothing to lay along an axis, and what would change that; not before the server told what there is. */
export function NoFields({ title, children }: { title: string; children: ComponentChildren }) {
  if (known.value === NOTHING_KNOWN) return <p class="waiting">Loading…</p>
  return (
    <Empty title={title}>
      {children}
      <WiderFilter />
    </Empty>
  )
}

/** The same for plots of one metric. */
export function NoMetric({ title }: { title: string }) {
  return (
    <NoFields title={title}>
      <p>
        Numbers that a run writes to a file of <code>metrics</code> in mlv.yaml are its metrics, and so is what it logs:
      </p>
      <pre>mlv log-metric accuracy=0.93</pre>
    </NoFields>
  )
}

/** A way to more runs, where a filter keeps some away. */
export function WiderFilter() {
  if (filter.value === '') return null
  return (
    <p>
      <button onClick={() => setState({ filter: '' })}>Clear the filter</button>
    </p>
  )
}
