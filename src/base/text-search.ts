/**
 * Substring search in time linear in both texts, whatever they are.
 *
 * `String.includes` is quadratic at worst: 64 KB of `a`, searched for 32 KB of `a` with one `b` at 300, take it 1.7 s
 * (Node 20), and either text may come from someone else.
 */

// Up to this length the product of both lengths is small enough.
const SHORT = 16

/** Tells whether one text is part of another, compared by UTF-16 units. Empty text is part of every text. */
export function containsText(text: string, wanted: string): boolean {
  return wanted.length <= SHORT ? text.includes(wanted) : containsLongText(text, wanted)
}

/** Knuth, Morris and Pratt: after a mismatch, go on with the longest start of `wanted` that still fits. */
function containsLongText(text: string, wanted: string): boolean {
  const borders = bordersOf(wanted)
  let matched = 0
  for (let index = 0; index < text.length; index += 1) {
    matched = extend(wanted, borders, matched, text.charCodeAt(index))
    if (matched === wanted.length) return true
  }
  return false
}

/** For each position, the length of the longest proper start of `wanted` that also ends there. */
function bordersOf(wanted: string): Uint32Array {
  const borders = new Uint32Array(wanted.length)
  let matched = 0
  for (let index = 1; index < wanted.length; index += 1) {
    matched = extend(wanted, borders, matched, wanted.charCodeAt(index))
    borders[index] = matched
  }
  return borders
}

function extend(wanted: string, borders: Uint32Array, matched: number, unit: number): number {
  let length = matched
  while (length > 0 && wanted.charCodeAt(length) !== unit) length = borders[length - 1] ?? 0
  return wanted.charCodeAt(length) === unit ? length + 1 : 0
}
