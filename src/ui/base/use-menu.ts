/**
 * Menus that lie over the page: the keyboard goes into them and comes back, and a press anywhere else closes them.
 */
import { useEffect, useLayoutEffect, useRef } from 'preact/hooks'

const CHOICES = 'button:not(:disabled), input, select, a[href]'

/**
 * What a menu is rendered with. The element it is in holds what opens it too: a press on that is no press elsewhere.
 *
 * @param onClose called when Escape or a press elsewhere closes it
 */
export function useMenu(onClose: () => void) {
  const menu = useRef<HTMLDivElement>(null)
  const close = useRef(onClose)
  close.current = onClose
  useLayoutEffect(() => {
    const before = document.activeElement
    const element = menu.current
    element?.querySelector<HTMLElement>(CHOICES)?.focus({ preventScroll: true })
    return () => {
      const isInside = element?.contains(document.activeElement) === true
      if (isInside && before instanceof HTMLElement) before.focus({ preventScroll: true })
    }
  }, [])
  useEffect(() => {
    const press = ({ target }: Event): void => {
      const around = menu.current?.parentElement
      if (target instanceof Node && around?.contains(target) === false) close.current()
    }
    addEventListener('pointerdown', press, true)
    return () => removeEventListener('pointerdown', press, true)
  }, [])
  const onKeyDown = (event: KeyboardEvent): void => {
    const step = { ArrowDown: 1, ArrowUp: -1 }[event.key]
    if (event.key === 'Escape') close.current()
    else if (step === undefined || event.target instanceof HTMLSelectElement) return
    else moveFocus(menu.current, step)
    event.preventDefault()
    event.stopPropagation()
  }
  return { ref: menu, onKeyDown }
}

function moveFocus(menu: HTMLElement | null, step: number): void {
  const choices = [...(menu?.querySelectorAll<HTMLElement>(CHOICES) ?? [])]
  const at = choices.findIndex((choice) => choice === document.activeElement)
  choices[(at + step + choices.length) % choices.length]?.focus()
}
