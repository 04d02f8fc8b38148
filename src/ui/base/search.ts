/**
 * Searching among names.
 */

/** Whether a name is searched for: parts in any order, or a pattern between slashes. */
export function searchOf(search: string): (name: string) => boolean {
  const pattern = /^\/(.+?)\/?$/.exec(search)?.[1]
  if (pattern !== undefined) {
    try {
      const expression = new RegExp(pattern, 'i')
      return (name) => expression.test(name)
    } catch {
      return () => false
    }
  }
  const parts = search.toLowerCase().split(/\s+/)
  return (name) => parts.every((part) => name.toLowerCase().includes(part))
}
