/**
 * Registering a version: which number it gets, whether it is new at all, and what it adds to the branch.
 */
import { sha256Of } from '../../base/digest.ts'
import { newUlid } from '../../base/ulid.ts'
import type { Clock, Entropy } from '../../base/clock.ts'
import { relativeTo, baseName } from '../../domain/artifact-path.ts'
import { totalsOf } from '../../domain/artifact.ts'
import type { ArtifactFile } from '../../domain/artifact.ts'
import type { StoreKind } from '../../domain/branch.ts'
import { contentDigestOf } from '../../domain/content-digest.ts'
import { refuse } from '../../domain/failure.ts'
import { nextVersionNumber, versionUidOf } from '../../domain/model-version.ts'
import type { ModelVersion } from '../../domain/model-version.ts'
import { foldName } from '../../domain/name.ts'
import type { ModelName } from '../../domain/name.ts'
import type { SealedRun } from '../../domain/run.ts'
import { runFolder, treePath, versionFolder } from '../../domain/tree-path.ts'
import { attributesText } from '../../store/artifacts/attributes.ts'
import { packEdits } from '../../store/artifacts/record-files.ts'
import { encodeFiles, encodeTensors } from '../../store/documents/files-manifest.ts'
import { encodeModel } from '../../store/documents/model-manifest.ts'
import { rewriteState } from '../../store/documents/state-manifest.ts'
import { encodeVersion } from '../../store/documents/version-manifest.ts'
import type { TreeEdit } from '../../store/git/engine.ts'
import {
  findVersionOf,
  listModelNames,
  listVersionNumbers,
  modelPath,
  readModel,
  readState,
  readStateBytes,
  statePath,
} from '../../store/branch/read-models.ts'
import type { BranchSnapshot } from '../../store/branch/snapshot.ts'
import { put } from './run-edits.ts'
import type { ModelRequest, RunRecord } from './run-edits.ts'

/** A version a run led to: a new one, or the one that already had this content. */
export interface Registration {
  readonly version: ModelVersion
  readonly created: boolean
  /** Why the version is not to be used; absent for one that may be. */
  readonly retired?: string
  readonly edits: readonly TreeEdit[]
}

/**
 * Plans the version of a run. Pure but for the reads of the pinned snapshot.
 *
 * @throws `name-taken`, `file-not-found` when nothing of the run is below the model's path
 */
export async function planVersion(
  snapshot: BranchSnapshot,
  record: RunRecord,
  request: ModelRequest,
  world: { readonly clock: Clock; readonly entropy: Entropy },
): Promise<Registration> {
  const files = modelFiles(record.files, request)
  const { run } = record
  const contentDigest = contentDigestOf({
    files,
    model: request.name,
    parameters: run.parameters,
    datasets: run.datasets,
    codeDigest: run.code.kind === 'commit' ? sha256Of(run.code.tree) : null,
  })
  const equal = request.newVersion ? undefined : await findVersionOf(snapshot, request.name, contentDigest)
  if (equal !== undefined) return joinVersion(snapshot, equal, run)
  const version: ModelVersion = {
    model: request.name,
    number: nextVersionNumber(await listVersionNumbers(snapshot, request.name)),
    uid: versionUidOf(newUlid(world.clock, world.entropy)),
    run: run.id,
    createdAt: run.status === 'killed' ? run.lastSeenAt : run.endedAt,
    ...(run.message === undefined ? {} : { message: run.message }),
    path: request.path,
    contentDigest,
    files: totalsOf(files),
    parameters: run.parameters,
    metrics: run.metrics,
    datasets: run.datasets,
    code: run.code,
  }
  const modelEdits = await planModel(snapshot, request)
  const isFile = record.files.some((file) => file.path === request.path)
  return {
    version,
    created: true,
    edits: [...modelEdits, ...versionEdits(version, files, { isFile, store: record.store })],
  }
}

/**
 * Refuses a request that could never be registered, so that no journal is left which nothing can seal.
 *
 * @throws `name-taken`, `file-not-found`
 */
export async function refuseUnregistrable(
  snapshot: BranchSnapshot,
  files: readonly ArtifactFile[],
  request: Pick<ModelRequest, 'name' | 'path'>,
): Promise<void> {
  modelFiles(files, request)
  await refuseTakenName(snapshot, request.name)
}

/** The files below the model's path, relative to it; a model of one file keeps its base name. */
function modelFiles(
  files: readonly ArtifactFile[],
  request: Pick<ModelRequest, 'name' | 'path'>,
): readonly ArtifactFile[] {
  const below = files.flatMap((file) => {
    if (file.path === request.path) return [{ ...file, path: baseName(file.path) }]
    const path = relativeTo(request.path, file.path)
    return path === undefined ? [] : [{ ...file, path }]
  })
  if (below.length === 0) throw refuse('file-not-found', { file: request.path, wanted: `model ${request.name} at` })
  return below
}

function versionEdits(
  version: ModelVersion,
  files: readonly ArtifactFile[],
  shape: { readonly isFile: boolean; readonly store: StoreKind },
): readonly TreeEdit[] {
  const { isFile, store } = shape
  const folder = versionFolder(version.model, version.number)
  const source = treePath(runFolder(version.run), `files/${version.path}`)
  const target = treePath(folder, isFile ? `files/${baseName(version.path)}` : 'files')
  const edits: TreeEdit[] = [
    put(folder, 'version.yaml', encodeVersion(version)),
    put(folder, 'files.yaml', encodeFiles(files)),
    ...packEdits(folder, files, store),
  ]
  // Packed files have no place of their own on the branch.
  if (files.some(({ storage }) => storage.kind !== 'packed')) edits.push({ kind: 'copy', from: source, to: target })
  const attributes = attributesText(files, store)
  if (attributes !== undefined) edits.push(put(folder, '.gitattributes', attributes))
  const tensors = encodeTensors(files)
  if (tensors !== undefined) edits.push(put(folder, 'tensors.json', tensors))
  return edits
}

/** Adds a run to the version that has its content already. */
async function joinVersion(snapshot: BranchSnapshot, version: ModelVersion, run: SealedRun): Promise<Registration> {
  const state = await readState(snapshot, version.model, version.number)
  const previous = await readStateBytes(snapshot, version.model, version.number)
  const bytes = rewriteState(previous, { ...state, runs: [...state.runs, run.id] })
  const edits = [{ kind: 'put' as const, path: statePath(version.model, version.number), bytes }]
  const retired = state.retired === undefined ? {} : { retired: state.retired.reason }
  return { version, created: false, ...retired, edits }
}

async function planModel(snapshot: BranchSnapshot, request: ModelRequest): Promise<readonly TreeEdit[]> {
  if ((await readModel(snapshot, request.name)) !== undefined) return []
  await refuseTakenName(snapshot, request.name)
  const model = { name: request.name, metrics: request.seedRules, owners: [] }
  return [{ kind: 'put', path: modelPath(request.name), bytes: encodeModel(model) }]
}

/** Two models that differ only in case would be one folder on some systems. */
async function refuseTakenName(snapshot: BranchSnapshot, wanted: ModelName): Promise<void> {
  const names = await listModelNames(snapshot)
  const existing = names.find((name) => foldName(name) === foldName(wanted) && name !== wanted)
  if (existing !== undefined) throw refuse('name-taken', { kind: 'model', text: wanted, existing })
}
