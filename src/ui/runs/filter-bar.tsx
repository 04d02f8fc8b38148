/**
 * The filter: the grammar of `mlv ls --filter`, with what could come next to choose from and its refusals where they
 * are. What can be read is applied while it is typed.
 */
import { useEffect, useRef, useState } from 'preact/hooks'
import { api } from '../base/api.ts'
import type { Refusal } from '../base/api.ts'
import { useKeys } from '../base/keyboard.ts'
import { fieldsCalled, runsText, suggestionsFor, typedAt } from './completion.ts'
import type { Suggestion, Typed } from './completion.ts'
import { filter, known, setFilter } from './runs-state.ts'

// A click on a suggestion takes the focus first.
const LEAVE_MS = 150
const VALUES_MS = 60
const TRY_MS = 120
const UNKNOWN_FIELD = /: (?:fields are|there is no such field).*$/s

/** Whether the back button undoes a change on its own, or with the one before it. */
type Size = 'step' | 'small'

/** The field to type a filter in. */
export function FilterBar(props: { refusal: Refusal | undefined; total: number | undefined }) {
  const typed = useTyped()
  const { total } = props
  const isApplied = typed.text.trim() === filter.value
  // What is wrong is said of the filter that was sent off, and not of what is being typed since.
  const refusal = isApplied && typed.matching.length === 0 ? props.refusal : undefined
  // The runs are those of the filter before, as long as what is typed says nothing.
  const isUnread = typed.isUnread && !isApplied
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
          {isUnread ? 'cannot be read yet' : total === undefined ? '' : runsText(total)}
        </span>
      </div>
      <Suggestions suggestions={typed.matching} at={typed.at} onTake={typed.onTake} />
      <FilterRefusal refusal={refusal} text={filter.value} />
    </form>
  )
}

/** What is in the field, what goes with it, and what to do with keys. */
function useTyped() {
  const input = useRef<HTMLInputElement>(null)
  const [text, typeOver] = useDraft()
  const [isOpen, setOpen] = useState(false)
  const [at, setAt] = useState(-1)
  const { trial, isUnread } = useTrial()
  useKeys(useFocusKey(input))
  const typed = typedAt(text)
  const values = useValues(typed, isOpen)
  const matching = isOpen ? [...suggestionsFor(typed, known.value), ...values] : []
  const apply = (next: string, size: Size): void => {
    setFilter(next, size)
    typeOver(next)
  }
  const onType = (next: string): void => {
    typeOver(next)
    setOpen(next !== '')
    setAt(-1)
    trial.begin(next, apply)
  }
  const onTake = ({ text: taken }: Suggestion): void => {
    const isEnd = taken.endsWith('(')
    onType(`${text.slice(0, text.length - typed.word.length)}${taken}${isEnd ? '' : ' '}`)
    input.current?.focus()
  }
  const onSubmit = (event: Event): void => {
    event.preventDefault()
    const suggestion = matching[at]
    if (suggestion !== undefined) return onTake(suggestion)
    setOpen(false)
    apply(text, trial.settle())
    input.current?.blur()
  }
  const onClear = (): void => {
    setOpen(false)
    apply('', trial.settle())
  }
  const onLeave = (): void => void setTimeout(() => setOpen(false), LEAVE_MS)
  const onKey = (event: KeyboardEvent): void => {
    const [step, first] = [stepOf(event), matching[Math.max(0, at)]]
    if (step !== 0) setAt(Math.max(-1, Math.min(matching.length - 1, at + step)))
    else if (event.key === 'Tab' && !event.shiftKey && first !== undefined) onTake(first)
    else if (event.key === 'Escape' && isOpen && matching.length > 0) setOpen(false)
    else if (event.key === 'Escape') input.current?.blur()
    else return
    event.preventDefault()
  }
  return { input, text, matching, at, isUnread, onType, onTake, onSubmit, onClear, onLeave, onKey }
}

/** What is typed over the filter there is. A filter that comes from elsewhere takes its place at once. */
function useDraft(): readonly [string, (text: string) => void] {
  const [draft, setDraft] = useState({ text: filter.value, over: filter.value })
  const isCurrent = draft.over === filter.value
  useEffect(() => {
    if (!isCurrent) setDraft({ text: filter.value, over: filter.value })
  }, [isCurrent])
  return [isCurrent ? draft.text : filter.value, (text) => setDraft({ text, over: filter.peek() })]
}

/** Up or down the list of suggestions; 0 for other keys. */
function stepOf({ key }: KeyboardEvent): number {
  return key === 'ArrowDown' ? 1 : key === 'ArrowUp' ? -1 : 0
}

