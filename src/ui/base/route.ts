/**
 * The address: which page is shown and in which state. All of it is in the part after `#`, so a link shows the same.
 */
import { computed, signal } from '@preact/signals'

/** Where the reader is. */
export interface Route {
  /** First word of the path, `runs` when there is none. */
  readonly page: string
  /** The rest of the path, decoded: a run's id or a model's name. */
  readonly name: string
  readonly query: URLSearchParams
}

/** Where the reader is; the browser's own is up to a moment behind while something is dragged. */
const hash = signal(location.hash)
/** What the browser's own was when it was last read or written. */
let written = location.hash
/** What is to be written yet. */
let unwritten: string | undefined
let timer: ReturnType<typeof setTimeout> | undefined
// Browsers refuse more than a hundred or two in some seconds, and a column that is drawn wider makes one at each move.
const WRITE_MS = 100
addEventListener('hashchange', () => void presentHash())
addEventListener('popstate', () => void presentHash())

/** Where the reader is now. */
export const route = computed(() => parseRoute(hash.value))

/** Reads an address such as `#/run/01m7?tab=files`. */
export function parseRoute(text: string): Route {
  const [path = '', ...rest] = text.replace(/^#\/?/, '').split('?')
  const [page = '', ...names] = path.split('/')
  return {
    page: page === '' ? 'runs' : page,
    name: decoded(names.join('/')),
    query: new URLSearchParams(rest.join('?')),
  }
}

/** The address of a page. Empty values are left out. */
export function addressOf(page: string, query: Readonly<Record<string, string | undefined>> = {}): string {
  const search = new URLSearchParams()
  for (const [key, value] of Object.entries(query)) if (value !== undefined && value !== '') search.set(key, value)
  const text = search.toString()
  return `#/${page}${text === '' ? '' : `?${text}`}`
}

/** One value of the state in the address; empty when absent. */
export function stateOf(key: string): string {
  return route.value.query.get(key) ?? ''
}

/** Changes the state in the address and keeps the page. A step that the back button undoes, unless it is `small`. */
export function setState(changes: Readonly<Record<string, string | undefined>>, size: 'step' | 'small' = 'step'): void {
  const present = presentHash()
  const search = new URLSearchParams(parseRoute(present).query)
  for (const [key, value] of Object.entries(changes)) {
    if (value === undefined || value === '') search.delete(key)
    else search.set(key, value)
  }
  const path = present.replace(/^#\/?/, '').split('?')[0]
  const text = search.toString()
  const next = `#/${path === undefined || path === '' ? 'runs' : path}${text === '' ? '' : `?${text}`}`
  if (next === present) return
  if (size === 'step') return goTo(next)
  hash.value = next
  if (timer === undefined) write(next)
  else unwritten = next
}

/** Goes to another page, or to another state of this one. */
export function goTo(address: string): void {
  presentHash()
  if (unwritten !== undefined) write(unwritten)
  history.pushState(undefined, '', address)
  written = location.hash
  hash.value = address
}

/** Where the reader is. A link that was followed counts before the browser tells of it. */
function presentHash(): string {
  if (location.hash !== written) {
    unwritten = undefined
    written = location.hash
    hash.value = written
  }
  return hash.peek()
}

function write(next: string): void {
  unwritten = undefined
  history.replaceState(undefined, '', next)
  written = location.hash
  clearTimeout(timer)
  timer = setTimeout(() => {
    timer = undefined
    presentHash()
    if (unwritten !== undefined) write(unwritten)
  }, WRITE_MS)
}

function decoded(text: string): string {
  try {
    return decodeURIComponent(text)
  } catch {
    return text
  }
}
