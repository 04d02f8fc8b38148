/**
 * Names with what they stand for, and tables that can be searched.
 */
import type { ComponentChildren } from 'preact'
import { useState } from 'preact/hooks'
import { copyText } from '../browser.ts'
import { searchOf } from './search.ts'

/** A list of facts; those that are not there are left out. */
export function Facts({ facts }: { facts: readonly (readonly [string, ComponentChildren])[] }) {
  return (
    <dl class="facts">
      {facts
        .filter(([, value]) => value !== null && value !== undefined && value !== '')
        .map(([name, value]) => (
          <div key={name}>
            <dt>{name}</dt>
            <dd>{value}</dd>
          </div>
        ))}
    </dl>
  )
}

/** A hash or id that a click copies. */
export function Copyable({ text, shown }: { text: string; shown?: string }) {
  const [isCopied, setCopied] = useState(false)
  const copy = (): void =>
    void copyText(text).then((done) => {
      setCopied(done)
      setTimeout(() => setCopied(false), 1200)
    })
  return (
    <button class="copyable" title={`Copy ${text}`} onClick={copy}>
      <code>{shown ?? text}</code>
      <span class="copied" aria-live="polite">
        {isCopied ? 'copied' : ''}
      </span>
    </button>
  )
}

interface SearchedTableProps<Row> {
  readonly label: string
  readonly heads: readonly { readonly title: string; readonly isNumber?: boolean }[]
  readonly rows: readonly Row[]
  readonly nameOf: (row: Row) => string
  readonly cells: (row: Row) => readonly ComponentChildren[]
  readonly rowClass?: (row: Row) => string
}

const LISTED = 300

/** A table of names and values, with a field to search it when it is long. */
export function SearchedTable<Row>(props: SearchedTableProps<Row>) {
  const { label, heads, rows, nameOf, cells, rowClass } = props
  const [search, setSearch] = useState('')
  const [bound, setBound] = useState(LISTED)
  const isFound = searchOf(search)
  const found = rows.filter((row) => isFound(nameOf(row)))
  return (
    <div class="searched">
      {rows.length > 12 && (
        <input
          type="search"
          placeholder={`Search ${rows.length}`}
          aria-label={`Search ${label}`}
          value={search}
          onInput={({ currentTarget }) => setSearch(currentTarget.value)}
        />
      )}
      <div class="table-box">
        <table class="plain" aria-label={label}>
          <thead>
            <tr>
              {heads.map(({ title, isNumber }) => (
                <th key={title} scope="col" class={isNumber === true ? 'number' : ''}>
                  {title}
                </th>
              ))}
            </tr>
          </thead>
          <tbody>
            {found.slice(0, bound).map((row) => (
              <tr key={nameOf(row)} class={rowClass?.(row) ?? ''}>
                {cells(row).map((cell, index) => (
                  <td key={heads[index]?.title} class={heads[index]?.isNumber === true ? 'number' : ''}>
                    {cell}
                  </td>
                ))}
              </tr>
            ))}
          </tbody>
        </table>
      </div>
      {found.length > bound && <button onClick={() => setBound(bound * 4)}>{found.length - bound} more</button>}
      {found.length === 0 && rows.length > 0 && <p class="muted">None is called so.</p>}
    </div>
  )
}
