/**
 * The columns of the table: all that were chosen, or those of them in which the runs differ.
 */
import { useEffect, useState } from 'preact/hooks'
import type { WireRuns } from '../../server/wire.ts'
import { api } from '../base/api.ts'
import type { RunColumn } from './columns.ts'
import { columns, groupField, isOnlyDiffering, known, selected } from './runs-state.ts'

/** More ids than this make an address that no server reads. */
const MOST_COMPARED = 400

/** All columns, or those that differ among the selected runs, or among all when fewer than two are selected. */
export function useShownColumns(): readonly RunColumn[] {
  const keys = useKeysOfSelected()
  const all = columns.value
  if (!isOnlyDiffering.value) return all
  const { metrics, parameters } = keys ?? known.value
  const varying = new Set([...metrics, ...parameters].filter(({ varies }) => varies).map(({ field }) => field))
  return all.filter(({ id, kind, part }) => {
    if (kind !== 'metric' && kind !== 'param') return true
    return id === groupField.value || varying.has(part === '' ? id : id.slice(0, -part.length - 1))
  })
}

/** The keys of the selected runs; `undefined` until the server told, and when fewer than two are selected. */
function useKeysOfSelected(): WireRuns['keys'] | undefined {
  const [answer, setAnswer] = useState<{ readonly ids: string; readonly keys: WireRuns['keys'] }>()
  const ids = selected.value.slice(0, MOST_COMPARED).join(', ')
  const isAsked = isOnlyDiffering.value && selected.value.length > 1
  useEffect(() => {
    if (!isAsked) return undefined
    const stop = new AbortController()
    const question = { filter: `id in (${ids})`, sort: '', columns: [], from: 0, count: 0, archived: true }
    api.runs(question, stop.signal).then(
      ({ keys }) => setAnswer({ ids, keys }),
      // Without an answer all runs that match say what differs.
      () => undefined,
    )
    return () => stop.abort()
  }, [isAsked, ids])
  return isAsked && answer?.ids === ids ? answer.keys : undefined
}
