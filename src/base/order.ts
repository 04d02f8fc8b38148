/**
 * Total orders. Every listing mlv writes or prints is sorted by one of these, never by locale.
 */

/**
 * Compares two strings by their UTF-8 bytes, which is the order of code points.
 *
 * UTF-16 code units order the surrogates (U+10000 and above) before U+E000..U+FFFF; this corrects for it.
 */
export function compareText(left: string, right: string): number {
  const length = Math.min(left.length, right.length)
  for (let index = 0; index < length; index += 1) {
    const a = left.charCodeAt(index)
    const b = right.charCodeAt(index)
    if (a !== b) return codePointRank(a) - codePointRank(b)
  }
  return left.length - right.length
}

function codePointRank(unit: number): number {
  if (unit < 0xd800) return unit
  return unit < 0xe000 ? unit + 0x2000 : unit - 0x800
}

/** Returns the entries of a map sorted by key bytes. */
export function sortedEntries<Key extends string, Item>(
  map: ReadonlyMap<Key, Item>,
): readonly (readonly [Key, Item])[] {
  return [...map.entries()].sort(([left], [right]) => compareText(left, right))
}
