/**
 * Looking runs up: the one interface of lists, filters and revisions, answered from the index or the branch itself.
 * Both answer alike; test/property/catalog.test.ts holds that.
 */
import type { ModelVersion, VersionNumber, VersionState } from '../../domain/model-version.ts'
import type { ModelName } from '../../domain/name.ts'
import { runOutline } from '../../domain/run-outline.ts'
import type { OutlineKeys, RunOutline } from '../../domain/run-outline.ts'
import type { RunId } from '../../domain/run.ts'
import { listModelNames, readState, readVersions } from '../branch/read-models.ts'
import { findRunIds, readAllRuns } from '../branch/read-runs.ts'
import type { NotedRun } from '../branch/read-runs.ts'
import type { BranchSnapshot } from '../branch/snapshot.ts'
import { BLOCK_RUNS, columnsOf } from './run-block.ts'
import type { RunColumns } from './run-block.ts'

export type { RunColumns }

/** A version and the runs that led to it: the one that made it, then further ones of equal content. */
export interface VersionRuns {
  readonly model: ModelName
  readonly number: VersionNumber
  readonly runs: readonly RunId[]
}

/** A version with what was said about it later. */
export interface VersionRecord {
  readonly version: ModelVersion
  readonly state: VersionState
}

/** The runs of a snapshot. */
export interface RunCatalog {
  /** Outlines of every run, oldest first, with at least the values asked for. */
  readonly outlines: (keys: OutlineKeys) => Promise<readonly RunOutline[]>
  /** The same, newest first and some at a time, so that who has found enough reads no further. */
  readonly newestOutlines: (keys: OutlineKeys) => AsyncIterable<readonly RunOutline[]>
  /**
   * Whole records, in the order asked; a run that the snapshot does not have is left out. Where `keys` is given, with
   * at least those values.
   */
  readonly records: (ids: readonly RunId[], keys?: OutlineKeys) => Promise<readonly NotedRun[]>
  /** Whole records of every run, oldest first. */
  readonly allRecords: () => Promise<readonly NotedRun[]>
  /** Whole records of every run, oldest first, in the memory of some hundred; with at least these values. */
  readonly scan: (keys?: OutlineKeys) => AsyncIterable<NotedRun>
  /**
   * Every run as columns, oldest first: blocks of at most 1024 runs, each sorted by id. Where `keys` is given, with at
   * least those values.
   */
  readonly columnBlocks: (keys?: OutlineKeys) => AsyncIterable<RunColumns>
  /** Ids of every run whose id starts with a prefix, oldest first. */
  readonly idsStarting: (prefix: string) => Promise<readonly RunId[]>
  /** Every version with its runs: models by name, versions ascending. */
  readonly versionRuns: () => Promise<readonly VersionRuns[]>
  /** The versions of one model, ascending. */
  readonly versionsOf: (model: ModelName) => Promise<readonly VersionRecord[]>
}

/** Reads the branch itself, the whole of it at most once. */
export function branchCatalog(snapshot: BranchSnapshot): RunCatalog {
  let all: Promise<readonly NotedRun[]> | undefined
  const allRecords = (): Promise<readonly NotedRun[]> => (all ??= readAllRuns(snapshot))
  const outlines = async (): Promise<readonly RunOutline[]> => {
    return (await allRecords()).map(({ run, notes }) => runOutline(run, notes))
  }
  return {
    outlines,
    newestOutlines: async function* () {
      yield (await outlines()).toReversed()
    },
    records: async (ids) => inOrder(ids, await allRecords()),
    allRecords,
    scan: async function* () {
      yield* await allRecords()
    },
    columnBlocks: async function* () {
      yield* columnsInBlocks(await allRecords())
    },
    idsStarting: (prefix) => findRunIds(snapshot, prefix),
    versionRuns: () => readVersionRuns(snapshot),
    versionsOf: (model) => readVersionRecords(snapshot, model),
  }
}

/** Records as columns, block by block. */
export function* columnsInBlocks(records: readonly NotedRun[]): Generator<RunColumns> {
  for (let at = 0; at < records.length; at += BLOCK_RUNS) yield columnsOf(records.slice(at, at + BLOCK_RUNS))
}

/** Puts records into the order of ids. */
export function inOrder(ids: readonly RunId[], records: readonly NotedRun[]): readonly NotedRun[] {
  const byId = new Map(records.map((record) => [record.run.id, record]))
  return ids.flatMap((id) => byId.get(id) ?? [])
}

async function readVersionRuns(snapshot: BranchSnapshot): Promise<readonly VersionRuns[]> {
  const found: VersionRuns[] = []
  for (const model of await listModelNames(snapshot)) {
    for (const { version, state } of await readVersionRecords(snapshot, model)) {
      found.push({ model, number: version.number, runs: [version.run, ...state.runs] })
    }
  }
  return found
}

async function readVersionRecords(snapshot: BranchSnapshot, model: ModelName): Promise<readonly VersionRecord[]> {
  const versions = await readVersions(snapshot, model)
  return Promise.all(
    versions.map(async (version) => ({ version, state: await readState(snapshot, model, version.number) })),
  )
}
