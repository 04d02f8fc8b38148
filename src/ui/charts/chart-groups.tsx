/**
 * By what the runs of the charts are grouped.
 */
import { useEffect, useMemo, useState } from 'preact/hooks'
import type { WireCell } from '../../server/wire.ts'
import { api } from '../base/api.ts'
import { looksOf } from '../base/colour.ts'
import { setState, stateOf } from '../base/route.ts'
import { theme } from '../base/theme.ts'
import { operandText } from '../plots/plot-axis.ts'
import { fieldTitle } from '../runs/columns.ts'
import { known } from '../runs/runs-state.ts'
import type { ChartGroup } from './chart-data.ts'

const HEADS = ['experiment', 'status', 'branch', 'tag', 'group']
const LISTED = 200

/** The field of the address; empty for none. */
export function chartGroupField(): string {
  return stateOf('cg')
}

/** A choice of a field. */
export function ChartGroupSelect() {
  const varying = known.value.parameters.filter(({ varies }) => varies).slice(0, LISTED)
  const value = chartGroupField()
  const fields = [...HEADS, ...varying.map(({ field }) => field)]
  return (
    <label class="select" title="One line for each group: the mean of its runs, and a standard deviation around it">
      Group
      <select aria-label="Group" value={value} onChange={({ currentTarget }) => setState({ cg: currentTarget.value })}>
        <option value="">none</option>
        {value !== '' && !fields.includes(value) && <option value={value}>{fieldTitle(value)}</option>}
        {fields.map((field) => (
          <option key={field} value={field}>
            {fieldTitle(field)}
          </option>
        ))}
      </select>
    </label>
  )
}

/** The group of each run by its id; empty while no field is chosen or the values are on their way. */
export function useChartGroups(ids: readonly string[]): ReadonlyMap<string, ChartGroup> {
  const field = chartGroupField()
  const [values, setValues] = useState<ReadonlyMap<string, GroupValue>>(new Map())
  const key = ids.join()
  useEffect(() => {
    if (field === '' || ids.length === 0) {
      setValues(new Map())
      return undefined
    }
    const stop = new AbortController()
    const filter = `id in (${ids.map((id) => `"${id}"`).join(', ')})`
    const question = { filter, sort: '', columns: [field], from: 0, count: ids.length, isWithoutKeys: true }
    api.runs(question, stop.signal).then(
      ({ rows }) => setValues(new Map(rows.map(({ id, cells }) => [id, groupValue(field, cells[0] ?? null)]))),
      () => undefined,
    )
    return () => stop.abort()
  }, [field, key])
  return useMemo(() => {
    const looks = looksOf([...new Set([...values.values()].map(({ name }) => name))].sort())
    return new Map(
      [...values].map(([id, value]) => [
        id,
        { ...value, ...(looks.get(value.name) ?? { colour: '#888888', dash: [] }) },
      ]),
    )
  }, [values, theme.value])
}

type GroupValue = Pick<ChartGroup, 'name' | 'condition'>

function groupValue(field: string, cell: WireCell | null): GroupValue {
  if (cell === null) return { name: 'no value', condition: `not has ${field}` }
  return { name: cell.text, condition: `${field} = ${cell.number === null ? operandText(cell.text) : cell.text}` }
}
