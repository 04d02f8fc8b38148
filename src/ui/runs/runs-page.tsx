/**
 * The page of runs: the filter above, and below it the runs that match as a table, as charts or as plots.
 */
import { useState } from 'preact/hooks'
import { Empty, RefusalNote } from '../base/answer.tsx'
import { useKeys } from '../base/keyboard.ts'
import { addressOf, goTo, setState, stateOf } from '../base/route.ts'
import { ChartsView } from '../charts/charts-view.tsx'
import { GroupsView } from '../plots/groups-view.tsx'
import { ImportanceView } from '../plots/importance-view.tsx'
import { ParallelView } from '../plots/parallel-view.tsx'
import { ScatterView } from '../plots/scatter-view.tsx'
import { ColumnChooser } from './column-chooser.tsx'
import { fieldTitle, hasGoal } from './columns.ts'
import { FilterBar } from './filter-bar.tsx'
import { RunTable } from './run-table.tsx'
import { baseline, bestBy, filter, groupField, isOnlyDiffering, isWithCurves, known, selected } from './runs-state.ts'
import { setBestBy, setSelected, view } from './runs-state.ts'
import type { RunsView } from './runs-state.ts'
import { SavedViews } from './saved-views.tsx'
import { useRows } from './use-rows.ts'
import type { TableRows } from './use-rows.ts'

const VIEWS: readonly { readonly view: RunsView; readonly title: string }[] = [
  { view: 'table', title: 'Table' },
  { view: 'charts', title: 'Charts' },
  { view: 'scatter', title: 'Scatter' },
  { view: 'parallel', title: 'Parallel' },
  { view: 'groups', title: 'Groups' },
  { view: 'importance', title: 'Importance' },
]

/** The page of runs. */
export function RunsPage() {
  const [open, setOpen] = useState<ReadonlySet<string>>(new Set())
  const rows = useRows(open)
  const [isChoosing, setChoosing] = useState(false)
  usePageKeys()
  const toggleOpen = (group: string): void => {
    const next = new Set(open)
    if (!next.delete(group)) next.add(group)
    setOpen(next)
  }
  return (
    <main class={`runs-page view-${view.value}`}>
      <div class="bar">
        <FilterBar refusal={rows.refusal} total={rows.total} />
        <nav class="tabs" aria-label="Ways to look">
          {VIEWS.map((one) => (
            <button
              key={one.view}
              aria-pressed={view.value === one.view}
              onClick={() => setState({ view: one.view === 'table' ? '' : one.view })}
            >
              {one.title}
            </button>
          ))}
        </nav>
        <SavedViews />
      </div>
      {view.value === 'table' && <TableTools onChoose={() => setChoosing(true)} />}
      <Shown rows={rows} open={open} onOpen={toggleOpen} />
      <SelectionBar rows={rows} />
      {isChoosing && <ColumnChooser onClose={() => setChoosing(false)} />}
    </main>
  )
}

/** What goes for the table alone: on a row of its own, so that what is above stands still when the view changes. */
function TableTools({ onChoose }: { onChoose: () => void }) {
  const groupable = ['experiment', 'status', 'branch', 'model', 'tag', 'group'].concat(
    known.value.parameters.map(({ field }) => field),
  )
  const judged = known.value.metrics.filter(hasGoal).map(({ field }) => field)
  return (
    <div class="tools">
      {judged.length > 0 && (
        <FieldSelect title="Best by" none="–" fields={judged} value={bestBy.value} onPick={setBestBy} />
      )}
      <FieldSelect
        title="Group"
        none="none"
        fields={groupable}
        value={groupField.value}
        onPick={(group) => setState({ group })}
      />
      <button
        aria-pressed={isOnlyDiffering.value}
        title="Leave out columns that are the same for every run, or for those that are selected (d)"
        onClick={() => setState({ diff: isOnlyDiffering.value ? '' : '1' })}
      >
        Differing
      </button>
      <button
        aria-pressed={isWithCurves.value}
        title="Draw a small curve beside each value of a metric"
        onClick={() => setState({ curves: isWithCurves.value ? '' : '1' }, 'small')}
      >
        Curves
      </button>
      <button onClick={onChoose}>Columns</button>
    </div>
  )
}

