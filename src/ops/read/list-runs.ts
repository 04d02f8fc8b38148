/**
 * `mlv ls`: the runs of the branch, filtered and sorted.
 */
import { compareText } from '../../base/order.ts'
import { matches, parseField, parseFilter } from '../../domain/query.ts'
import { compareSortValues, sortKeyOf, sortValueOf } from '../../domain/query-sort.ts'
import type { SortKey } from '../../domain/query-sort.ts'
import type { Filter, FilterSubject } from '../../domain/filter.ts'
import { fieldsOfFilter, outlineKeysOf } from '../../domain/filter-fields.ts'
import type { Alias } from '../../domain/alias.ts'
import type { VersionNumber } from '../../domain/model-version.ts'
import type { AliasName, ModelName } from '../../domain/name.ts'
import type { OutlineKeys, RunOutline } from '../../domain/run-outline.ts'
import type { RunId } from '../../domain/run.ts'
import { readAliases } from '../../store/branch/read-models.ts'
import { openSnapshot } from '../../store/branch/snapshot.ts'
import type { BranchSnapshot } from '../../store/branch/snapshot.ts'
import { iterateCatalog, withCatalog } from '../../store/catalog/open-catalog.ts'
import type { RunCatalog } from '../../store/catalog/run-catalog.ts'
import { filterSubject, outlineSubject } from '../revisions/field-value.ts'
import { liveRuns } from '../record/live-runs.ts'
import type { RunRow, VersionLabel } from '../revisions/run-row.ts'
import type { Repository } from '../repository/repository.ts'

/** Which runs to list, and in which order. */
export interface ListRunsOptions {
  /** The filter grammar, such as `metric.val_loss.min < 0.3 and tag:baseline`. */
  readonly filter?: string
  /** A field of the filter grammar; a leading `-` sorts descending. Newest first when absent. */
  readonly sort?: string
  readonly limit?: number
  /** Lists archived runs too. */
  readonly archived?: boolean
  readonly at?: string
  /** Lists runs that are still being written too. */
  readonly live?: boolean
  /** Fields of the filter grammar: rows need not have other parameters and metrics. All when absent. */
  readonly fields?: readonly string[]
}

/**
 * Lists runs.
 *
 * @throws `branch-not-found`, `filter-invalid`
 */
export async function listRuns(repository: Repository, options: ListRunsOptions): Promise<readonly RunRow[]> {
  const rows: RunRow[] = []
  for await (const some of listRunsInParts(repository, options)) for (const row of some) rows.push(row)
  return rows
}

/**
 * Lists runs, some at a time. The newest first is the order of the branch: then no more than a part is in memory, and
 * nothing is read beyond the limit. Any other order is that of all, which are read first.
 *
 * @throws `branch-not-found`, `filter-invalid`
 */
export async function* listRunsInParts(
  repository: Repository,
  options: ListRunsOptions,
): AsyncGenerator<readonly RunRow[]> {
  // What cannot be read is told before a branch is looked for.
  if (options.filter !== undefined) parseFilter(options.filter)
  sortKeyOf(options.sort ?? '-created')
  const snapshot = await openSnapshot(repository.context.engine, options.at)
  yield* listSnapshotInParts(repository, snapshot, options)
}

/** Lists runs of a snapshot, as `listRunsInParts` does; `-7d` counts back from `nowMs`. @throws `filter-invalid` */
export async function* listSnapshotInParts(
  repository: Repository,
  snapshot: BranchSnapshot,
  options: Omit<ListRunsOptions, 'at'> & { readonly nowMs?: number },
): AsyncGenerator<readonly RunRow[]> {
  const question: ListQuestion = {
    filter: options.filter === undefined ? undefined : parseFilter(options.filter),
    sort: sortKeyOf(options.sort ?? '-created'),
    keys: options.fields === undefined ? undefined : outlineKeysOf(options.fields.map(parseField)),
    isWanted: (archived) => options.archived === true || !archived,
    limit: options.limit ?? Infinity,
    nowMs: options.nowMs ?? repository.clock.nowMs(),
  }
  const live = options.live === true ? await liveRuns(repository) : []
  yield* iterateCatalog(snapshot, (catalog) => partsOf(snapshot, catalog, question, live))
}

interface ListQuestion {
  readonly filter: Filter | undefined
  readonly sort: SortKey
  /** The values that are needed of a record; all when absent. */
  readonly keys: OutlineKeys | undefined
  readonly isWanted: (isArchived: boolean) => boolean
  readonly limit: number
  readonly nowMs: number
}

