/**
 * Opens the catalog of a snapshot. The index is a cache: where it is missing, damaged, of another mlv or far behind, it
 * is made anew, and where that cannot be done the branch answers. Nobody is told, because every answer is the same.
 */
import type { ModelName } from '../../domain/name.ts'
import { runOutline } from '../../domain/run-outline.ts'
import type { OutlineKeys, RunOutline } from '../../domain/run-outline.ts'
import type { RunId } from '../../domain/run.ts'
import { listModelNames } from '../branch/read-models.ts'
import type { NotedRun } from '../branch/read-runs.ts'
import { findArea, REGISTRY_REF } from '../branch/snapshot.ts'
import type { BranchSnapshot } from '../branch/snapshot.ts'
import { catalogPlaceOf } from './catalog-place.ts'
import type { CatalogPlace } from './catalog-place.ts'
import { eitherCatalog, unlessItFails } from './either-catalog.ts'
import {
  changedRunGroups,
  changedRuns,
  changedVersions,
  readChangedRuns,
  versionKey,
  versionRunsOf,
  withChangedVersions,
} from './index-changes.ts'
import type { ChangedRun } from './index-changes.ts'
import { openIndexFile, readIds, readOutlines, readRecords, readVersionRecords, readVersionRuns } from './index-file.ts'
import type { IndexFile } from './index-file.ts'
import { IndexThreadFailed, startIndexThread, WORTH_THREAD_RUNS } from './index-thread.ts'
import { makeBlocks } from './make-blocks.ts'
import { mergedColumns, mergedScan, newestOutlines } from './merged-blocks.ts'
import type { OpenedIndex } from './merged-blocks.ts'
import { branchCatalog, inOrder } from './run-catalog.ts'
import type { RunCatalog, VersionRecord, VersionRuns } from './run-catalog.ts'
import { indexPath, writeIndex } from './write-index.ts'

/** So many differing runs are read from the branch beside the index; of more it is made anew. */
const LEAST_BEHIND = 64
const MOST_BEHIND = 1000

/** Does work with the runs of a snapshot, from the index where that is possible. */
export async function withCatalog<Result>(
  snapshot: BranchSnapshot,
  work: (catalog: RunCatalog) => Promise<Result>,
): Promise<Result> {
  const { catalog, close } = await openCatalog(snapshot)
  try {
    return await work(catalog)
  } finally {
    await close()
  }
}

/** Passes on what is made of the runs of a snapshot, item by item; the index is open meanwhile. */
export async function* iterateCatalog<Item>(
  snapshot: BranchSnapshot,
  work: (catalog: RunCatalog) => AsyncIterable<Item>,
): AsyncGenerator<Item> {
  const { catalog, close } = await openCatalog(snapshot)
  try {
    yield* work(catalog)
  } finally {
    await close()
  }
}

interface OpenCatalog {
  readonly catalog: RunCatalog
  readonly close: () => Promise<void>
}

async function openCatalog(snapshot: BranchSnapshot): Promise<OpenCatalog> {
  const branch: OpenCatalog = { catalog: branchCatalog(snapshot), close: () => Promise.resolve() }
  const place = catalogPlaceOf(snapshot.engine)
  if (place === undefined || place.leastRuns === Infinity) return branch
  const opened = await unlessItFails(() => openIndex(place, snapshot))
  if (opened === undefined) return branch
  return {
    catalog: eitherCatalog(place, indexCatalog(snapshot, opened), branch.catalog),
    close: () => opened.index.file.close(),
  }
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
  for await (const some of readChangedRuns(snapshot, changes)) runs.push(...some)
  return { index, difference: { replaced: new Set(changes.map(({ id }) => id)), runs, versions } }
}

/** Writes an index of the snapshot; tells whether it was worth it. An earlier one that fails is not looked at again. */
async function bringUpToDate(
  place: CatalogPlace,
  snapshot: BranchSnapshot,
  earlier: IndexFile | undefined,
): Promise<boolean> {
  if (earlier === undefined) return makeAnew(place, snapshot)
  const since = earlier.tips.records
  try {
    const blocks = makeBlocks({ snapshot, earlier, runs: changedRunGroups(snapshot, since) })
    const versions = (await changedVersions(snapshot, since, Infinity)) ?? []
    await writeIndex(place, { snapshot, earlier, blocks, versions })
    return true
  } catch {
    return makeAnew(place, snapshot)
  }
}