interface FieldSelectProps {
  readonly title: string
  readonly none: string
  readonly fields: readonly string[]
  readonly value: string
  readonly onPick: (field: string) => void
}

/** A list of fields to pick one from; of very many the first, and the one that is picked. */
function FieldSelect({ title, none, fields, value, onPick }: FieldSelectProps) {
  const listed = fields.slice(0, 300)
  const shown = value === '' || listed.includes(value) ? listed : [value, ...listed]
  return (
    <label class="select">
      {title}
      <select value={value} onChange={({ currentTarget }) => onPick(currentTarget.value)}>
        <option value="">{none}</option>
        {shown.map((field) => (
          <option key={field} value={field}>
            {fieldTitle(field)}
          </option>
        ))}
      </select>
    </label>
  )
}

function Shown(props: { rows: TableRows; open: ReadonlySet<string>; onOpen: (group: string) => void }) {
  const { rows } = props
  if (rows.refusal !== undefined && rows.refusal.code !== 'filter-invalid')
    return <RefusalNote refusal={rows.refusal} />
  // Where a brush keeps no run, its axes stay, to draw another.
  if (rows.total === 0 && !(view.value === 'parallel' && stateOf('axes') !== '')) return <NoRuns />
  if (view.value === 'charts') return <ChartsView rows={rows} />
  if (view.value === 'scatter') return <ScatterView />
  if (view.value === 'parallel') return <ParallelView />
  if (view.value === 'groups') return <GroupsView />
  if (view.value === 'importance') return <ImportanceView />
  return <RunTable {...props} />
}

function NoRuns() {
  if (filter.value !== '') {
    return (
      <Empty title="No run matches">
        <p>
          <button onClick={() => setState({ filter: '' })}>Clear the filter</button>
        </p>
      </Empty>
    )
  }
  return (
    <Empty title="No runs yet">
      <p>Record one, and it appears here while it runs:</p>
      <pre>mlv run -- python train.py</pre>
    </Empty>
  )
}

/** What can be done with the runs that are selected; it lies over the page, so that a tick moves no row. */
function SelectionBar({ rows }: { rows: TableRows }) {
  const ids = selected.value
  if (ids.length === 0) return null
  // What was selected before the filter was changed may not match.
  const brought = new Set(rows.heads().map(({ id }) => id))
  const rest = ids.every((id) => brought.has(id)) ? (rows.total ?? 0) - ids.length : 0
  return (
    <div class="selection" role="status">
      <b>{ids.length} selected</b>
      {rest > 0 && <span class="muted">of {rows.total?.toLocaleString('en-GB')} that match</span>}
      <button disabled={ids.length < 2 || ids.length > 20} title="c" onClick={compareSelected}>
        Compare
      </button>
      {view.value !== 'charts' && <button onClick={() => setState({ view: 'charts' })}>Charts</button>}
      <button title="b" onClick={markBaseline}>
        {baseline.value === ids[0] ? 'Drop the baseline' : 'First is the baseline'}
      </button>
      <button class="quiet" onClick={() => setSelected([])}>
        Select none
      </button>
      {ids.length > 20 && <span class="muted">compare takes two to twenty</span>}
    </div>
  )
}

function compareSelected(): void {
  const ids = selected.peek()
  if (ids.length < 2) return
  const first = baseline.peek()
  const ordered = ids.includes(first) ? [first, ...ids.filter((id) => id !== first)] : ids
  goTo(addressOf('compare', { runs: ordered.slice(0, 20).join(',') }))
}

function markBaseline(): void {
  const [first = ''] = selected.peek()
  setState({ base: baseline.peek() === first ? '' : first }, 'small')
}

function usePageKeys(): void {
  const [actions] = useState(() => [
    { key: 'c', what: 'compare the selected runs', run: compareSelected },
    {
      key: 'd',
      what: 'only what differs',
      run: () => setState({ diff: isOnlyDiffering.peek() ? '' : '1' }),
    },
    { key: 'b', what: 'the first selected run is the baseline', run: markBaseline },
  ])
  useKeys(actions)
}
