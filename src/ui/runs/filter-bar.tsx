/**
 * The filter: the grammar of `mlv ls --filter`, with its fields to choose from and its refusals where they are.
 */
import { useEffect, useRef, useState } from 'preact/hooks'
import type { Refusal } from '../base/api.ts'
import { useKeys } from '../base/keyboard.ts'
import type { KnownFields } from './columns.ts'
import { filter, known, setFilter } from './runs-state.ts'

const WORDS = ['status', 'experiment', 'name', 'tag', 'model', 'branch', 'group', 'created', 'elapsed', 'id']
const SUGGESTIONS = 8
// A click on a suggestion takes the focus first.
const LEAVE_MS = 150

/** The field to type a filter in. */
export function FilterBar({ refusal, total }: { refusal: Refusal | undefined; total: number | undefined }) {
  const typed = useTyped()
  return (
    <form class="filter" role="search" onSubmit={typed.onSubmit}>
      <div class="filter-field">
        <FilterMark />
        <input
          ref={typed.input}
          type="text"
          value={typed.text}
          placeholder="metric.loss.min < 0.3 and param.lr in (0.1, 0.01)"
          aria-label="Filter of runs"
          aria-invalid={refusal !== undefined}
          aria-describedby="filter-says"
          autocomplete="off"
          spellcheck={false}
          role="combobox"
          aria-expanded={typed.matching.length > 0}
          aria-controls="filter-suggestions"
          onInput={({ currentTarget }) => typed.onType(currentTarget.value)}
          onKeyDown={typed.onKey}
          onBlur={typed.onLeave}
        />
        {typed.text !== '' && (
          <button type="button" class="quiet" aria-label="Clear the filter" onClick={typed.onClear}>
            ×
          </button>
        )}
        <span class="filter-count" aria-live="polite">
          {total === undefined ? '' : `${total.toLocaleString('en-GB')} ${total === 1 ? 'run' : 'runs'}`}
        </span>
      </div>
      <Suggestions fields={typed.matching} at={typed.at} onTake={typed.onTake} />
      <FilterRefusal refusal={refusal} text={filter.value} />
    </form>
  )
}

/** What is in the field, the fields that go with it, and what to do with keys. */
function useTyped() {
  const input = useRef<HTMLInputElement>(null)
  const [text, setText] = useState(filter.value)
  const [isOpen, setOpen] = useState(false)
  const [at, setAt] = useState(-1)
  useEffect(() => setText(filter.value), [filter.value])
  useKeys(useFocusKey(input))
  const word = lastWord(text)
  const matching = isOpen ? suggestionsFor(word, known.value) : []
  const onType = (next: string): void => {
    setText(next)
    setOpen(next !== '')
    setAt(-1)
  }
  const onTake = (field: string): void => {
    onType(`${text.slice(0, text.length - word.length)}${field} `)
    input.current?.focus()
  }
  const onSubmit = (event: Event): void => {
    event.preventDefault()
    const suggestion = matching[at]
    if (suggestion !== undefined) return onTake(suggestion)
    setOpen(false)
    setFilter(text)
  }
  const onClear = (): void => {
    onType('')
    setFilter('')
  }
  const onLeave = (): void => void setTimeout(() => setOpen(false), LEAVE_MS)
  const onKey = (event: KeyboardEvent): void => {
    const step = { ArrowDown: 1, ArrowUp: -1 }[event.key]
    if (step !== undefined) setAt(Math.max(-1, Math.min(matching.length - 1, at + step)))
    else if (event.key === 'Tab' && matching.length > 0) onTake(matching[Math.max(0, at)] ?? '')
    else if (event.key === 'Escape' && isOpen) setOpen(false)
    else if (event.key === 'Escape') input.current?.blur()
    else return
    event.preventDefault()
  }
  return { input, text, matching, at, onType, onTake, onSubmit, onClear, onLeave, onKey }
}

function useFocusKey(input: { readonly current: HTMLInputElement | null }) {
  const [actions] = useState([{ key: '/', what: 'type a filter', run: () => input.current?.select() }])
  return actions
}

function FilterMark() {
  return (
    <svg viewBox="0 0 16 16" width="14" height="14" aria-hidden="true">
      <path d="M2 3h12l-4.6 5.4V13L6.6 11.6V8.4z" fill="none" stroke="currentColor" stroke-width="1.3" />
    </svg>
  )
}

function Suggestions({ fields, at, onTake }: { fields: readonly string[]; at: number; onTake: (f: string) => void }) {
  if (fields.length === 0) return null
  return (
    <ul class="suggestions" id="filter-suggestions" role="listbox" aria-label="Fields">
      {fields.map((field, index) => (
        <li key={field} role="option" aria-selected={index === at}>
          <button type="button" tabIndex={-1} onPointerDown={() => onTake(field)}>
            {field}
          </button>
        </li>
      ))}
    </ul>
  )
}

/** What is wrong with the filter, with an arrow at the place where it is. */
function FilterRefusal({ refusal, text }: { refusal: Refusal | undefined; text: string }) {
  if (refusal === undefined) return <p id="filter-says" class="for-readers" />
  const column = /\bcolumn (\d+)/.exec(refusal.message)?.[1]
  return (
    <div id="filter-says" class="filter-refusal" role="alert">
      {column !== undefined && refusal.code === 'filter-invalid' && (
        <pre aria-hidden="true">
          {text}
          {'\n'}
          {' '.repeat(Number(column) - 1)}
          <b>^</b>
        </pre>
      )}
      <p>{refusal.message}</p>
    </div>
  )
}

/** What is being typed: everything after the last space or bracket. */
function lastWord(text: string): string {
  return /[^\s(),=<>~!]*$/.exec(text)?.[0] ?? ''
}

function suggestionsFor(word: string, { parameters, metrics }: KnownFields): readonly string[] {
  if (word === '') return []
  const low = word.toLowerCase()
  const all = [...WORDS, ...metrics.map(({ field }) => field), ...parameters.map(({ field }) => field)]
  const found = all.filter((field) => field.toLowerCase().includes(low) && field !== word)
  return found
    .sort((left, right) => Number(right.toLowerCase().startsWith(low)) - Number(left.toLowerCase().startsWith(low)))
    .slice(0, SUGGESTIONS)
}
