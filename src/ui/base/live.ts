/**
 * What happens while the page is open, as the server tells it.
 */
import { signal } from '@preact/signals'
import { useEffect } from 'preact/hooks'
import type { WireEvent } from '../../server/wire.ts'

/** Whether the server tells what happens: not at all on a static site. */
export const connection = signal<'connecting' | 'live' | 'lost' | 'none'>('connecting')

type Listener = (event: WireEvent) => void
const listeners = new Set<Listener>()

/** Listens to the server until the page is closed. The browser connects again by itself. */
export function listenToServer(): void {
  const source = new EventSource('api/events')
  source.onopen = () => {
    connections += 1
    connection.value = 'live'
  }
  source.onerror = () => (connection.value = 'lost')
  source.onmessage = ({ data }) => {
    const event = JSON.parse(String(data)) as WireEvent
    for (const listener of listeners) listener(event)
  }
}

let connections = 0

/** Whether a `hello` means that something may have been missed: the first one of a page does not. */
export function hasConnectedAgain(): boolean {
  return connections > 1
}

/** Hears every event while the component is shown. */
export function useEvents(listener: Listener, inputs: readonly unknown[]): void {
  useEffect(() => {
    listeners.add(listener)
    return () => void listeners.delete(listener)
  }, inputs)
}

/**
 * Calls at once, and then at most once in `everyMs` however often it is asked: a run that logs a thousand points a
 * second redraws as often as one that logs ten.
 */
export function throttled(call: () => void, everyMs: number): () => void {
  let isWaiting = false
  let isAskedAgain = false
  const attempt = (): void => {
    if (isWaiting) {
      isAskedAgain = true
      return
    }
    isWaiting = true
    call()
    setTimeout(() => {
      isWaiting = false
      if (isAskedAgain) {
        isAskedAgain = false
        attempt()
      }
    }, everyMs)
  }
  return attempt
}
