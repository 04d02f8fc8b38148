/**
 * Signs for terminals that show ASCII alone: each sign that mlv draws with has one of the same width. Text that is not
 * mlv's own is left as it is.
 */

const SIGNS: Readonly<Record<string, string>> = {
  '…': '~',
  '→': '>',
  '↑': '^',
  '↓': 'v',
  '±': '~',
  '×': 'x',
  '·': '-',
  '⏎': '$',
  '★': '*',
  '●': '>',
  '✓': '+',
  '✗': 'x',
  '■': '#',
  '─': '-',
  '│': '|',
  '└': '+',
  // Eight heights, by how dark a sign is.
  '▁': '.',
  '▂': ':',
  '▃': '-',
  '▄': '=',
  '▅': '+',
  '▆': '*',
  '▇': '#',
  '█': '@',
}
const DRAWN = new RegExp(`[${Object.keys(SIGNS).join('')}\\u2800-\\u28ff]`, 'gu')
const BRAILLE = 0x2800
// Unicode 16, chart U+2800: the dots of the upper two rows, and those of the lower two.
const UPPER = 0x01 | 0x02 | 0x08 | 0x10
const LOWER = 0x04 | 0x20 | 0x40 | 0x80

/** Writes the signs that mlv draws with in ASCII; the text keeps its width. */
export function asciiText(text: string): string {
  return text.replace(DRAWN, (sign) => SIGNS[sign] ?? dots(sign.codePointAt(0) ?? BRAILLE))
}

/** A place of a chart, as high as half a line. */
function dots(code: number): string {
  const bits = code - BRAILLE
  if ((bits & UPPER) !== 0 && (bits & LOWER) !== 0) return '|'
  if ((bits & UPPER) !== 0) return "'"
  return (bits & LOWER) === 0 ? ' ' : '.'
}

/**
 * Tells whether a terminal shows ASCII alone: `TERM` says that it can do nothing, the console of Linux, whose font has
 * few signs, or a locale that is not UTF-8. A locale that nobody set says nothing.
 */
export function isAsciiTerminal(variables: Readonly<Record<string, string | undefined>>): boolean {
  const term = variables['TERM'] ?? ''
  if (term === 'dumb' || term === 'linux') return true
  // The first that is set decides: POSIX, 8.2.
  const locale = ['LC_ALL', 'LC_CTYPE', 'LANG'].map((name) => variables[name] ?? '').find((value) => value !== '')
  return locale !== undefined && !/utf-?8/i.test(locale)
}
