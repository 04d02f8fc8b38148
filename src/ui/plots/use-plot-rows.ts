/**
 * The runs of a plot, and the fields there are to lay along its axes.
 */
import { useEffect, useState } from 'preact/hooks'
import type { Refusal } from '../base/api.ts'
import { refusalOf } from '../base/answer.tsx'
import { allRows } from '../runs/row-source.ts'
import type { FullRow } from '../runs/row-source.ts'
import { filter, known } from '../runs/runs-state.ts'

/** More than this many marks are a smear, and slow. */
export const PLOT_BOUND = 3000

/** The runs of a plot as far as they are known. */
export interface PlotRows {
  readonly rows: readonly FullRow[] | undefined
  readonly refusal: Refusal | undefined
}

/** Every run that matches, up to a bound, with some fields. */
export function usePlotRows(fields: readonly string[]): PlotRows {
  const [answer, setAnswer] = useState<PlotRows>({ rows: undefined, refusal: undefined })
  useEffect(() => {
    const stop = new AbortController()
    allRows({ filter: filter.value, sort: '' }, [...new Set(fields)], PLOT_BOUND, stop.signal).then(
      (rows) => setAnswer({ rows, refusal: undefined }),
      (error: unknown) => !stop.signal.aborted && setAnswer((last) => ({ ...last, refusal: refusalOf(error) })),
    )
    return () => stop.abort()
  }, [filter.value, fields.join('\n')])
  return answer
}

/** Fields that can be laid along an axis: those that differ first. */
export function plotFields(): { readonly metrics: readonly string[]; readonly parameters: readonly string[] } {
  const { metrics, parameters } = known.value
  const own = metrics.filter(({ key }) => !key.startsWith('system/'))
  const names = (keys: typeof metrics): readonly string[] => [
    ...keys.filter(({ varies }) => varies).map(({ field }) => field),
    ...keys.filter(({ varies }) => !varies).map(({ field }) => field),
  ]
  return { metrics: names(own), parameters: names(parameters) }
}