function useTrial() {
  const [isUnread, setUnread] = useState(false)
  const [trial] = useState(() => makeTrial(setUnread))
  useEffect(() => trial.stop, [])
  return { trial, isUnread }
}

/**
 * Applies what is typed as soon as the server can read it; one step back undoes all that was typed in one go.
 *
 * A trial begins with the key that was pressed and not with what was drawn after it: a drawing that is late would begin
 * one that Enter had ended, and undo a step back.
 */
function makeTrial(onUnread: (isUnread: boolean) => void) {
  let stopLast = (): void => undefined
  let lastApplied: string | undefined
  const size = (): Size => (lastApplied === filter.peek() ? 'small' : 'step')
  const stop = (): void => stopLast()
  return {
    begin: (text: string, apply: (text: string, size: Size) => void) => {
      stop()
      const over = filter.peek()
      if (text.trim() === over) return
      const stopped = new AbortController()
      const attempt = (): void => {
        const question = { filter: text.trim(), sort: '', columns: [], from: 0, count: 0, isWithoutKeys: true }
        api.runs(question, stopped.signal).then(
          () => {
            if (stopped.signal.aborted || filter.peek() !== over) return
            onUnread(false)
            apply(text, size())
            lastApplied = filter.peek()
          },
          // Half a condition is no mistake yet; Enter says what is wrong with it.
          () => {
            if (!stopped.signal.aborted) onUnread(true)
          },
        )
      }
      const timer = setTimeout(attempt, TRY_MS)
      stopLast = () => {
        clearTimeout(timer)
        stopped.abort()
      }
    },
    /** Ends the trial. What is sent off is part of what was typed before it. */
    settle: (): Size => {
      stop()
      const last = size()
      lastApplied = undefined
      return last
    },
    stop,
  }
}

/** The values that runs have in the field that is being compared. */
function useValues(typed: Typed, isOpen: boolean): readonly Suggestion[] {
  const [found, setFound] = useState<{ readonly asked: string; readonly values: readonly Suggestion[] }>()
  const asked = isOpen && typed.kind === 'value' && typed.field !== 'status' ? `${typed.field}\n${typed.word}` : ''
  useEffect(() => {
    if (asked === '' || typed.kind !== 'value') return undefined
    const stop = new AbortController()
    const timer = setTimeout(() => {
      api.choices(typed.field, typed.word, stop.signal).then(
        ({ values }) => setFound({ asked, values: values.map(suggestionOf).filter(({ text }) => text !== typed.word) }),
        // A field that is not there has no values.
        () => undefined,
      )
    }, VALUES_MS)
    return () => {
      clearTimeout(timer)
      stop.abort()
    }
  }, [asked])
  return asked !== '' && found?.asked === asked ? found.values : []
}

function suggestionOf({ text, runs }: { readonly text: string; readonly runs: number }): Suggestion {
  return { text, note: runsText(runs) }
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

interface SuggestionsProps {
  readonly suggestions: readonly Suggestion[]
  readonly at: number
  readonly onTake: (suggestion: Suggestion) => void
}

function Suggestions({ suggestions, at, onTake }: SuggestionsProps) {
  if (suggestions.length === 0) return null
  return (
    <ul class="suggestions" id="filter-suggestions" role="listbox" aria-label="What could come next">
      {suggestions.map((suggestion, index) => (
        <li key={suggestion.text} role="option" aria-selected={index === at}>
          <button type="button" tabIndex={-1} onPointerDown={() => onTake(suggestion)}>
            <span>{suggestion.text}</span>
            <span class="muted">{suggestion.note}</span>
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
      <RefusalWords message={refusal.message} text={text} column={Number(column ?? 1)} />
    </div>
  )
}

/** What is wrong; a field that there is none of may be the key of one that there is. */
function RefusalWords({ message, text, column }: { message: string; text: string; column: number }) {
  const word = /^[^\s=<>~(),"'!]+/.exec(text.slice(column - 1))?.[0] ?? ''
  const meant = UNKNOWN_FIELD.test(message) ? fieldsCalled(word, known.value) : []
  if (meant.length === 0) return <p>{message}</p>
  const filterWith = (field: string): string =>
    `${text.slice(0, column - 1)}${field}${text.slice(column - 1 + word.length)}`
  return (
    <p>
      {message.replace(UNKNOWN_FIELD, ': there is no such field; did you mean ')}
      {meant.map((field, index) => (
        <span key={field}>
          {index > 0 && ' or '}
          <button type="button" onClick={() => setFilter(filterWith(field))}>
            {field}
          </button>
        </span>
      ))}
      ?
    </p>
  )
}
