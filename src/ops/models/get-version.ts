/**
 * `mlv get`: files of a version, or one tensor, straight from a remote and without a clone. Of the branch only the
 * trees and the few records that lead to the version are fetched, of the artifacts only what was asked for.
 */
import { join, resolve } from 'node:path'
import { parseArtifactPath } from '../../domain/artifact-path.ts'
import type { ArtifactPath } from '../../domain/artifact-path.ts'
import type { ArtifactFile, Tensor } from '../../domain/artifact.ts'
import type { BranchSettings } from '../../domain/branch.ts'
import { isFailure, refuse } from '../../domain/failure.ts'
import type { ModelVersion } from '../../domain/model-version.ts'
import { treePath, versionFolder } from '../../domain/tree-path.ts'
import type { ArtifactTransfer, OnTransferProgress } from '../../remote/artifact-transfer.ts'
import { branchRefspecs, fetchRefs } from '../../remote/git-transport.ts'
import { withoutCredentials } from '../../remote/git-progress.ts'
import { parseRemoteUrl } from '../../remote/remote-url.ts'
import { placeFiles } from '../../store/artifacts/checkout-files.ts'
import { mapAtOnce } from '../../store/artifacts/at-once.ts'
import { sourceOf } from '../../store/artifacts/checkout-plan.ts'
import type { PlannedFile } from '../../store/artifacts/checkout-plan.ts'
import { removeTree } from '../../store/artifacts/remove-tree.ts'
import { headerRange, LENGTH_RANGE, tensorFile, tensorRange } from '../../store/artifacts/tensor-part.ts'
import { readVersionFiles } from '../../store/branch/read-models.ts'
import { openSnapshot, readPath, REGISTRY_REF } from '../../store/branch/snapshot.ts'
import type { BranchSnapshot } from '../../store/branch/snapshot.ts'
import { nodeFiles } from '../../store/files/node-files.ts'
import { findGit, gitFailure, runGit } from '../../store/git/git-command.ts'
import { bringArtifacts } from '../artifacts/bring-artifacts.ts'
import { requireContent } from '../artifacts/check-content.ts'
import { openRepository } from '../repository/repository.ts'
import type { OpenOptions, Repository } from '../repository/repository.ts'
import { bringPart, collect, partReader } from '../artifacts/part-of-object.ts'
import { resolveVersion } from '../revisions/resolve-revision.ts'
import { withSharedStore } from '../repository/artifact-store-access.ts'
import { openRemote } from '../repository/share-state.ts'
import type { ShareProgress } from '../repository/share-state.ts'

/** What to get of a version, and where to put it. */
export interface GetOptions {
  /** Files below the model's folder; all when empty. */
  readonly files: readonly string[]
  /** One tensor of a safetensors file instead of whole files. */
  readonly tensor?: string
  /** A folder; where the command was started when absent. */
  readonly to?: string
  readonly force: boolean
  readonly onProgress?: (progress: ShareProgress) => void
}

/** What was put where. */
export interface GetReport {
  readonly version: ModelVersion
  /** Absolute. */
  readonly destination: string
  /** Relative to the destination. */
  readonly written: readonly ArtifactPath[]
  readonly unchanged: readonly ArtifactPath[]
  /** Of what was asked for. */
  readonly sizeBytes: number
  readonly tensor: Tensor | undefined
}

const REMOTE = 'origin'
const NAME_BYTES = 6
const PARTS_AT_ONCE = 4

/**
 * Gets files of a version that `address` names as `URL#model@alias`. All files or none, each verified.
 *
 * @throws `usage-invalid` without a revision, `remote-url-invalid`, `remote-unreachable`, `branch-not-found`,
 * `file-not-found` for a file or tensor the version has not, `digest-mismatch`, what `resolveVersion` and `placeFiles`
 * refuse
 */
