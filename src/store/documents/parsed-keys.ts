/**
 * Keys that were checked once need no second check: thousands of runs share the same few.
 *
 * Remembering them also keeps one copy of each key in memory, and not one a run.
 */

/** More different keys than any project has; past it the memory starts afresh. */
const REMEMBERED_KEYS = 20_000

/** Makes a parser that remembers what it accepted. Refusals are not remembered. */
export function rememberParsed<Key extends string>(parse: (text: string) => Key): (text: string) => Key {
  const accepted = new Map<string, Key>()
  return (text) => {
    const known = accepted.get(text)
    if (known !== undefined) return known
    const key = parse(text)
    if (accepted.size >= REMEMBERED_KEYS) accepted.clear()
    accepted.set(key, key)
    return key
  }
}
