/**
 * Keys: one register that the page in front fills, and that the help reads.
 */
import { signal } from '@preact/signals'
import { useEffect } from 'preact/hooks'

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

/** Registers keys while the component is shown. */
export function useKeys(actions: readonly KeyAction[]): void {
  useEffect(() => {
    registered.value = [...registered.peek(), actions]
    return () => (registered.value = registered.peek().filter((other) => other !== actions))
  }, actions)
}

/** Listens for keys typed anywhere but in a field. */
export function listenForKeys(): void {
  addEventListener('keydown', (event) => {
    if (event.ctrlKey || event.metaKey || event.altKey || event.defaultPrevented || isField(event.target)) return
    const action = keyActions().find(({ key }) => key === event.key)
    if (action === undefined) return
    event.preventDefault()
    action.run()
  })
}

function isField(target: EventTarget | null): boolean {
  return (
    target instanceof HTMLTextAreaElement ||
    target instanceof HTMLSelectElement ||
    (target instanceof HTMLInputElement && target.type !== 'checkbox' && target.type !== 'range')
  )
}
