/**
 * What a snapshot has other than the index: the runs and versions that differ, read from the branch.
 */
import { parseVersionNumber } from '../../domain/model-version.ts'
import type { VersionNumber } from '../../domain/model-version.ts'
import { FRESH_STATE } from '../../domain/model-version.ts'
import { parseModelName } from '../../domain/name.ts'
import type { ModelName } from '../../domain/name.ts'
import type { Oid } from '../../domain/oid.ts'
import { NO_NOTES, parseRunId } from '../../domain/run.ts'
import type { RunId } from '../../domain/run.ts'
import { runFolder } from '../../domain/tree-path.ts'
import type { NotedRun } from '../branch/read-runs.ts'
import type { BranchSnapshot } from '../branch/snapshot.ts'
import { decodeNotes } from '../documents/notes-manifest.ts'
import { decodeRun } from '../documents/run-manifest.ts'
import { decodeState } from '../documents/state-manifest.ts'
import { decodeVersion } from '../documents/version-manifest.ts'
import type { GitEngine } from '../git/engine.ts'
import { BranchUnusual } from './branch-unusual.ts'
import { changedManifests, RUN_FOLDERS, VERSION_FOLDERS } from './changed-manifests.ts'
import type { ManifestFolder } from './changed-manifests.ts'
import type { VersionRecord, VersionRuns } from './run-catalog.ts'

/** A run that differs; without a record where the snapshot has none. */
export interface ChangedRun {
  readonly id: RunId
  readonly run: Oid | undefined
  readonly notes: Oid | undefined
}

/** A version that differs; without a record where the snapshot has none. */
export interface ChangedVersion {
  readonly model: ModelName
  readonly number: VersionNumber
  readonly record: VersionRecord | undefined
}

/**
 * Runs that differ since a commit, sorted by id; all of them since none. `undefined` when there are more than `limit`.
 *
 * @throws `BranchUnusual`, what reading the branch refuses
 */
export async function changedRuns(
  snapshot: BranchSnapshot,
  since: Oid,
  limit: number,
): Promise<readonly ChangedRun[] | undefined> {
  const changes: ChangedRun[] = []
  for await (const group of changedRunGroups(snapshot, since)) {
    changes.push(...group)
    if (changes.length > limit) return undefined
  }
  return changes
}

/** Runs that differ since a commit, some at a time, sorted by id. @throws as `changedRuns` */
export async function* changedRunGroups(
  { engine, tips }: BranchSnapshot,
  since: Oid | undefined,
): AsyncGenerator<readonly ChangedRun[]> {
  if (since === tips.records) return
  for await (const group of changedManifests(engine, RUN_FOLDERS, [since, tips.records], changedRun)) {
    // Folders come in the order of their days, which is that of their ids.
    yield group.toSorted((left, right) => (left.id < right.id ? -1 : 1))
  }
}

function changedRun({ path, name, manifests }: ManifestFolder): ChangedRun | undefined {
  const id = parseRunId(name)
  if (id === undefined) return undefined
  if (path !== runFolder(id)) throw new BranchUnusual(`run ${id} is in another folder`)
  return { id, run: manifests[0], notes: manifests[1] }
}

/** Where records are read from. */
export interface BlobSource {
  readonly engine: Pick<GitEngine, 'readBlobBatches'>
}

/**
 * Reads changed runs that have a record, in their order, some at a time; each is decoded when it is asked for.
 *
 * @throws `BranchUnusual`, what reading the branch refuses; iterating over some of them too
 */
export async function* readChangedRuns(
  { engine }: BlobSource,
  changes: readonly ChangedRun[],
): AsyncGenerator<Iterable<NotedRun>> {
  const asked = changes.flatMap(({ id, run, notes }) => {
    if (run === undefined) return []
    return [{ id, oid: run, hasNotes: notes !== undefined }, ...(notes === undefined ? [] : [{ id, oid: notes }])]
  })
  let index = 0
  let waiting: NotedRun['run'] | undefined
  function* decoded(batch: readonly Uint8Array[]): Generator<NotedRun> {
    for (const bytes of batch) {
      const question = asked[index]
      index += 1
      if (question === undefined) return
      const { id } = question
      if (!('hasNotes' in question)) {
        if (waiting !== undefined) yield { run: waiting, notes: decodeNotes(bytes, `${runFolder(id)}/notes.yaml`) }
        continue
      }
      const run = readRecord(bytes, id)
      if (question.hasNotes) waiting = run
      else yield { run, notes: NO_NOTES }
    }
  }
  for await (const batch of engine.readBlobBatches(asked.map(({ oid }) => oid))) yield decoded(batch)
}

