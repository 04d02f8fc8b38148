/**
 * Reads models, their versions and aliases from a snapshot of the branch.
 */
import { compareText } from '../../base/order.ts'
import type { Alias } from '../../domain/alias.ts'
import type { ArtifactFile } from '../../domain/artifact.ts'
import type { ContentDigest } from '../../domain/content-digest.ts'
import { isFailure, refuse } from '../../domain/failure.ts'
import type { Model } from '../../domain/model.ts'
import { FRESH_STATE, parseVersionNumber } from '../../domain/model-version.ts'
import type { ModelVersion, VersionNumber, VersionState } from '../../domain/model-version.ts'
import { parseAliasName, parseModelName } from '../../domain/name.ts'
import type { AliasName, ModelName } from '../../domain/name.ts'
import type { Receipt } from '../../domain/receipt.ts'
import {
  aliasesFolder,
  aliasPath,
  modelFolder,
  MODELS_PATH,
  treePath,
  versionFolder,
  versionsFolder,
} from '../../domain/tree-path.ts'
import type { TreePath } from '../../domain/tree-path.ts'
import { decodeAlias } from '../documents/alias-manifest.ts'
import { decodeModel } from '../documents/model-manifest.ts'
import { decodeReceipt } from '../documents/receipt-manifest.ts'
import { decodeState } from '../documents/state-manifest.ts'
import { decodeVersion } from '../documents/version-manifest.ts'
import type { TreeEntry } from '../git/engine.ts'
import { readFileList } from './read-runs.ts'
import { readPath } from './snapshot.ts'
import type { BranchSnapshot } from './snapshot.ts'

/** Names of all models, sorted. A folder whose name is none is not one: a person with plain git may have made it. */
export async function listModelNames(snapshot: BranchSnapshot): Promise<readonly ModelName[]> {
  const entries = await entriesOf(snapshot, 'registry', MODELS_PATH)
  return entries.flatMap((entry) => (entry.kind === 'tree' ? modelNamed(entry.name) : []))
}

function modelNamed(text: string): readonly ModelName[] {
  try {
    return [parseModelName(text)]
  } catch (caught) {
    if (isFailure(caught, 'name-invalid')) return []
    throw caught
  }
}

/** Reads a model's own record; `undefined` when there is no such model. */
export async function readModel(snapshot: BranchSnapshot, name: ModelName): Promise<Model | undefined> {
  const path = modelPath(name)
  const bytes = await readPath(snapshot.engine, snapshot.tips.registry, path)
  return bytes === undefined ? undefined : decodeModel(bytes, path)
}

/** `models/<name>/model.yaml`. */
export function modelPath(name: ModelName): TreePath {
  return treePath(modelFolder(name), 'model.yaml')
}

/** Numbers ever given out, retired included, ascending. */
export async function listVersionNumbers(
  snapshot: BranchSnapshot,
  model: ModelName,
): Promise<readonly VersionNumber[]> {
  const entries = await entriesOf(snapshot, 'records', versionsFolder(model))
  return entries.flatMap((entry) => parseVersionNumber(entry.name) ?? []).sort((left, right) => left - right)
}

/** Reads one version; `undefined` when that number was never given out. */
export async function readVersion(
  snapshot: BranchSnapshot,
  model: ModelName,
  number: VersionNumber,
): Promise<ModelVersion | undefined> {
  const path = versionPath(model, number)
  const bytes = await readPath(snapshot.engine, snapshot.tips.records, path)
  return bytes === undefined ? undefined : decodeVersion(bytes, path)
}

/** Reads a version that another record names. @throws `version-not-found` */
export async function requireVersion(
  snapshot: BranchSnapshot,
  model: ModelName,
  number: VersionNumber,
): Promise<ModelVersion> {
  const version = await readVersion(snapshot, model, number)
  if (version === undefined) throw refuse('version-not-found', { model, text: `v${number}`, closest: [] })
  return version
}

/**
 * Finds the newest version with a content digest. All manifests are asked for at once, and only one that holds the
 * digest somewhere is decoded: a model may have thousands.
 */
export async function findVersionOf(
  snapshot: BranchSnapshot,
  model: ModelName,
  contentDigest: ContentDigest,
): Promise<ModelVersion | undefined> {
  const { engine } = snapshot
  const folders = (await entriesOf(snapshot, 'records', versionsFolder(model))).flatMap(({ name, kind, oid }) => {
    const number = kind === 'tree' ? parseVersionNumber(name) : undefined
    return number === undefined ? [] : [{ number, oid }]
  })
  const newestFirst = folders.sort((left, right) => right.number - left.number)
  const trees = await Promise.all(newestFirst.map(({ oid }) => engine.readTree(oid)))
  const manifests = trees.flatMap((tree, index) => {
    const oid = tree.find(({ name, kind }) => name === 'version.yaml' && kind === 'file')?.oid
    const number = newestFirst[index]?.number
    return oid === undefined || number === undefined ? [] : [{ oid, path: versionPath(model, number) }]
  })
  let index = 0
  for await (const bytes of engine.readBlobs(manifests.map(({ oid }) => oid))) {
    const path = manifests[index]?.path ?? versionsFolder(model)
    index += 1
    if (!Buffer.from(bytes.buffer, bytes.byteOffset, bytes.length).includes(contentDigest)) continue
    const version = decodeVersion(bytes, path)
    if (version.contentDigest === contentDigest) return version
  }
  return undefined
}

