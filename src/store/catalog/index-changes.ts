/**
 * What a snapshot has other than the index: the runs and versions that differ, read from the branch.
 */
import { parseVersionNumber } from '../../domain/model-version.ts'
import type { VersionNumber } from '../../domain/model-version.ts'
import { parseModelName } from '../../domain/name.ts'
import type { ModelName } from '../../domain/name.ts'
import type { Oid } from '../../domain/oid.ts'
import { NO_NOTES, parseRunId } from '../../domain/run.ts'
import type { RunId, RunNotes } from '../../domain/run.ts'
import { runFolder } from '../../domain/tree-path.ts'
import type { NotedRun } from '../branch/read-runs.ts'
import type { BranchSnapshot } from '../branch/snapshot.ts'
import { decodeNotes } from '../documents/notes-manifest.ts'
import { decodeRun } from '../documents/run-manifest.ts'
import { decodeState } from '../documents/state-manifest.ts'
import { decodeVersion } from '../documents/version-manifest.ts'
import { BranchUnusual } from './branch-unusual.ts'
import { changedManifests, RUN_FOLDERS, VERSION_FOLDERS } from './changed-manifests.ts'
import type { ManifestFolder } from './changed-manifests.ts'
import type { VersionRuns } from './run-catalog.ts'

/** Records asked for together: their questions are in memory until they are answered. */
const READ_AT_ONCE = 1024

/** A run that differs; without a record where the snapshot has none. */
export interface ChangedRun {
  readonly id: RunId
  readonly run: Oid | undefined
  readonly notes: Oid | undefined
}

/** A version that differs; without runs where the snapshot has none. */
export interface ChangedVersion {
  readonly model: ModelName
  readonly number: VersionNumber
  readonly runs: readonly RunId[] | undefined
}

/**
 * Runs that differ since a commit, sorted by id; all of them since none. `undefined` when there are more than `limit`.
 *
 * @throws `BranchUnusual`, what reading the branch refuses
 */
export async function changedRuns(
  { engine, tips }: BranchSnapshot,
  since: Oid | undefined,
  limit: number,
): Promise<readonly ChangedRun[] | undefined> {
  if (since === tips.records) return []
  const changes = await changedManifests(engine, RUN_FOLDERS, [since, tips.records, limit], changedRun)
  return changes?.toSorted((left, right) => (left.id < right.id ? -1 : 1))
}

function changedRun({ names, manifests }: ManifestFolder): readonly ChangedRun[] {
  const id = parseRunId(names.at(-1) ?? '')
  if (id === undefined) return []
  if (`runs/${names.join('/')}` !== runFolder(id)) throw new BranchUnusual(`run ${id} is in another folder`)
  return [{ id, run: manifests.get('run.yaml'), notes: manifests.get('notes.yaml') }]
}

/** Reads changed runs that have a record, in their order. @throws `BranchUnusual`, what reading the branch refuses */
export async function* readChangedRuns(
  snapshot: BranchSnapshot,
  changes: readonly ChangedRun[],
): AsyncGenerator<NotedRun> {
  for (let at = 0; at < changes.length; at += READ_AT_ONCE) {
    yield* readSomeRuns(snapshot, changes.slice(at, at + READ_AT_ONCE))
  }
}

async function* readSomeRuns({ engine }: BranchSnapshot, changes: readonly ChangedRun[]): AsyncGenerator<NotedRun> {
  const asked = changes.flatMap(({ id, run, notes }) => {
    if (run === undefined) return []
    return [{ id, oid: run, hasNotes: notes !== undefined }, ...(notes === undefined ? [] : [{ id, oid: notes }])]
  })
  let index = 0
  let waiting: NotedRun['run'] | undefined
  for await (const bytes of engine.readBlobs(asked.map(({ oid }) => oid))) {
    const question = asked[index]
    index += 1
    if (question === undefined) return
    if (!('hasNotes' in question)) {
      const notes: RunNotes = decodeNotes(bytes, `${runFolder(question.id)}/notes.yaml`)
      if (waiting !== undefined) yield { run: waiting, notes }
      continue
    }
    const run = decodeRun(bytes, `${runFolder(question.id)}/run.yaml`)
    if (run.id !== question.id) throw new BranchUnusual(`run ${run.id} is in the folder of ${question.id}`)
    if (question.hasNotes) waiting = run
    else yield { run, notes: NO_NOTES }
  }
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
  const folders = await changedManifests(engine, VERSION_FOLDERS, [since, tips.records, limit], (folder) => [folder])
  if (folders === undefined) return undefined
  const states = await readRunsOfStates(snapshot, folders)
  const withVersion = folders.filter(({ manifests }) => manifests.has('version.yaml'))
  const changes: ChangedVersion[] = []
  for (const folder of folders) {
    const place = placeOf(folder)
    if (place !== undefined && !folder.manifests.has('version.yaml')) changes.push({ ...place, runs: undefined })
  }
  let index = 0
  for await (const bytes of engine.readBlobs(
    withVersion.flatMap(({ manifests }) => manifests.get('version.yaml') ?? []),
  )) {
    const folder = withVersion[index]
    index += 1
    const place = folder === undefined ? undefined : placeOf(folder)
    if (folder === undefined || place === undefined) continue
    const version = decodeVersion(bytes, `models/${folder.names.join('/')}/version.yaml`)
    if (version.model !== place.model || version.number !== place.number) {
      throw new BranchUnusual(`version ${version.model}@v${version.number} is in another folder`)
    }
    changes.push({ ...place, runs: [version.run, ...(states.get(folder) ?? [])] })
  }
  return changes
}

/** Puts changes over versions. */
export function withChangedVersions(
  versions: readonly VersionRuns[],
  changes: readonly ChangedVersion[],
): readonly VersionRuns[] {
  if (changes.length === 0) return versions
  const keyOf = ({ model, number }: Pick<VersionRuns, 'model' | 'number'>): string => `${model}@${number}`
  const changed = new Set(changes.map(keyOf))
  return [
    ...versions.filter((version) => !changed.has(keyOf(version))),
    ...changes.flatMap(({ model, number, runs }) => (runs === undefined ? [] : [{ model, number, runs }])),
  ]
}

async function readRunsOfStates(
  { engine }: BranchSnapshot,
  folders: readonly ManifestFolder[],
): Promise<ReadonlyMap<ManifestFolder, readonly RunId[]>> {
  const withState = folders.filter(({ manifests }) => manifests.has('state.yaml') && manifests.has('version.yaml'))
  const states = new Map<ManifestFolder, readonly RunId[]>()
  let index = 0
  for await (const bytes of engine.readBlobs(withState.flatMap(({ manifests }) => manifests.get('state.yaml') ?? []))) {
    const folder = withState[index]
    index += 1
    if (folder !== undefined) states.set(folder, decodeState(bytes, `models/${folder.names.join('/')}/state.yaml`).runs)
  }
  return states
}

/** Names the folder of a version; `undefined` for a folder that is none. @throws `name-invalid` */
function placeOf({ names }: ManifestFolder): Omit<ChangedVersion, 'runs'> | undefined {
  const [model, number] = names
  const parsed = number === undefined || number.startsWith('v') ? undefined : parseVersionNumber(number)
  return model === undefined || parsed === undefined ? undefined : { model: parseModelName(model), number: parsed }
}
