/**
 * The closest known name to one that was mistyped, for the last line of a refusal.
 */
import { compareText } from './order.ts'

/** Returns at most `limit` known names within a third of the wanted name's length in edits, closest first. */
export function closestNames(wanted: string, known: readonly string[], limit = 3): readonly string[] {
  const bound = Math.max(2, Math.floor(wanted.length / 3))
  return known
    .map((name) => ({ name, distance: name.startsWith(wanted) ? 0 : editDistance(wanted, name, bound) }))
    .filter(({ distance }) => distance <= bound)
    .sort((left, right) => left.distance - right.distance || compareText(left.name, right.name))
    .slice(0, limit)
    .map(({ name }) => name)
}

/** Levenshtein distance, or `bound + 1` once it must exceed `bound`. */
function editDistance(left: string, right: string, bound: number): number {
  if (Math.abs(left.length - right.length) > bound) return bound + 1
  let previous = Array.from({ length: right.length + 1 }, (_, index) => index)
  for (let row = 1; row <= left.length; row += 1) {
    const current = [row]
    for (let column = 1; column <= right.length; column += 1) {
      const substitution = (previous[column - 1] ?? 0) + (left[row - 1] === right[column - 1] ? 0 : 1)
      current.push(Math.min(substitution, (previous[column] ?? 0) + 1, (current[column - 1] ?? 0) + 1))
    }
    previous = current
  }
  return previous[right.length] ?? 0
}
