/**
 * A colour and a dash for each run: ten hues after Okabe and Ito that stay apart for the colour-blind, one set for each
 * theme, and dashes when there are more runs than hues.
 */
import { lookSlots, ownHue } from './look-slots.ts'
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

/** A look for each run: the same for the same runs in any order, and its own hue wherever that is free. */
export function looksOf(ids: readonly string[]): ReadonlyMap<string, Look> {
  const palette = presentPalette()
  return new Map(
    [...lookSlots(ids, palette.length, DASHES.length)].map(([id, { hue, dash }]) => {
      return [id, { colour: palette[hue] ?? '#58626e', dash: DASHES[dash] ?? [] }]
    }),
  )
}

/** The colour of a run that is alone: the one it has among others wherever that is free. */
export function ownColour(id: string): string {
  const palette = presentPalette()
  return palette[ownHue(id, palette.length)] ?? '#888888'
}

/** What a mark beside a name is painted with, so that it looks as the line does. */
export function swatchStyle({ colour, dash }: Look): { readonly background: string } {
  if (dash.length === 0) return { background: colour }
  let at = 0
  const stops = dash.map((length, index) => {
    const from = at
    at += length
    return `${index % 2 === 0 ? colour : 'transparent'} ${from}px ${at}px`
  })
  return { background: `repeating-linear-gradient(90deg, ${stops.join(', ')})` }
}

function presentPalette(): readonly string[] {
  return theme.value === 'dark' ? DARK : LIGHT
}
