/**
 * `mlv checkout`: puts the files of a version where they were recorded, or into a folder of one's choice.
 */
import { resolve } from 'node:path'
import { baseName, joinArtifactPath, parseArtifactPath, parseArtifactPaths } from '../../domain/artifact-path.ts'
import type { ArtifactPath } from '../../domain/artifact-path.ts'
import type { ArtifactFile } from '../../domain/artifact.ts'
import { refuse } from '../../domain/failure.ts'
import type { ModelVersion } from '../../domain/model-version.ts'
import type { RunId, SealedRun } from '../../domain/run.ts'
import { treePath, versionFolder } from '../../domain/tree-path.ts'
import { placeFiles } from '../../store/artifacts/checkout-files.ts'
import { sourceOf } from '../../store/artifacts/checkout-plan.ts'
import type { PlannedFile } from '../../store/artifacts/checkout-plan.ts'
import { listVersionNumbers, readVersionFiles } from '../../store/branch/read-models.ts'
import { readRunFiles } from '../../store/branch/read-runs.ts'
import { openSnapshot, readPath } from '../../store/branch/snapshot.ts'
import type { BranchSnapshot } from '../../store/branch/snapshot.ts'
import { bringArtifacts } from '../artifacts/bring-artifacts.ts'
import type { BringOptions } from '../artifacts/bring-artifacts.ts'
import { requireContent } from '../artifacts/check-content.ts'
import { checkoutCode, checkoutWorktree, discardWorktree } from './checkout-worktree.ts'
import type { CodeWorktree } from './checkout-worktree.ts'
import { resolveRevision, versionOf } from '../revisions/resolve-revision.ts'
import type { Repository } from '../repository/repository.ts'

/** Where to, and how boldly. */
export interface CheckoutOptions {
  /** Puts the model's files straight into this folder instead of at their recorded paths. */
  readonly to?: string
  /** Overwrites files with local changes. */
  readonly force: boolean
  /** Adds the code of the version or run as a git worktree at this folder, with the model's files in place. */
  readonly worktree?: string
  readonly at?: string
  /** Called while files that this clone lacks are brought. */
  readonly onProgress?: BringOptions['onProgress']
}

/** What was put where. */
export interface CheckoutReport {
  /** Absent when a run was checked out, which has code alone. */
  readonly version: ModelVersion | undefined
  /** The run whose code or files these are. */
  readonly run: RunId
  /** Absolute. */
  readonly destination: string
  /** Relative to the destination. */
  readonly written: readonly ArtifactPath[]
  /** Files that held these bytes already. */
  readonly unchanged: readonly ArtifactPath[]
  readonly sizeBytes: number
  readonly worktree: CodeWorktree | undefined
}

/**
 * Checks a version out. All files or none: each is verified against its digest before any takes its place.
 *
 * @throws `object-missing`, `digest-mismatch`, `destination-changed`, `destination-symlink`, `destination-occupied`,
 * what `resolveRevision` refuses
 */
export async function checkoutVersion(
  repository: Repository,
  revision: string,
  options: CheckoutOptions,
): Promise<CheckoutReport> {
  const snapshot = await openSnapshot(repository.context.engine, options.at)
  const resolved = await resolveRevision(snapshot, revision)
  if (resolved.kind === 'run' && options.worktree !== undefined) {
    return codeAlone(resolved.run, await checkoutWorktree(repository, { run: resolved.run, folder: options.worktree }))
  }
  const version = versionOf(resolved, revision)
  const files = await readVersionFiles(snapshot, version.model, version.number)
  // A hostile list is told as what it is, before it is told as another than the registered one.
  parseArtifactPaths(files.map(({ path }) => path))
  requireContent(version, files)
  const store = repository.artifacts(snapshot.settings.store)
  await bringArtifacts(repository, snapshot.settings, files, bringing(options))
  const isFile = await isSingleFile(snapshot, version, files)
  const plan = planOf(snapshot, version, files, { isFlat: options.to !== undefined, isFile })
  const known = options.force ? new Set<string>() : await recordedDigests(snapshot, version)
  const worktree = await addWorktree(repository, version, options)
  const destination = destinationOf(repository, options)
  // What git just put into a worktree of our own has no local changes to lose.
  const force = options.force || (worktree !== undefined && destination === worktree.folder)
  const place = { force, entropy: repository.entropy, known }
  const placing = placeFiles(store, repository.files, plan, destination, place)
  const { written, unchanged } = await placing.catch(async (refused: unknown) => {
    if (worktree !== undefined) await discardWorktree(repository, worktree.folder)
    throw refused
  })
  const { sizeBytes } = version.files
  return { version, run: version.run, destination, written, unchanged, sizeBytes, worktree }
}