async function* partsOf(
  snapshot: BranchSnapshot,
  catalog: RunCatalog,
  question: ListQuestion,
  live: readonly RunRow[],
): AsyncGenerator<readonly RunRow[]> {
  const { filter, sort, keys, limit } = question
  const labels = await catalogLabels(snapshot, catalog)
  const asked = outlineKeysOf([...(filter === undefined ? [] : fieldsOfFilter(filter)), sort.field])
  const liveOnes = chosenOf(
    live.map((row) => liveCandidate(row, question.nowMs)),
    question,
  )
  if (sort.field.kind !== 'created' || !sort.isDescending) {
    const found = [...liveOnes]
    for await (const outlines of catalog.newestOutlines(asked)) found.push(...candidatesOf(outlines, labels, question))
    yield await rowsOf(catalog, sorted(found, sort).slice(0, limit), { labels, keys })
    return
  }
  let waiting = sorted(liveOnes, sort)
  let left = limit
  for await (const outlines of catalog.newestOutlines(asked)) {
    const oldest = outlines.at(-1)?.id
    if (oldest === undefined) continue
    const end = waiting.findIndex(({ id }) => id < oldest)
    const within = end === -1 ? waiting : waiting.slice(0, end)
    waiting = end === -1 ? [] : waiting.slice(end)
    const found = candidatesOf(outlines, labels, question)
    const part = (within.length === 0 ? found : sorted([...found, ...within], sort)).slice(0, left)
    left -= part.length
    if (part.length > 0) yield await rowsOf(catalog, part, { labels, keys })
    if (left === 0) return
  }
  if (waiting.length > 0) yield await rowsOf(catalog, waiting.slice(0, left), { labels, keys })
}

/** A run as far as the list must know it to choose it; a live one whole. */
interface Candidate {
  readonly id: RunId
  readonly isArchived: boolean
  readonly subject: FilterSubject
  readonly live?: RunRow
}

function candidatesOf(
  outlines: readonly RunOutline[],
  labels: ReadonlyMap<RunId, readonly VersionLabel[]>,
  question: ListQuestion,
): readonly Candidate[] {
  const candidates = outlines.map((outline): Candidate => {
    const subject = outlineSubject(outline, labels.get(outline.id) ?? [], question.nowMs)
    return { id: outline.id, isArchived: outline.archived, subject }
  })
  return chosenOf(candidates, question)
}

function chosenOf(candidates: readonly Candidate[], { filter, isWanted }: ListQuestion): readonly Candidate[] {
  return candidates.filter(({ isArchived, subject }) => {
    return isWanted(isArchived) && (filter === undefined || matches(filter, subject))
  })
}

function liveCandidate(row: RunRow, nowMs: number): Candidate {
  return { id: row.run.id, isArchived: row.notes.archived, subject: filterSubject(row, nowMs), live: row }
}

interface RowNeeds {
  readonly labels: ReadonlyMap<RunId, readonly VersionLabel[]>
  readonly keys: OutlineKeys | undefined
}

/** Reads the records of those that were chosen. */
async function rowsOf(
  catalog: RunCatalog,
  chosen: readonly Candidate[],
  { labels, keys }: RowNeeds,
): Promise<readonly RunRow[]> {
  const records = await catalog.records(
    chosen.flatMap(({ id, live }) => (live === undefined ? [id] : [])),
    keys,
  )
  const byId = new Map(records.map((record) => [record.run.id, record]))
  return chosen.flatMap(({ id, live }): readonly RunRow[] => {
    if (live !== undefined) return [live]
    const record = byId.get(id)
    return record === undefined ? [] : [{ ...record, versions: labels.get(id) ?? [] }]
  })
}

/** Which versions each run led to, further runs of equal content included. */
export async function versionLabels(snapshot: BranchSnapshot): Promise<ReadonlyMap<RunId, readonly VersionLabel[]>> {
  return withCatalog(snapshot, (catalog) => catalogLabels(snapshot, catalog))
}

/** Which versions each run led to, as the catalog of the snapshot has it. */
export async function catalogLabels(
  snapshot: BranchSnapshot,
  catalog: RunCatalog,
): Promise<ReadonlyMap<RunId, readonly VersionLabel[]>> {
  const labels = new Map<RunId, VersionLabel[]>()
  const aliases = new Map<ModelName, readonly Alias[]>()
  for (const { model, number, runs } of await catalog.versionRuns()) {
    const known = aliases.get(model) ?? (await readAliases(snapshot, model))
    aliases.set(model, known)
    const label = { model, number, aliases: aliasesOf(known, number) }
    for (const run of runs) {
      const others = labels.get(run)
      if (others === undefined) labels.set(run, [label])
      else others.push(label)
    }
  }
  return labels
}

/** Names of the aliases that name a version now. */
export function aliasesOf(aliases: readonly Alias[], number: VersionNumber): readonly AliasName[] {
  return aliases.filter((alias) => alias.version.number === number).map((alias) => alias.name)
}

/** Sorts by a field; rows without it come last in either direction, and ties keep the newest first. */
function sorted(candidates: readonly Candidate[], key: SortKey): readonly Candidate[] {
  const keyed = candidates.map((candidate) => ({ candidate, value: sortValueOf(key, candidate.subject) }))
  keyed.sort((left, right) => {
    const order = compareSortValues(key, left.value, right.value)
    return order !== 0 ? order : compareText(right.candidate.id, left.candidate.id)
  })
  return keyed.map(({ candidate }) => candidate)
}
