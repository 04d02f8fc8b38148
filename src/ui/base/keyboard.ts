/**
 * Keys: one register that the page in front fills, and that the help reads.
 */
import { signal } from '@preact/signals'
import { useLayoutEffect } from 'preact/hooks'

/** One key and what it does. */
export interface KeyAction {
  /** As `KeyboardEvent.key` tells it. */
  readonly key: string
  /** What it does, in a few words. */
  readonly what: string
  readonly run: () => void
}

const registered = signal<readonly (readonly KeyAction[])[]>([])

/** Everything that can be typed now; what was registered last comes first. */
export function keyActions(): readonly KeyAction[] {
  return [...registered.value].reverse().flat()
}

/** Registers keys from when the component is drawn on: whoever sees it can type at once. */
export function useKeys(actions: readonly KeyAction[]): void {
  useLayoutEffect(() => {
    registered.value = [...registered.peek(), actions]
    return () => (registered.value = registered.peek().filter((other) => other !== actions))
  }, actions)
}

/** Listens for keys typed anywhere but in a field. */
export function listenForKeys(): void {
  addEventListener('keydown', (event) => {
    if (event.ctrlKey || event.metaKey || event.altKey || event.defaultPrevented || isField(event.target)) return
    // A button or link that has the focus takes these for itself.
    if ((event.key === 'Enter' || event.key === ' ') && isPressable(event.target)) return
    const action = keyActions().find(({ key }) => key === event.key)
    if (action === undefined) return
    event.preventDefault()
    action.run()
  })
}

function isPressable(target: EventTarget | null): boolean {
  return target instanceof Element && target.closest('a, button, summary, input, [role="link"]') !== null
}

function isField(target: EventTarget | null): boolean {
  return (
    target instanceof HTMLTextAreaElement ||
    target instanceof HTMLSelectElement ||
    (target instanceof HTMLInputElement && target.type !== 'checkbox' && target.type !== 'range')
  )
}
