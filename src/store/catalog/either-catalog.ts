/**
 * The index where it answers, the branch where it does not: whatever the index turns out to be, the answer is the same.
 */
import type { RunId } from '../../domain/run.ts'
import type { CatalogPlace } from './catalog-place.ts'
import { columnsInBlocks } from './run-catalog.ts'
import type { RunCatalog } from './run-catalog.ts'
import { IndexUnreadable } from './section-file.ts'
import { indexPath } from './write-index.ts'

/** The two, and whether the index failed: it is not asked again, and one that is damaged is removed. */
interface Sides {
  readonly index: RunCatalog
  readonly branch: RunCatalog
  isBroken: boolean
  readonly giveUp: (error: unknown) => Promise<void>
}

/** Asks the index, and the branch where the index fails; the file of one that turns out to be damaged is removed. */
export function eitherCatalog(place: CatalogPlace, index: RunCatalog, branch: RunCatalog): RunCatalog {
  const sides: Sides = {
    index,
    branch,
    isBroken: false,
    giveUp: async (error) => {
      sides.isBroken = true
      // Too many open files, or too little memory, say nothing against the file.
      if (error instanceof IndexUnreadable) await unlessItFails(() => place.files.remove(indexPath(place)))
    },
  }
  return {
    outlines: (keys) => ask(sides, (catalog) => catalog.outlines(keys)),
    newestOutlines: (keys) =>
      follow(
        sides,
        (catalog) => catalog.newestOutlines(keys),
        async function* (last) {
          const oldest = last.at(-1)?.id
          for await (const batch of branch.newestOutlines(keys)) {
            yield batch.filter(({ id }) => oldest === undefined || id < oldest)
          }
        },
      ),
    records: (ids, keys) => ask(sides, (catalog) => catalog.records(ids, keys)),
    allRecords: () => ask(sides, (catalog) => catalog.allRecords()),
    scan: (keys) =>
      follow(
        sides,
        (catalog) => catalog.scan(keys),
        async function* (last) {
          for await (const row of branch.scan()) if (row.run.id > last.run.id) yield row
        },
      ),
    columnBlocks: (keys) =>
      follow(
        sides,
        (catalog) => catalog.columnBlocks(keys),
        async function* (last) {
          const newest: RunId | undefined = last.facts.at(-1)?.id
          const rows = await branch.allRecords()
          yield* columnsInBlocks(rows.filter(({ run }) => newest === undefined || run.id > newest))
        },
      ),
    idsStarting: (prefix) => ask(sides, (catalog) => catalog.idsStarting(prefix)),
    versionRuns: () => ask(sides, (catalog) => catalog.versionRuns()),
    versionsOf: (model) => ask(sides, (catalog) => catalog.versionsOf(model)),
  }
}

async function ask<Result>(sides: Sides, question: (catalog: RunCatalog) => Promise<Result>): Promise<Result> {
  if (!sides.isBroken) {
    try {
      return await question(sides.index)
    } catch (error) {
      await sides.giveUp(error)
    }
  }
  return question(sides.branch)
}

/** Passes on what the index has; where it breaks off, `rest` is what the branch has after the last of that. */
async function* follow<Item>(
  sides: Sides,
  question: (catalog: RunCatalog) => AsyncIterable<Item>,
  rest: (last: Item) => AsyncIterable<Item>,
): AsyncGenerator<Item> {
  let last: Item | undefined
  if (!sides.isBroken) {
    const items = question(sides.index)[Symbol.asyncIterator]()
    for (;;) {
      // What the asker throws while it has an item is not the fault of the index.
      const next = await items.next().catch((error: unknown) => ({ error }))
      if ('error' in next) {
        await sides.giveUp(next.error)
        break
      }
      if (next.done === true) return
      last = next.value
      yield next.value
    }
  }
  yield* last === undefined ? question(sides.branch) : rest(last)
}

/** A failure of the index is no failure of the command: the branch says what there is, or what is wrong with it. */
export async function unlessItFails<Result>(work: () => Promise<Result>): Promise<Result | undefined> {
  try {
    return await work()
  } catch {
    return undefined
  }
}
