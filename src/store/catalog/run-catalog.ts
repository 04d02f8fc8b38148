/**
 * Looking runs up: the one interface of lists, filters and revisions, answered from the index or the branch itself.
 * Both answer alike; test/property/catalog.test.ts holds that.
 */
import type { VersionNumber } from '../../domain/model-version.ts'
import type { ModelName } from '../../domain/name.ts'
import { runOutline } from '../../domain/run-outline.ts'
import type { OutlineKeys, RunOutline } from '../../domain/run-outline.ts'
import type { RunId } from '../../domain/run.ts'
import { listModelNames, readState, readVersions } from '../branch/read-models.ts'
import { findRunIds, readAllRuns } from '../branch/read-runs.ts'
import type { NotedRun } from '../branch/read-runs.ts'
import type { BranchSnapshot } from '../branch/snapshot.ts'

/** A version and the runs that led to it: the one that made it, then further ones of equal content. */
export interface VersionRuns {
  readonly model: ModelName
  readonly number: VersionNumber
  readonly runs: readonly RunId[]
}

/** The runs of a snapshot. */
export interface RunCatalog {
  /** Outlines of every run, oldest first, with at least the values asked for. */
  readonly outlines: (keys: OutlineKeys) => Promise<readonly RunOutline[]>
  /** Whole records, in the order asked; a run that the snapshot does not have is left out. */
  readonly records: (ids: readonly RunId[]) => Promise<readonly NotedRun[]>
  /** Whole records of every run, oldest first. */
  readonly allRecords: () => Promise<readonly NotedRun[]>
  /** Whole records of every run, oldest first, in the memory of some hundred. */
  readonly scan: () => AsyncIterable<NotedRun>
  /** Ids of every run whose id starts with a prefix, oldest first. */
  readonly idsStarting: (prefix: string) => Promise<readonly RunId[]>
  /** Every version with its runs: models by name, versions ascending. */
  readonly versionRuns: () => Promise<readonly VersionRuns[]>
}

/** Reads the branch itself, the whole of it at most once. */
export function branchCatalog(snapshot: BranchSnapshot): RunCatalog {
  let all: Promise<readonly NotedRun[]> | undefined
  const allRecords = (): Promise<readonly NotedRun[]> => (all ??= readAllRuns(snapshot))
  return {
    outlines: async () => (await allRecords()).map(({ run, notes }) => runOutline(run, notes)),
    records: async (ids) => inOrder(ids, await allRecords()),
    allRecords,
    scan: async function* () {
      yield* await allRecords()
    },
    idsStarting: (prefix) => findRunIds(snapshot, prefix),
    versionRuns: () => readVersionRuns(snapshot),
  }
}

/** Puts records into the order of ids. */
export function inOrder(ids: readonly RunId[], records: readonly NotedRun[]): readonly NotedRun[] {
  const byId = new Map(records.map((record) => [record.run.id, record]))
  return ids.flatMap((id) => byId.get(id) ?? [])
}

async function readVersionRuns(snapshot: BranchSnapshot): Promise<readonly VersionRuns[]> {
  const found: VersionRuns[] = []
  for (const model of await listModelNames(snapshot)) {
    for (const { number, run } of await readVersions(snapshot, model)) {
      const { runs } = await readState(snapshot, model, number)
      found.push({ model, number, runs: [run, ...runs] })
    }
  }
  return found
}
