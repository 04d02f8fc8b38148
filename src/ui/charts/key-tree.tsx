/**
 * The metrics of the charts as a tree that is searched, to choose which are drawn.
 */
import { useMemo, useState } from 'preact/hooks'
import { setState, stateOf } from '../base/route.ts'
import { searchOf } from '../base/search.ts'
import { keysBelow, keyTree } from './key-branches.ts'
import type { KeyBranch } from './key-branches.ts'

const SEPARATOR = '\n'
const LISTED = 200

/** The keys that were chosen; all when none was. */
export function chosenKeys(metrics: readonly string[]): readonly string[] {
  const chosen = new Set(stateOf('keys').split(SEPARATOR))
  const found = metrics.filter((metric) => chosen.has(metric))
  return found.length === 0 ? metrics : found
}

/** A tree below a line that opens it. */
export function KeyTree({ metrics }: { metrics: readonly string[] }) {
  const [search, setSearch] = useState('')
  const chosen = new Set(
    stateOf('keys')
      .split(SEPARATOR)
      .filter((key) => key !== ''),
  )
  const root = useMemo(() => keyTree(metrics.filter(searchOf(search))), [metrics, search])
  const choose = (keys: readonly string[], isChosen: boolean): void => {
    const next = new Set(chosen)
    for (const key of keys) {
      if (isChosen) next.add(key)
      else next.delete(key)
    }
    setState({ keys: [...next].join(SEPARATOR) }, 'small')
  }
  if (metrics.length < 2) return null
  return (
    <details class="key-tree">
      <summary>
        {chosen.size === 0 ? `Metrics: ${metrics.length}` : `Metrics: ${chosen.size} of ${metrics.length}`}
      </summary>
      <div class="button-row">
        <input
          type="search"
          placeholder="Search, or /a pattern/"
          aria-label="Search metrics to draw"
          value={search}
          onInput={({ currentTarget }) => setSearch(currentTarget.value)}
        />
        <button disabled={chosen.size === 0} onClick={() => setState({ keys: '' }, 'small')}>
          All
        </button>
      </div>
      <Branch branch={root} chosen={chosen} onChoose={choose} isOpen={search !== ''} />
      {root.count === 0 && <p class="muted">No metric is called so.</p>}
    </details>
  )
}

interface BranchProps {
  readonly branch: KeyBranch
  readonly chosen: ReadonlySet<string>
  readonly onChoose: (keys: readonly string[], isChosen: boolean) => void
  readonly isOpen: boolean
}

function Branch(props: BranchProps) {
  const { branch, chosen, onChoose } = props
  return (
    <ul>
      {branch.branches.map((below) => (
        <Folder key={below.prefix} {...props} branch={below} />
      ))}
      {branch.keys.slice(0, LISTED).map((key) => (
        <li key={key}>
          <label>
            <input
              type="checkbox"
              checked={chosen.has(key)}
              onChange={({ currentTarget }) => onChoose([key], currentTarget.checked)}
            />
            {key.slice(branch.prefix.length)}
          </label>
        </li>
      ))}
      {branch.keys.length > LISTED && <li class="muted">and {branch.keys.length - LISTED} more: search to see them</li>}
    </ul>
  )
}

function Folder(props: BranchProps) {
  const { branch, chosen, onChoose, isOpen } = props
  const [open, setOpen] = useState(false)
  const below = useMemo(() => keysBelow(branch), [branch])
  const count = below.filter((key) => chosen.has(key)).length
  const isShown = open || isOpen
  return (
    <li>
      <label>
        <input
          type="checkbox"
          aria-label={`All of ${branch.prefix}`}
          checked={count === below.length}
          indeterminate={count > 0 && count < below.length}
          onChange={({ currentTarget }) => onChoose(below, currentTarget.checked)}
        />
      </label>
      <button class="quiet" aria-expanded={isShown} onClick={() => setOpen(!open)}>
        {isShown ? '▾' : '▸'} {branch.title}/ <span class="muted">{branch.count}</span>
      </button>
      {isShown && <Branch {...props} />}
    </li>
  )
}
