/**
 * Asks a Git LFS server for objects by the hundred, one hundred ahead of whoever moves them: a request for each would
 * take as long as the object itself.
 */
import type { ObjectId } from '../object-store.ts'
import { BATCH_OBJECTS } from './lfs-batch.ts'
import type { LfsAnswer } from './lfs-batch.ts'

/** Answers for objects that were named before. */
export interface AskedAhead {
  /** What the server says of one of them, once; `undefined` for any other, and the second time. */
  readonly take: (object: ObjectId) => Promise<LfsAnswer | undefined>
}

/** Puts objects into requests, in their order. Nothing is asked before the first is taken. */
export function askAhead(
  objects: readonly ObjectId[],
  ask: (objects: readonly ObjectId[]) => Promise<readonly LfsAnswer[]>,
): AskedAhead {
  const batches = [...partsOf(objects)]
  const batchOf = new Map(batches.flatMap((batch, index) => batch.map(({ sha256 }) => [sha256, index] as const)))
  const asked = new Map<number, Promise<readonly LfsAnswer[]>>()
  const askFor = (index: number): Promise<readonly LfsAnswer[]> => {
    const batch = batches[index] ?? []
    const answers = asked.get(index) ?? (batch.length === 0 ? Promise.resolve([]) : ask(batch))
    asked.set(index, answers)
    return answers
  }
  return {
    take: async (object) => {
      const index = batchOf.get(object.sha256)
      if (index === undefined) return undefined
      batchOf.delete(object.sha256)
      const answers = await askFor(index)
      // Whoever takes from the next one hears of its failure; until then it must not count as unheard.
      askFor(index + 1).catch(() => undefined)
      return answers.find((answer) => answer.object.sha256 === object.sha256)
    },
  }
}

/** Objects in their order, as many at a time as one request may ask for. */
export function* partsOf<Item>(items: readonly Item[]): Iterable<readonly Item[]> {
  for (let start = 0; start < items.length; start += BATCH_OBJECTS) yield items.slice(start, start + BATCH_OBJECTS)
}
