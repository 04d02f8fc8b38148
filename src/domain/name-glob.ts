/**
 * Patterns for names, as a shell has them: `*` for any text, `?` for one character, anything else for itself.
 */

/** Tells whether a whole name matches. Takes at most as many steps as the lengths multiplied. */
export function matchesGlob(glob: string, name: string): boolean {
  const [pattern, characters] = [Array.from(glob), Array.from(name)]
  let [at, seen] = [0, 0]
  // Where the last star stood, and how much of the name it has taken.
  let star: { readonly at: number; taken: number } | undefined
  while (seen < characters.length) {
    const wanted = pattern[at]
    if (wanted === '*') {
      star = { at, taken: seen }
      at += 1
    } else if (wanted === '?' || (wanted !== undefined && wanted === characters[seen])) {
      at += 1
      seen += 1
    } else if (star !== undefined) {
      star.taken += 1
      at = star.at + 1
      seen = star.taken
    } else return false
  }
  return pattern.slice(at).every((rest) => rest === '*')
}
