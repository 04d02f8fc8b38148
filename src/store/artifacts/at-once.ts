/**
 * Bounded concurrency: a few pieces of work at a time, and none left running when the whole has failed.
 */

/**
 * Works through items with several workers, each taking the next item when it is free.
 *
 * After a failure nothing more is begun; the first failure is thrown when what was under way has ended.
 */
export async function shareOut<Item>(
  items: Iterable<Item>,
  workers: readonly ((item: Item) => Promise<void>)[],
): Promise<void> {
  const rest = items[Symbol.iterator]()
  let failed = false
  const work = workers.map(async (worker) => {
    for (let next = rest.next(); next.done !== true && !failed; next = rest.next()) {
      try {
        await worker(next.value)
      } catch (error) {
        failed = true
        throw error
      }
    }
  })
  await Promise.allSettled(work)
  await Promise.all(work)
}

/** Works through items, at most `count` at a time. */
export async function forEachAtOnce<Item>(
  items: Iterable<Item>,
  count: number,
  work: (item: Item) => Promise<void>,
): Promise<void> {
  await shareOut(
    items,
    Array.from({ length: count }, () => work),
  )
}

/** Maps items in their order, at most `count` at a time. */
export async function mapAtOnce<Item, Result>(
  items: readonly Item[],
  count: number,
  work: (item: Item) => Promise<Result>,
): Promise<readonly Result[]> {
  const results = new Map<number, Result>()
  await forEachAtOnce(items.entries(), count, async ([position, item]) => {
    results.set(position, await work(item))
  })
  return items.flatMap((_, position) => {
    const result = results.get(position)
    return result === undefined ? [] : [result]
  })
}