/** Writes an index of a branch that has none; tells whether the branch has enough runs for one. */
async function makeAnew(place: CatalogPlace, snapshot: BranchSnapshot, isThreaded = true): Promise<boolean> {
  const { count, groups: runs } = await begun(changedRunGroups(snapshot, undefined))
  if (count < place.leastRuns) return false
  const { bulk } = snapshot.engine
  const isWorth = isThreaded && bulk !== undefined && count >= WORTH_THREAD_RUNS
  const thread = isWorth ? startIndexThread(bulk) : undefined
  try {
    const versions = (await changedVersions(snapshot, undefined, Infinity)) ?? []
    const blocks = thread?.makeBlocks(runs) ?? makeBlocks({ snapshot, earlier: undefined, runs })
    await writeIndex(place, { snapshot, earlier: undefined, blocks, versions })
    return true
  } catch (error) {
    if (!(error instanceof IndexThreadFailed)) throw error
  } finally {
    await thread?.close()
  }
  // Whatever it failed at, this thread gets along with it, or says what it is.
  return makeAnew(place, snapshot, false)
}

/** The same groups, and how many runs the first of them have: enough to choose by, or all there are. */
async function begun(groups: AsyncGenerator<readonly ChangedRun[]>): Promise<{
  readonly count: number
  readonly groups: AsyncIterable<readonly ChangedRun[]>
}> {
  const seen: (readonly ChangedRun[])[] = []
  let count = 0
  while (count < WORTH_THREAD_RUNS) {
    const next = await groups.next()
    if (next.done === true) break
    seen.push(next.value)
    count += next.value.length
  }
  const all = async function* (): AsyncGenerator<readonly ChangedRun[]> {
    yield* seen.splice(0)
    yield* groups
  }
  return { count, groups: all() }
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
  const records = async (ids: readonly RunId[], keys?: OutlineKeys): Promise<readonly NotedRun[]> => {
    const kept = await readRecords(
      index,
      ids.filter((id) => !replaced.has(id)),
      keys,
    )
    return inOrder(ids, [...kept, ...ids.flatMap((id) => byId.get(id) ?? [])])
  }
  const idsStarting = async (prefix: string): Promise<readonly RunId[]> => {
    const added = runs.map(({ run }) => run.id).filter((id) => id.startsWith(prefix))
    return merged(await readIds(index, prefix), added, (id) => id)
  }
  return {
    outlines: async (keys) => {
      const blocks: RunOutline[] = []
      for (const block of index.blocks) blocks.push(...(await readOutlines(index, block, keys)))
      const added = runs.map(({ run, notes }) => runOutline(run, notes))
      return merged(blocks, added, ({ id }) => id)
    },
    newestOutlines: (keys) => newestOutlines({ index, difference }, keys),
    records,
    allRecords: async () => records(await idsStarting('')),
    scan: (keys) => mergedScan(index, difference, keys),
    columnBlocks: (keys) => mergedColumns(index, difference, keys),
    idsStarting,
    versionRuns: () => readAllVersions(snapshot, { index, difference }),
    versionsOf: (model) => readVersionsOf({ index, difference }, model),
  }
}

/** Every version with its runs: models by name, versions ascending. */
async function readAllVersions(
  snapshot: BranchSnapshot,
  { index, difference }: OpenedIndex,
): Promise<readonly VersionRuns[]> {
  const known = withChangedVersions(await readVersionRuns(index), difference.versions, {
    keyOf: versionKey,
    shape: versionRunsOf,
  })
  const byModel = new Map<ModelName, VersionRuns[]>()
  for (const model of await listModelNames(snapshot)) byModel.set(model, [])
  for (const version of known) byModel.get(version.model)?.push(version)
  return [...byModel.values()].flatMap((versions) => versions.sort((left, right) => left.number - right.number))
}

/** The versions of one model, ascending. */
async function readVersionsOf({ index, difference }: OpenedIndex, model: ModelName): Promise<readonly VersionRecord[]> {
  const changes = difference.versions.filter((change) => change.model === model)
  const records = withChangedVersions(await readVersionRecords(index, model), changes, {
    keyOf: ({ version }) => versionKey(version),
    shape: (record) => record,
  })
  return records.toSorted((left, right) => left.version.number - right.version.number)
}
