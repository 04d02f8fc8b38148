/**
 * `mlv ls`: the runs of the branch, filtered and sorted.
 */
import { compareText } from '../base/order.ts'
import { matches, parseFilter } from '../domain/query.ts'
import { compareSortValues, sortKeyOf, sortValueOf } from '../domain/query-sort.ts'
import type { Alias } from '../domain/alias.ts'
import type { VersionNumber } from '../domain/model-version.ts'
import type { AliasName } from '../domain/name.ts'
import type { RunId } from '../domain/run.ts'
import { listModelNames, readAliases, readState, readVersions } from '../store/branch/read-models.ts'
import { readAllRuns } from '../store/branch/read-runs.ts'
import { openSnapshot } from '../store/branch/snapshot.ts'
import type { BranchSnapshot } from '../store/branch/snapshot.ts'
import { filterSubject } from './field-value.ts'
import { liveRuns } from './live-runs.ts'
import type { RunRow, VersionLabel } from './run-row.ts'
import type { Repository } from './repository.ts'

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
  const snapshot = await openSnapshot(repository.context.engine, options.at)
  const [runs, labels] = await Promise.all([readAllRuns(snapshot), versionLabels(snapshot)])
  const nowMs = repository.clock.nowMs()
  const sealed = runs.map(({ run, notes }): RunRow => ({ run, notes, versions: labels.get(run.id) ?? [] }))
  const live = options.live === true ? await liveRuns(repository) : []
  const rows = [...sealed, ...live]
    .filter((row) => options.archived === true || !row.notes.archived)
    .filter((row) => filter === undefined || matches(filter, filterSubject(row, nowMs)))
  return sortRows(rows, options.sort ?? '-created', nowMs).slice(0, options.limit ?? rows.length)
}

/** Which versions each run led to, further runs of equal content included. */
export async function versionLabels(snapshot: BranchSnapshot): Promise<ReadonlyMap<RunId, readonly VersionLabel[]>> {
  const labels = new Map<RunId, VersionLabel[]>()
  for (const model of await listModelNames(snapshot)) {
    const aliases = await readAliases(snapshot, model)
    for (const version of await readVersions(snapshot, model)) {
      const label = { model, number: version.number, aliases: aliasesOf(aliases, version.number) }
      const state = await readState(snapshot, model, version.number)
      for (const run of [version.run, ...state.runs]) labels.set(run, [...(labels.get(run) ?? []), label])
    }
  }
  return labels
}

/** Names of the aliases that name a version now. */
export function aliasesOf(aliases: readonly Alias[], number: VersionNumber): readonly AliasName[] {
  return aliases.filter((alias) => alias.version.number === number).map((alias) => alias.name)
}

/** Sorts by a field; rows without it come last in either direction, and ties keep the newest first. */
function sortRows(rows: readonly RunRow[], sort: string, nowMs: number): readonly RunRow[] {
  const key = sortKeyOf(sort)
  const keyed = rows.map((row) => ({ row, value: sortValueOf(key, filterSubject(row, nowMs)) }))
  keyed.sort((left, right) => {
    const order = compareSortValues(key, left.value, right.value)
    return order !== 0 ? order : compareText(right.row.run.id, left.row.run.id)
  })
  return keyed.map(({ row }) => row)
}
