/**
 * The one text of a scalar in canonical YAML: read alike by YAML 1.1 and YAML 1.2 readers.
 *
 * Law: two different scalars never share a text, and every text says its type without a schema.
 */
import type { Scalar } from './value.ts'

const PLAIN = /^[A-Za-z_][A-Za-z0-9_./-]*$/

/** Plain words that YAML 1.1 or 1.2 takes for a boolean or null; both list exactly these three spellings of each. */
const KEYWORDS: ReadonlySet<string> = new Set(
  ['null', 'true', 'false', 'yes', 'no', 'on', 'off', 'y', 'n'].flatMap((word) => [
    word,
    word.charAt(0).toUpperCase() + word.slice(1),
    word.toUpperCase(),
  ]),
)

const LONGEST_KEYWORD = 5
const BARE_EXPONENT = /^[eE]-?[0-9]+$/
const KEYWORD_INITIALS = 'ntfyoNTFYO'

// JSON lets these stand; YAML 1.1 readers refuse them or take them for line breaks, and a reviewer cannot see them.
const ESCAPED = /[\u007f-\u009f\u061c\u200b-\u200f\u2028-\u202e\u2060-\u2069\ufeff\ufffe\uffff]/g

/** Tells whether a plain word would be read as a boolean, null or number by some YAML reader. */
export function isAmbiguous(word: string): boolean {
  const initial = word.charAt(0)
  // eemeli/yaml takes `e0` for a float without digits when it reads YAML 1.1; digests may look like that.
  if (initial === 'e' || initial === 'E') return BARE_EXPONENT.test(word)
  return word.length <= LONGEST_KEYWORD && KEYWORD_INITIALS.includes(initial) && KEYWORDS.has(word)
}

/** Writes a scalar on one line. */
export function scalarText(value: Scalar): string {
  if (value === null) return 'null'
  if (typeof value === 'string') return stringText(value)
  return typeof value === 'number' ? floatText(value) : value.toString()
}

/** Writes a string: plain when no reader can mistake it, else in JSON quotes. */
export function stringText(text: string): string {
  return PLAIN.test(text) && !isAmbiguous(text) ? text : quotedText(text)
}

/** Writes a string in JSON quotes; what cannot be seen is escaped. */
function quotedText(text: string): string {
  return JSON.stringify(text).replace(ESCAPED, (hidden) => `\\u${hidden.charCodeAt(0).toString(16).padStart(4, '0')}`)
}

/** Writes a float: the shortest digits that round-trip, always with a dot, an exponent always with a sign. */
export function floatText(value: number): string {
  if (Number.isNaN(value)) return '.nan'
  if (!Number.isFinite(value)) return value > 0 ? '.inf' : '-.inf'
  if (Object.is(value, -0)) return '-0.0'
  const shortest = value.toString()
  if (shortest.includes('.')) return shortest
  const exponent = shortest.indexOf('e')
  return exponent === -1 ? `${shortest}.0` : `${shortest.slice(0, exponent)}.0${shortest.slice(exponent)}`
}