/** Reads every version of a model, ascending by number. */
export async function readVersions(snapshot: BranchSnapshot, model: ModelName): Promise<readonly ModelVersion[]> {
  const { engine, tips } = snapshot
  const files = await engine.listFiles(tips.records, versionsFolder(model))
  const manifests = files.filter((file) => /^[1-9][0-9]*\/version\.yaml$/.test(file.path))
  const versions: ModelVersion[] = []
  let index = 0
  for await (const bytes of engine.readBlobs(manifests.map((file) => file.oid))) {
    versions.push(decodeVersion(bytes, `${versionsFolder(model)}/${manifests[index]?.path ?? ''}`))
    index += 1
  }
  return versions.sort((left, right) => left.number - right.number)
}

/** What was said about a version later. */
export async function readState(
  snapshot: BranchSnapshot,
  model: ModelName,
  number: VersionNumber,
): Promise<VersionState> {
  const bytes = await readStateBytes(snapshot, model, number)
  return bytes === undefined ? FRESH_STATE : decodeState(bytes, statePath(model, number))
}

/** The state as written, for a rewrite that keeps fields this mlv does not know. */
export async function readStateBytes(
  snapshot: BranchSnapshot,
  model: ModelName,
  number: VersionNumber,
): Promise<Uint8Array | undefined> {
  return readPath(snapshot.engine, snapshot.tips.records, statePath(model, number))
}

/** `models/<name>/versions/<n>/state.yaml`. */
export function statePath(model: ModelName, number: VersionNumber): TreePath {
  return treePath(versionFolder(model, number), 'state.yaml')
}

/** The files of a version, relative to the model's folder, in path order. */
export async function readVersionFiles(
  snapshot: BranchSnapshot,
  model: ModelName,
  number: VersionNumber,
): Promise<readonly ArtifactFile[]> {
  return readFileList(snapshot, versionFolder(model, number))
}

/** Receipts of a version, oldest first. */
export async function readReceipts(
  snapshot: BranchSnapshot,
  model: ModelName,
  number: VersionNumber,
): Promise<readonly Receipt[]> {
  const folder = treePath(versionFolder(model, number), 'receipts')
  const entries = await entriesOf(snapshot, 'records', folder)
  return Promise.all(
    entries.map(async (entry) => decodeReceipt(await snapshot.engine.readBlob(entry.oid), `${folder}/${entry.name}`)),
  )
}

/** Reads an alias; `undefined` when the model has none of that name. */
export async function readAlias(
  snapshot: BranchSnapshot,
  model: ModelName,
  alias: AliasName,
): Promise<Alias | undefined> {
  const path = aliasPath(model, alias)
  const bytes = await readPath(snapshot.engine, snapshot.tips.registry, path)
  return bytes === undefined ? undefined : decodeAlias(bytes, path, model, alias)
}

/** Reads all aliases of a model, sorted by name. */
export async function readAliases(snapshot: BranchSnapshot, model: ModelName): Promise<readonly Alias[]> {
  const folder = aliasesFolder(model)
  const entries = await entriesOf(snapshot, 'registry', folder)
  const aliases = await Promise.all(
    entries
      .filter((entry) => entry.name.endsWith('.yaml'))
      .map(async (entry) => {
        const bytes = await snapshot.engine.readBlob(entry.oid)
        return decodeAlias(
          bytes,
          `${folder}/${entry.name}`,
          model,
          parseAliasName(entry.name.slice(0, -'.yaml'.length)),
        )
      }),
  )
  return aliases.sort((left, right) => compareText(left.name, right.name))
}

async function entriesOf(
  snapshot: BranchSnapshot,
  area: 'registry' | 'records',
  folder: TreePath,
): Promise<readonly TreeEntry[]> {
  const entry = await snapshot.engine.entryAt(snapshot.tips[area], folder)
  return entry?.kind === 'tree' ? snapshot.engine.readTree(entry.oid) : []
}

/** `models/<name>/versions/<n>/version.yaml`. */
function versionPath(model: ModelName, number: VersionNumber): TreePath {
  return treePath(versionFolder(model, number), 'version.yaml')
}
