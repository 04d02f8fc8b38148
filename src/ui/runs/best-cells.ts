/**
 * The best value of each metric that has a goal, among all runs that match.
 */
import { computed } from '@preact/signals'
import { useEffect, useState } from 'preact/hooks'
import type { WireKnownKey } from '../../server/wire.ts'
import { api } from '../base/api.ts'
import { cellNumber } from '../base/wire-value.ts'
import type { RunColumn } from './columns.ts'
import { known } from './runs-state.ts'

const COLUMNS = 24

/** The best value of a field; ties are all best. */
export type BestValues = ReadonlyMap<string, number>

/** Which way is better, by field of the metric. */
export const goals = computed<ReadonlyMap<string, WireKnownKey['goal']>>(
  () => new Map(known.value.metrics.map(({ field, goal }) => [field, goal])),
)

/** Which way is better in a column. */
export function goalOf(column: RunColumn): WireKnownKey['goal'] {
  if (column.kind !== 'metric' || column.part === 'count') return null
  return goals.value.get(column.part === '' ? column.id : column.id.slice(0, -column.part.length - 1)) ?? null
}

/** Asks for the run that comes first when sorted by each metric. `version` changes when the runs did. */
export function useBestValues(columns: readonly RunColumn[], filter: string, version: number | undefined): BestValues {
  const [best, setBest] = useState<BestValues>(new Map())
  const judged = columns.flatMap((column) => {
    const goal = goalOf(column)
    return goal === 'min' || goal === 'max' ? [`${goal === 'max' ? '-' : ''}${column.id}`] : []
  })
  useEffect(() => {
    const stop = new AbortController()
    const ask = async (sort: string): Promise<readonly [string, number][]> => {
      const field = sort.replace(/^-/, '')
      const answer = await api.runs({ filter, sort, columns: [field], from: 0, count: 1 }, stop.signal)
      const number = cellNumber(answer.rows[0]?.cells[0])
      return number === undefined ? [] : [[field, number]]
    }
    const askAll = async (): Promise<void> => {
      const answers = await Promise.allSettled(judged.slice(0, COLUMNS).map(ask))
      if (stop.signal.aborted) return
      setBest(new Map(answers.flatMap((answer) => (answer.status === 'fulfilled' ? answer.value : []))))
    }
    void askAll()
    return () => stop.abort()
  }, [judged.join('\n'), filter, version])
  return best
}