export async function getVersion(options: OpenOptions, address: string, choice: GetOptions): Promise<GetReport> {
  const at = address.lastIndexOf('#')
  if (at < 1) throw refuse('usage-invalid', { problem: 'name a version as URL#model@version' })
  const url = parseRemoteUrl(address.slice(0, at))
  const revision = address.slice(at + 1)
  const files = options.files ?? nodeFiles
  const name = `.mlv-get-${Buffer.from(options.entropy.randomBytes(NAME_BYTES)).toString('hex')}`
  // Beside what it becomes: a folder for temporary files may be in memory.
  const folder = join(options.folder, name)
  try {
    await startRepository(options, folder, url.kind === 'folder' ? resolve(options.folder, url.text) : url.text)
    const repository = await openRepository({ ...options, folder })
    try {
      await fetchRecords(repository, revision, choice).catch((caught: unknown) => {
        // The remote of the folder that is removed again has a name that nobody gave.
        if (!isFailure(caught, 'remote-unreachable')) throw caught
        throw refuse('remote-unreachable', { ...caught.detail.data, url: withoutCredentials(url.text) }, caught)
      })
      return await getFrom(repository, revision, { ...choice, to: resolve(options.folder, choice.to ?? '.') })
    } finally {
      await repository.close()
    }
  } finally {
    await removeTree(files, folder)
  }
}

async function startRepository(options: OpenOptions, folder: string, url: string): Promise<void> {
  const git = await findGit(options.files ?? nodeFiles, options)
  if (git === undefined) throw refuse('git-missing', { purpose: 'get a version' })
  const run = async (args: readonly string[]): Promise<void> => {
    const result = await runGit(git, args)
    if (result.exitCode !== 0) throw gitFailure('init', result, '.')
  }
  await run(['init', '--quiet', '--bare', '--', folder])
  await run([`--git-dir=${folder}`, 'config', `remote.${REMOTE}.url`, url])
}

/** The past is fetched only for a revision that counts back. A server that knows no filters sends the records whole. */
async function fetchRecords(repository: Repository, revision: string, { onProgress }: GetOptions): Promise<void> {
  const share = onProgress === undefined ? {} : { onProgress }
  const remote = await openRemote(repository, { ...share, remote: REMOTE })
  const depth = revision.includes('~') ? [] : ['--depth=1']
  await fetchRefs(remote, branchRefspecs(REMOTE, [REGISTRY_REF]), ['--filter=blob:none', ...depth])
}

type Placed = GetOptions & { readonly to: string }

async function getFrom(repository: Repository, revision: string, choice: Placed): Promise<GetReport> {
  const snapshot = await openSnapshot(repository.context.engine)
  const version = await resolveVersion(snapshot, revision)
  const all = await readVersionFiles(snapshot, version.model, version.number)
  requireContent(version, all)
  const files = chosenFiles(all, choice.files, revision)
  const { settings } = snapshot
  if (choice.tensor !== undefined) {
    const { file, tensor } = findTensor(files, choice.tensor, revision)
    const planned = await withSharedStore(repository, settings, REMOTE, (transfer) => {
      return bringTensor(repository, snapshot, transfer, { file, tensor })
    })
    return place(repository, snapshot, { choice, version, plan: [planned], tensor })
  }
  // Of a pack, a few files are read alone.
  const alone = choice.files.length === 0 ? [] : files.filter(({ storage }) => storage.kind === 'packed')
  const others = files.filter((file) => !alone.includes(file))
  await bringArtifacts(repository, settings, others, bringing(choice))
  const parts = await bringAlone(repository, settings, alone)
  const plan = [...others, ...parts].map((file) => plannedFile(snapshot, version, file))
  return place(repository, snapshot, { choice, version, plan, tensor: undefined })
}

/** Brings single files of packs, each as an object of its own. */
async function bringAlone(
  repository: Repository,
  settings: BranchSettings,
  files: readonly ArtifactFile[],
): Promise<readonly ArtifactFile[]> {
  if (files.length === 0) return []
  return withSharedStore(repository, settings, REMOTE, async (transfer) => {
    const store = repository.artifacts(settings.store)
    return mapAtOnce(files, PARTS_AT_ONCE, async (file): Promise<ArtifactFile> => {
      await bringPart(store, transfer, file)
      return { ...file, storage: { kind: 'pointer' } }
    })
  })
}

