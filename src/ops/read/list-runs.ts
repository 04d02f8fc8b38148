/**
 * `mlv ls`: the runs of the branch, filtered and sorted.
 */
import { compareText } from '../../base/order.ts'
import { matches, parseFilter } from '../../domain/query.ts'
import { compareSortValues, sortKeyOf, sortValueOf } from '../../domain/query-sort.ts'
import type { SortKey } from '../../domain/query-sort.ts'
import type { FilterSubject } from '../../domain/filter.ts'
import { fieldsOfFilter, outlineKeysOf } from '../../domain/filter-fields.ts'
import type { Alias } from '../../domain/alias.ts'
import type { VersionNumber } from '../../domain/model-version.ts'
import type { AliasName, ModelName } from '../../domain/name.ts'
import type { RunId } from '../../domain/run.ts'
import { readAliases } from '../../store/branch/read-models.ts'
import { openSnapshot } from '../../store/branch/snapshot.ts'
import type { BranchSnapshot } from '../../store/branch/snapshot.ts'
import { withCatalog } from '../../store/catalog/open-catalog.ts'
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
}

/**
 * Lists runs.
 *
 * @throws `branch-not-found`, `filter-invalid`
 */
export async function listRuns(repository: Repository, options: ListRunsOptions): Promise<readonly RunRow[]> {
  const filter = options.filter === undefined ? undefined : parseFilter(options.filter)
  const sort = sortKeyOf(options.sort ?? '-created')
  const snapshot = await openSnapshot(repository.context.engine, options.at)
  const nowMs = repository.clock.nowMs()
  return withCatalog(snapshot, async (catalog) => {
    const keys = outlineKeysOf([...(filter === undefined ? [] : fieldsOfFilter(filter)), sort.field])
    const [outlines, labels] = await Promise.all([catalog.outlines(keys), catalogLabels(snapshot, catalog)])
    const sealed = outlines.map((outline): Candidate => {
      const subject = outlineSubject(outline, labels.get(outline.id) ?? [], nowMs)
      return { id: outline.id, isArchived: outline.archived, subject }
    })
    const live = options.live === true ? (await liveRuns(repository)).map((row) => liveCandidate(row, nowMs)) : []
    const chosen = sorted(
      [...sealed, ...live]
        .filter(({ isArchived }) => options.archived === true || !isArchived)
        .filter(({ subject }) => filter === undefined || matches(filter, subject)),
      sort,
    )
    return rowsOf(catalog, chosen.slice(0, options.limit ?? chosen.length), labels)
  })
}

/** A run as far as the list must know it to choose it; a live one whole. */
interface Candidate {
  readonly id: RunId
  readonly isArchived: boolean
  readonly subject: FilterSubject
  readonly live?: RunRow
}

function liveCandidate(row: RunRow, nowMs: number): Candidate {
  return { id: row.run.id, isArchived: row.notes.archived, subject: filterSubject(row, nowMs), live: row }
}

/** Reads the records of those that were chosen. */
async function rowsOf(
  catalog: RunCatalog,
  chosen: readonly Candidate[],
  labels: ReadonlyMap<RunId, readonly VersionLabel[]>,
): Promise<readonly RunRow[]> {
  const records = await catalog.records(chosen.flatMap(({ id, live }) => (live === undefined ? [id] : [])))
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

async function catalogLabels(
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
