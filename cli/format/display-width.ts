/**
 * How many cells text takes on a terminal, and text cut to a number of them.
 */
import { printable } from '../../src/base/printable.ts'

const COMBINING = /^[\p{Mn}\p{Me}]$/u
// East Asian Width W and F, and emoji shown as pictures: Unicode Standard Annex 11.
const WIDE = new RegExp(
  String.raw`^(?:\p{Emoji_Presentation}|[\u1100-\u115f\u2e80-\u303e\u3041-\ua4cf\ua960-\ua97f\uac00-\ud7a3]|` +
    String.raw`[\uf900-\ufaff\ufe30-\ufe6f\uff00-\uff60\uffe0-\uffe6]|[\u{20000}-\u{3fffd}])$`,
  'u',
)
// Plain ASCII is by far the most common and needs no table.
const ASCII = /^[\u0000-\u007f]*$/

/** Terminal cells that text takes once hidden characters are escaped. */
export function displayWidth(text: string): number {
  const shown = printable(text)
  if (ASCII.test(shown)) return shown.length
  let width = 0
  for (const character of shown) width += cellsOf(character)
  return width
}

/** Cuts text to at most `width` cells; an ellipsis takes the place of what was cut. */
export function cutToWidth(text: string, width: number): string {
  const shown = printable(text)
  if (displayWidth(shown) <= width) return shown
  if (width < 1) return ''
  let kept = ''
  let used = 0
  for (const character of shown) {
    used += cellsOf(character)
    if (used > width - 1) break
    kept += character
  }
  return `${kept}…`
}

function cellsOf(character: string): number {
  if (COMBINING.test(character)) return 0
  return WIDE.test(character) ? 2 : 1
}