function bringing({ onProgress }: CheckoutOptions): BringOptions {
  return onProgress === undefined ? {} : { onProgress }
}

function codeAlone(run: SealedRun, worktree: CodeWorktree): CheckoutReport {
  const { folder } = worktree
  return { version: undefined, run: run.id, destination: folder, written: [], unchanged: [], sizeBytes: 0, worktree }
}

async function addWorktree(
  repository: Repository,
  version: ModelVersion,
  options: CheckoutOptions,
): Promise<CodeWorktree | undefined> {
  if (options.worktree === undefined) return undefined
  const label = `${version.model}@v${version.number}`
  return checkoutCode(repository, { code: version.code, label, folder: options.worktree })
}

function destinationOf(repository: Repository, options: CheckoutOptions): string {
  if (options.to !== undefined) {
    return resolve(
      options.worktree === undefined ? repository.folder : resolve(repository.folder, options.worktree),
      options.to,
    )
  }
  if (options.worktree !== undefined) return resolve(repository.folder, options.worktree)
  if (repository.worktree !== undefined) return repository.worktree
  throw refuse('usage-invalid', { problem: 'this repository has no worktree; name a folder with --to DIR' })
}

/** A folder may hold one file of its own name, so where the names are alike the run's files decide. */
async function isSingleFile(
  snapshot: BranchSnapshot,
  version: ModelVersion,
  files: readonly ArtifactFile[],
): Promise<boolean> {
  const [only, second] = files
  if (only === undefined || second !== undefined || baseName(version.path) !== only.path) return false
  return (await readRunFiles(snapshot, version.run)).some((file) => file.path === version.path)
}

function planOf(
  snapshot: BranchSnapshot,
  version: ModelVersion,
  files: readonly ArtifactFile[],
  { isFlat, isFile }: { readonly isFlat: boolean; readonly isFile: boolean },
): readonly PlannedFile[] {
  const folder = treePath(versionFolder(version.model, version.number), 'files')
  return files.map((file) => {
    // Parsed again: a branch may have been written by something else than mlv.
    const below = parseArtifactPath(file.path)
    const recorded = isFile ? version.path : joinArtifactPath(version.path, below)
    const read = (): Promise<Uint8Array> => readInline(snapshot, treePath(folder, below))
    return {
      path: isFlat ? below : recorded,
      sha256: file.sha256,
      sizeBytes: file.sizeBytes,
      source: sourceOf(file, read),
    }
  })
}

async function readInline(snapshot: BranchSnapshot, path: ReturnType<typeof treePath>): Promise<Uint8Array> {
  const bytes = await readPath(snapshot.engine, snapshot.tips.records, path)
  if (bytes === undefined) throw refuse('object-missing', { what: 'file', id: path })
  return bytes
}

/** Files that hold bytes of any version of the model can be had back, so overwriting them loses nothing. */
async function recordedDigests(snapshot: BranchSnapshot, version: ModelVersion): Promise<ReadonlySet<string>> {
  const digests = new Set<string>()
  for (const number of await listVersionNumbers(snapshot, version.model)) {
    for (const file of await readVersionFiles(snapshot, version.model, number)) digests.add(file.sha256)
  }
  return digests
}
