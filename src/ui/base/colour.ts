/**
 * A colour and a dash for each run: ten hues after Okabe and Ito that stay apart for the colour-blind, one set for each
 * theme, and dashes when there are more runs than hues.
 */
import { theme } from './theme.ts'

const LIGHT = [
  '#0072b2',
  '#d55e00',
  '#009e73',
  '#b5528a',
  '#b87a00',
  '#2f9bd6',
  '#6a4fc4',
  '#7a5c1e',
  '#58626e',
  '#a8182b',
]
const DARK = [
  '#4fa3e0',
  '#f0803c',
  '#2cc295',
  '#e39ac3',
  '#f2b134',
  '#8ad0f5',
  '#a793f0',
  '#c9a861',
  '#aab4c0',
  '#ef6a6a',
]
const DASHES: readonly (readonly number[])[] = [[], [8, 4], [2, 3], [10, 3, 2, 3]]

/** How a run is drawn. */
export interface Look {
  readonly colour: string
  /** Lengths of strokes and gaps in pixels; empty for a whole line. */
  readonly dash: readonly number[]
}

/** A look for each run, by its id where that hue is free, so that a run keeps its colour from page to page. */
export function looksOf(ids: readonly string[]): ReadonlyMap<string, Look> {
  const palette = theme.value === 'dark' ? DARK : LIGHT
  const looks = new Map<string, Look>()
  const taken = new Set<number>()
  for (const id of ids) {
    if (looks.has(id)) continue
    const round = Math.floor(looks.size / palette.length)
    if (looks.size % palette.length === 0) taken.clear()
    let slot = hashOf(id) % palette.length
    while (taken.has(slot)) slot = (slot + 1) % palette.length
    taken.add(slot)
    looks.set(id, { colour: palette[slot] ?? '#58626e', dash: DASHES[round % DASHES.length] ?? [] })
  }
  return looks
}

/** The colour of a run that is alone, and so has nothing to be told apart from. */
export function loneColour(): string {
  return (theme.value === 'dark' ? DARK : LIGHT)[0] ?? '#888888'
}

/** A small number that depends on every character. */
function hashOf(text: string): number {
  let hash = 0
  for (const character of text) hash = (Math.imul(hash, 31) + (character.codePointAt(0) ?? 0)) >>> 0
  return hash
}
