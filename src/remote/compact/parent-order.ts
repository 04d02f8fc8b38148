/**
 * Puts objects behind those they may be stored as the difference to.
 */
import type { Sha256 } from '../../base/digest.ts'
import type { ObjectId } from '../object-store.ts'

/** An object with those it resembles. */
export interface WithParents extends ObjectId {
  readonly parents?: readonly ObjectId[] | undefined
}

/** Sorts objects so that parents come first; what leads in a circle is cut somewhere. */
export function inOrderOfParents<Item extends WithParents>(objects: readonly Item[]): readonly Item[] {
  const waiting = new Map<Sha256, Item>(objects.map((object) => [object.sha256, object]))
  const ordered: Item[] = []
  for (const object of objects) {
    // A stack of its own: a chain of ten thousand checkpoints is no reason to run out of the program's.
    const path = waiting.delete(object.sha256) ? [object] : []
    for (let top = path.at(-1); top !== undefined; top = path.at(-1)) {
      const parent = top.parents?.map(({ sha256 }) => waiting.get(sha256)).find((found) => found !== undefined)
      if (parent === undefined) ordered.push(top)
      if (parent === undefined) path.pop()
      else if (waiting.delete(parent.sha256)) path.push(parent)
    }
  }
  return ordered
}