function bringing({ onProgress }: GetOptions): { readonly remote: string; readonly onProgress: OnTransferProgress } {
  return { remote: REMOTE, onProgress: (progress) => onProgress?.({ kind: 'artifacts', progress }) }
}

function chosenFiles(
  all: readonly ArtifactFile[],
  wanted: readonly string[],
  revision: string,
): readonly ArtifactFile[] {
  if (wanted.length === 0) return all
  return wanted.map((path) => {
    const file = all.find((candidate) => candidate.path === path)
    if (file === undefined) throw refuse('file-not-found', { file: path, wanted: `a file of ${revision}` })
    return file
  })
}

function findTensor(
  files: readonly ArtifactFile[],
  name: string,
  revision: string,
): { readonly file: ArtifactFile; readonly tensor: Tensor } {
  const found = files.flatMap((file) => {
    const tensor = file.tensors?.find((candidate) => candidate.name === name)
    return tensor === undefined ? [] : [{ file, tensor }]
  })
  const [first, second] = found
  if (first === undefined) throw refuse('file-not-found', { file: name, wanted: `a tensor of ${revision}` })
  if (second === undefined) return first
  const paths = found.map(({ file }) => file.path).join(', ')
  throw refuse('usage-invalid', {
    problem: `several files have the tensor ${name}; choose with --file one of ${paths}`,
  })
}

interface Wanted {
  readonly file: ArtifactFile
  readonly tensor: Tensor
}

/** Reads the header, then the tensor alone, and keeps it as a file of its own once its digest is right. */
async function bringTensor(
  repository: Repository,
  snapshot: BranchSnapshot,
  transfer: ArtifactTransfer,
  { file, tensor }: Wanted,
): Promise<PlannedFile> {
  const store = repository.artifacts(snapshot.settings.store)
  const path = parseArtifactPath(`${tensor.name.replace(/[^A-Za-z0-9._-]/g, '_')}.safetensors`)
  if (file.storage.kind === 'inline') throw refuse('usage-invalid', { problem: `${file.path} is small: get it whole` })
  const read = partReader(transfer, file)
  const headerAt = await read(LENGTH_RANGE, async (chunks) => headerRange(file, await collect(chunks)))
  const range = await read(headerAt, async (chunks) => tensorRange(file, tensor, await collect(chunks)))
  const sizeBytes = range.end - range.start
  const keep = (chunks: AsyncIterable<Uint8Array>) => store.addStream(tensorFile(tensor, sizeBytes, chunks))
  const added = await read(range, keep)
  return { path, sha256: added.sha256, sizeBytes: added.sizeBytes, source: { kind: 'store' } }
}

function plannedFile(snapshot: BranchSnapshot, version: ModelVersion, file: ArtifactFile): PlannedFile {
  // Parsed again: a branch may have been written by something else than mlv.
  const path = parseArtifactPath(file.path)
  const { sha256, sizeBytes } = file
  const at = treePath(versionFolder(version.model, version.number), `files/${path}`)
  const read = async (): Promise<Uint8Array> => {
    const bytes = await readPath(snapshot.engine, snapshot.tips.records, at)
    if (bytes === undefined) throw refuse('object-missing', { what: 'file', id: at })
    return bytes
  }
  return { path, sha256, sizeBytes, source: sourceOf(file, read) }
}

interface Placing {
  readonly choice: Placed
  readonly version: ModelVersion
  readonly plan: readonly PlannedFile[]
  readonly tensor: Tensor | undefined
}

async function place(
  repository: Repository,
  snapshot: BranchSnapshot,
  { choice, version, plan, tensor }: Placing,
): Promise<GetReport> {
  const { entropy, files } = repository
  const store = repository.artifacts(snapshot.settings.store)
  const how = { force: choice.force, entropy, known: new Set<string>() }
  const { written, unchanged } = await placeFiles(store, files, plan, choice.to, how)
  const sizeBytes = plan.reduce((sum, file) => sum + file.sizeBytes, 0)
  return { version, destination: choice.to, written, unchanged, sizeBytes, tensor }
}
