/**
 * Dark or light: what the system prefers until a person switches. What was chosen is kept for the machine too, and not
 * for its address alone: each server has another port.
 */
import { computed, signal } from '@preact/signals'
import { keepChoice, keepForHost, keptChoice, keptForHost } from '../browser.ts'

const systemDark = matchMedia('(prefers-color-scheme: dark)')
const systemIsDark = signal(systemDark.matches)
const choice = signal(keptForHost('theme') ?? keptChoice('theme'))

/** The theme in use. */
export const theme = computed<'dark' | 'light'>(() => {
  if (choice.value === 'dark' || choice.value === 'light') return choice.value
  return systemIsDark.value ? 'dark' : 'light'
})

/** Switches to the other theme, and keeps the choice. */
export function switchTheme(): void {
  choice.value = theme.value === 'dark' ? 'light' : 'dark'
  keepChoice('theme', choice.value)
  keepForHost('theme', choice.value)
}

/** Follows the system and marks the document, so that the style sheet can tell. */
export function followTheme(): void {
  systemDark.addEventListener('change', ({ matches }) => (systemIsDark.value = matches))
  theme.subscribe((name) => (document.documentElement.dataset['theme'] = name))
}
