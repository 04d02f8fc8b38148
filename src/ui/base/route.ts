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

const hash = signal(location.hash)
addEventListener('hashchange', () => (hash.value = location.hash))

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
  const search = new URLSearchParams(route.peek().query)
  for (const [key, value] of Object.entries(changes)) {
    if (value === undefined || value === '') search.delete(key)
    else search.set(key, value)
  }
  const path = location.hash.replace(/^#\/?/, '').split('?')[0]
  const text = search.toString()
  const next = `#/${path === undefined || path === '' ? 'runs' : path}${text === '' ? '' : `?${text}`}`
  if (next === location.hash) return
  if (size === 'step') history.pushState(undefined, '', next)
  else history.replaceState(undefined, '', next)
  hash.value = next
}

/** Goes to another page. */
export function goTo(address: string): void {
  history.pushState(undefined, '', address)
  hash.value = address
}
addEventListener('popstate', () => (hash.value = location.hash))

function decoded(text: string): string {
  try {
    return decodeURIComponent(text)
  } catch {
    return text
  }
}