function readRecord(bytes: Uint8Array, id: RunId): NotedRun['run'] {
  const run = decodeRun(bytes, `runs/${id}/run.yaml`)
  if (run.id !== id) throw new BranchUnusual(`run ${run.id} is in the folder of ${id}`)
  return run
}

/**
 * Versions that differ since a commit, in no order; all of them since none. `undefined` when there are more than
 * `limit`.
 *
 * @throws `BranchUnusual`, what reading the branch refuses
 */
export async function changedVersions(
  snapshot: BranchSnapshot,
  since: Oid | undefined,
  limit: number,
): Promise<readonly ChangedVersion[] | undefined> {
  const { engine, tips } = snapshot
  if (since === tips.records) return []
  const changes: ChangedVersion[] = []
  for await (const group of changedManifests(engine, VERSION_FOLDERS, [since, tips.records], changedFolder)) {
    if (changes.length + group.length > limit) return undefined
    changes.push(...(await readVersionRecords(snapshot, group)))
  }
  return changes
}

interface ChangedFolder {
  readonly path: string
  readonly model: ModelName
  readonly number: VersionNumber
  readonly version: Oid | undefined
  readonly state: Oid | undefined
}

/** @throws `name-invalid` */
function changedFolder({ path, name, manifests }: ManifestFolder): ChangedFolder | undefined {
  const number = name.startsWith('v') ? undefined : parseVersionNumber(name)
  if (number !== undefined) {
    return { path, model: parseModelName(path.split('/')[1] ?? ''), number, version: manifests[0], state: manifests[1] }
  }
  if (manifests[0] !== undefined) throw new BranchUnusual(`${path} is no version`)
  return undefined
}

async function readVersionRecords(
  { engine }: BranchSnapshot,
  folders: readonly ChangedFolder[],
): Promise<readonly ChangedVersion[]> {
  const asked = folders.flatMap((folder) => {
    if (folder.version === undefined) return []
    const version = { folder, oid: folder.version, isState: false }
    return folder.state === undefined ? [version] : [version, { folder, oid: folder.state, isState: true }]
  })
  const records = new Map<ChangedFolder, VersionRecord>()
  let index = 0
  for await (const batch of engine.readBlobBatches(asked.map(({ oid }) => oid))) {
    for (const bytes of batch) {
      const question = asked[index]
      index += 1
      if (question === undefined) break
      const { folder, isState } = question
      const known = records.get(folder)
      if (!isState) records.set(folder, { version: readVersion(bytes, folder), state: FRESH_STATE })
      else if (known !== undefined) {
        records.set(folder, { ...known, state: decodeState(bytes, `${folder.path}/state.yaml`) })
      }
    }
  }
  return folders.map((folder) => ({ model: folder.model, number: folder.number, record: records.get(folder) }))
}

function readVersion(bytes: Uint8Array, { path, model, number }: ChangedFolder): VersionRecord['version'] {
  const version = decodeVersion(bytes, `${path}/version.yaml`)
  if (version.model !== model || version.number !== number) {
    throw new BranchUnusual(`version ${version.model}@v${version.number} is in another folder`)
  }
  return version
}

/** The runs of a version: the one that made it, then further ones of equal content. */
export function versionRunsOf({ version, state }: VersionRecord): VersionRuns {
  return { model: version.model, number: version.number, runs: [version.run, ...state.runs] }
}

/** Puts changes over versions; `shape` makes of a changed version what the others are. */
export function withChangedVersions<Item>(
  versions: readonly Item[],
  changes: readonly ChangedVersion[],
  { keyOf, shape }: { readonly keyOf: (item: Item) => string; readonly shape: (record: VersionRecord) => Item },
): readonly Item[] {
  if (changes.length === 0) return versions
  const changed = new Set(changes.map(versionKey))
  return [
    ...versions.filter((version) => !changed.has(keyOf(version))),
    ...changes.flatMap(({ record }) => (record === undefined ? [] : [shape(record)])),
  ]
}

/** One text a version. */
export function versionKey({ model, number }: Pick<VersionRuns, 'model' | 'number'>): string {
  return `${model}@${number}`
}
