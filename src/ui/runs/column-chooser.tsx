/**
 * Which columns are shown: searched among thousands, taken and left one by one or all that match.
 */
import { useMemo, useState } from 'preact/hooks'
import type { WireKnownKey } from '../../server/wire.ts'
import { Dialog } from '../base/dialog.tsx'
import { searchOf } from '../base/search.ts'
import { HEAD_FIELDS, fieldTitle } from './columns.ts'
import { fields, known, setFields } from './runs-state.ts'

const LISTED = 200

interface Choice {
  readonly field: string
  readonly title: string
  readonly note: string
}

/** A dialog that lists every column there could be. */
export function ColumnChooser({ onClose }: { onClose: () => void }) {
  const [search, setSearch] = useState('')
  const shown = new Set(fields.value)
  const groups = useGroups(search)
  const found = groups.flatMap(({ choices }) => choices)
  const toggle = (field: string): void =>
    setFields(shown.has(field) ? fields.value.filter((one) => one !== field) : [...fields.value, field])
  const takeAll = (): void =>
    setFields([...fields.value, ...found.map(({ field }) => field).filter((f) => !shown.has(f))])
  const leaveAll = (): void => {
    const left = new Set(found.map(({ field }) => field))
    setFields(['name', ...fields.value.filter((field) => field !== 'name' && !left.has(field))])
  }
  return (
    <Dialog title="Columns" onClose={onClose}>
      <input
        type="search"
        class="wide"
        placeholder="Search columns, or /a pattern/"
        aria-label="Search columns"
        value={search}
        onInput={({ currentTarget }) => setSearch(currentTarget.value)}
        autofocus
      />
      <div class="button-row">
        <button onClick={takeAll}>Show these {found.length}</button>
        <button onClick={leaveAll}>Hide these</button>
        <button onClick={() => setFields(['*'])}>All there are</button>
        <button onClick={() => setFields([])}>The usual ones</button>
      </div>
      <div class="chooser" role="group" aria-label="Columns">
        {groups.map(({ title, choices }) => (
          <ChoiceSection key={title} title={title} choices={choices} shown={shown} onToggle={toggle} />
        ))}
        {found.length === 0 && <p class="muted">No column is called so.</p>}
      </div>
    </Dialog>
  )
}

interface ChoiceSectionProps {
  readonly title: string
  readonly choices: readonly Choice[]
  readonly shown: ReadonlySet<string>
  readonly onToggle: (field: string) => void
}

function ChoiceSection({ title, choices, shown, onToggle }: ChoiceSectionProps) {
  return (
    <section>
      <h3>
        {title} <span class="muted">{choices.length}</span>
      </h3>
      {choices.slice(0, LISTED).map(({ field, title: name, note }) => (
        <label key={field}>
          <input type="checkbox" checked={shown.has(field)} onChange={() => onToggle(field)} />
          <span class="key">{name}</span>
          <span class="muted">{note}</span>
        </label>
      ))}
      {choices.length > LISTED && <p class="muted">and {choices.length - LISTED} more: search to see them</p>}
    </section>
  )
}

function useGroups(search: string): readonly { readonly title: string; readonly choices: readonly Choice[] }[] {
  return useMemo(() => {
    const isFound = searchOf(search)
    const { parameters, metrics } = known.value
    const groups = [
      { title: 'Metrics', choices: metrics.filter(({ key }) => !key.startsWith('system/')).map(choiceOf) },
      { title: 'Parameters', choices: parameters.map(choiceOf) },
      { title: 'Run', choices: HEAD_FIELDS.map(({ field, title }) => ({ field, title, note: '' })) },
      { title: 'Machine', choices: metrics.filter(({ key }) => key.startsWith('system/')).map(choiceOf) },
    ]
    return groups
      .map(({ title, choices }) => ({ title, choices: choices.filter((choice) => isFound(choice.title)) }))
      .filter(({ choices }) => choices.length > 0)
  }, [search, known.value])
}

function choiceOf({ field, runs, varies }: WireKnownKey): Choice {
  return {
    field,
    title: fieldTitle(field),
    note: `${runs} ${runs === 1 ? 'run' : 'runs'}${varies ? '' : ', all alike'}`,
  }
}
