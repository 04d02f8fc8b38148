/**
 * Opens the catalog of a snapshot. The index is a cache: where it is missing, damaged, of another mlv or far behind, it
 * is made anew, and where that cannot be done the branch answers. Nobody is told, because every answer is the same.
 */
import { runOutline } from '../../domain/run-outline.ts'
import type { ModelName } from '../../domain/name.ts'
import type { RunId } from '../../domain/run.ts'
import { listModelNames } from '../branch/read-models.ts'
import type { NotedRun } from '../branch/read-runs.ts'
import { findArea, REGISTRY_REF } from '../branch/snapshot.ts'
import type { BranchSnapshot } from '../branch/snapshot.ts'
import { catalogPlaceOf } from './catalog-place.ts'
import type { CatalogPlace } from './catalog-place.ts'
import { changedRuns, changedVersions, readChangedRuns, withChangedVersions } from './index-changes.ts'
import type { ChangedVersion } from './index-changes.ts'
import { openIndexFile, readBlock, readIds, readOutlines, readRecords, readVersionRuns } from './index-file.ts'
import type { IndexFile } from './index-file.ts'
import { branchCatalog, inOrder } from './run-catalog.ts'
import type { RunCatalog, VersionRuns } from './run-catalog.ts'
import { indexPath, writeIndex } from './write-index.ts'

/** What the snapshot has other than the index. */
interface Difference {
  /** Ids of runs whose rows in the index do not count. */
  readonly replaced: ReadonlySet<RunId>
  /** What counts instead, oldest first. */
  readonly runs: readonly NotedRun[]
  readonly versions: readonly ChangedVersion[]
}

/** So many differing runs are read from the branch beside the index; of more it is made anew. */
const LEAST_BEHIND = 64
const MOST_BEHIND = 1000

/** Does work with the runs of a snapshot, from the index where that is possible. */
export async function withCatalog<Result>(
  snapshot: BranchSnapshot,
  work: (catalog: RunCatalog) => Promise<Result>,
): Promise<Result> {
  const branch = branchCatalog(snapshot)
  const place = catalogPlaceOf(snapshot.engine)
  if (place === undefined || place.leastRuns === Infinity) return work(branch)
  const opened = await unlessItFails(() => openIndex(place, snapshot))
  if (opened === undefined) return work(branch)
  try {
    return await work(either(place, indexCatalog(snapshot, opened), branch))
  } finally {
    await opened.index.file.close()
  }
}

interface OpenedIndex {
  readonly index: IndexFile
  readonly difference: Difference
}

/** Opens the index, made anew or brought up to date where needed; `undefined` when the branch shall answer. */
async function openIndex(place: CatalogPlace, snapshot: BranchSnapshot): Promise<OpenedIndex | undefined> {
  const index = await openFile(place)
  const opened = index === undefined ? undefined : await unlessItFails(() => compared(snapshot, index))
  if (opened !== undefined) return opened
  try {
    if (!(await isCurrent(snapshot))) return undefined
    const isWritten = await bringUpToDate(place, snapshot, index)
    if (!isWritten) return undefined
  } finally {
    await index?.file.close()
  }
  const renewed = await openFile(place)
  if (renewed === undefined) return undefined
  const again = await unlessItFails(() => compared(snapshot, renewed))
  if (again === undefined) await renewed.file.close()
  return again
}

async function openFile(place: CatalogPlace): Promise<IndexFile | undefined> {
  const file = await unlessItFails(() => place.files.open(indexPath(place), 'read'))
  if (file === undefined) return undefined
  const index = await unlessItFails(() => openIndexFile(file))
  if (index === undefined) await file.close()
  return index
}

/** Finds what the snapshot has other than the index; `undefined` when that is much. */
async function compared(snapshot: BranchSnapshot, index: IndexFile): Promise<OpenedIndex | undefined> {
  const limit = Math.min(MOST_BEHIND, Math.max(LEAST_BEHIND, index.runs / 20))
  const since = index.tips.records
  const changes = await changedRuns(snapshot, since, limit)
  const versions = changes === undefined ? undefined : await changedVersions(snapshot, since, limit)
  if (changes === undefined || versions === undefined) return undefined
  const runs: NotedRun[] = []
  for await (const run of readChangedRuns(snapshot, changes)) runs.push(run)
  return { index, difference: { replaced: new Set(changes.map(({ id }) => id)), runs, versions } }
}

/** Writes an index of the snapshot; tells whether it was worth it. An earlier one that fails is not looked at again. */
async function bringUpToDate(
  place: CatalogPlace,
  snapshot: BranchSnapshot,
  earlier: IndexFile | undefined,
): Promise<boolean> {
  const since = earlier?.tips.records
  try {
    const runs = (await changedRuns(snapshot, since, Infinity)) ?? []
    if (earlier === undefined && runs.length < place.leastRuns) return false
    const versions = (await changedVersions(snapshot, since, Infinity)) ?? []
    await writeIndex(place, { snapshot, earlier, runs, versions })
    return true
  } catch (error) {
    if (earlier === undefined) throw error
    return bringUpToDate(place, snapshot, undefined)
  }
}

/** Whether a snapshot is the branch as it is now: an index of the past would be made anew at once. */
async function isCurrent({ engine, settings, tips }: BranchSnapshot): Promise<boolean> {
  const registry = await findArea(engine, REGISTRY_REF)
  const records = await findArea(engine, settings.areas.records)
  return registry?.tip === tips.registry && records?.tip === tips.records
}

function indexCatalog(snapshot: BranchSnapshot, { index, difference }: OpenedIndex): RunCatalog {
  const { replaced, runs } = difference
  const byId = new Map(runs.map((row) => [row.run.id, row]))
  const merged = <Item>(
    kept: readonly Item[],
    added: readonly Item[],
    idOf: (item: Item) => RunId,
  ): readonly Item[] => {
    if (replaced.size === 0) return kept
    const all = [...kept.filter((item) => !replaced.has(idOf(item))), ...added]
    return all.sort((left, right) => (idOf(left) < idOf(right) ? -1 : 1))
  }
  const records = async (ids: readonly RunId[]): Promise<readonly NotedRun[]> => {
    const kept = await readRecords(
      index,
      ids.filter((id) => !replaced.has(id)),
    )
    return inOrder(ids, [...kept, ...ids.flatMap((id) => byId.get(id) ?? [])])
  }
  const idsStarting = async (prefix: string): Promise<readonly RunId[]> => {
    const added = runs.map(({ run }) => run.id).filter((id) => id.startsWith(prefix))
    return merged(await readIds(index, prefix), added, (id) => id)
  }
  return {
    outlines: async (keys) => {
      const added = runs.map(({ run, notes }) => runOutline(run, notes))
      return merged(await readOutlines(index, keys), added, ({ id }) => id)
    },
    records,
    allRecords: async () => records(await idsStarting('')),
    scan: () => mergedScan(index, difference),
    idsStarting,
    versionRuns: async () => {
      const known = withChangedVersions(await readVersionRuns(index), difference.versions)
      const byModel = new Map<ModelName, VersionRuns[]>()
      for (const model of await listModelNames(snapshot)) byModel.set(model, [])
      for (const version of known) byModel.get(version.model)?.push(version)
      return [...byModel.values()].flatMap((versions) => versions.sort((left, right) => left.number - right.number))
    },
  }
}

/** Rows of the index block by block, and what counts instead where it belongs. */
async function* mergedScan(index: IndexFile, { replaced, runs }: Difference): AsyncGenerator<NotedRun> {
  let next = 0
  for (const block of index.blocks) {
    for (const row of await readBlock(index, block)) {
      if (replaced.has(row.run.id)) continue
      for (let before = runs[next]; before !== undefined && before.run.id < row.run.id; before = runs[next]) {
        yield before
        next += 1
      }
      yield row
    }
  }
  yield* runs.slice(next)
}

/** Asks the index, and the branch where the index turns out to be damaged; then the file is removed. */
function either(place: CatalogPlace, index: RunCatalog, branch: RunCatalog): RunCatalog {
  let isBroken = false
  const giveUp = async (): Promise<void> => {
    isBroken = true
    await unlessItFails(() => place.files.remove(indexPath(place)))
  }
  const ask = async <Result>(question: (catalog: RunCatalog) => Promise<Result>): Promise<Result> => {
    if (!isBroken) {
      try {
        return await question(index)
      } catch {
        await giveUp()
      }
    }
    return question(branch)
  }
  return {
    outlines: (keys) => ask((catalog) => catalog.outlines(keys)),
    records: (ids) => ask((catalog) => catalog.records(ids)),
    allRecords: () => ask((catalog) => catalog.allRecords()),
    scan: async function* () {
      let last: RunId | undefined
      try {
        for await (const row of (isBroken ? branch : index).scan()) {
          yield row
          last = row.run.id
        }
      } catch (error) {
        if (isBroken) throw error
        await giveUp()
        for await (const row of branch.scan()) if (last === undefined || row.run.id > last) yield row
      }
    },
    idsStarting: (prefix) => ask((catalog) => catalog.idsStarting(prefix)),
    versionRuns: () => ask((catalog) => catalog.versionRuns()),
  }
}

/** A failure of the index is no failure of the command: the branch says what there is, or what is wrong with it. */
async function unlessItFails<Result>(work: () => Promise<Result>): Promise<Result | undefined> {
  try {
    return await work()
  } catch {
    return undefined
  }
}
