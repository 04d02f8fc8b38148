/**
 * `mlv bundle`: the branch with all its history, and artifacts, in one file for a machine that no network reaches.
 */
import { join, resolve } from 'node:path'
import type { Sha256 } from '../../base/digest.ts'
import { objectsOf } from '../../domain/artifact.ts'
import type { ArtifactFile } from '../../domain/artifact.ts'
import { Failure, refuse } from '../../domain/failure.ts'
import type { Oid } from '../../domain/oid.ts'
import type { RefName } from '../../domain/ref-name.ts'
import { readBundleManifest } from '../../remote/bundle/read-bundle.ts'
import { bundleHistory } from '../../remote/bundle/history-bundle.ts'
import { writeBundle } from '../../remote/bundle/write-bundle.ts'
import type { BundledFile } from '../../remote/bundle/write-bundle.ts'
import { countBeyond } from '../../remote/git-history.ts'
import type { GitRemote } from '../../remote/git-transport.ts'
import { removeTree } from '../../store/artifacts/remove-tree.ts'
import { temporaryFolder } from '../../store/artifacts/object-layout.ts'
import { SNAPSHOT_PREFIX } from '../../store/artifacts/temporary-file.ts'
import { changedUnits } from '../../store/branch/changed-units.ts'
import { readVersionFiles } from '../../store/branch/read-models.ts'
import { readRunFiles } from '../../store/branch/read-runs.ts'
import { findBranch, snapshotOf } from '../../store/branch/snapshot.ts'
import type { BranchState } from '../../store/branch/snapshot.ts'
import { CODE_REF } from '../../store/branch/transaction.ts'
import { decodeFiles } from '../../store/documents/files-manifest.ts'
import { bringArtifacts } from '../artifacts/bring-artifacts.ts'
import type { BringOptions } from '../artifacts/bring-artifacts.ts'
import { BUNDLES, codeForBundle } from './bundle-code.ts'
import type { BundledCode } from './bundle-code.ts'
import { resolveRevision } from '../revisions/resolve-revision.ts'
import { requireGit } from '../repository/repository.ts'
import type { Repository } from '../repository/repository.ts'
import type { ShareProgress } from '../repository/share-state.ts'

/** Whose artifacts go along when no revision is named: those of versions, those of all runs too, or none. */
export type BundledArtifacts = 'models' | 'all' | 'none'

/** What goes into a bundle. */
export interface BundleOptions {
  /** Runs and versions whose artifacts go along; with any, those of no other do unless `artifacts` says so. */
  readonly revisions: readonly string[]
  readonly artifacts?: BundledArtifacts
  /** Bundles and commits that the other side has. */
  readonly since: readonly string[]
  readonly bringsCode: boolean
  /** Replaces a file that is there. */
  readonly force: boolean
  readonly onProgress?: (progress: ShareProgress) => void
}

/** What went into a bundle. */
export interface BundleReport {
  /** Absolute. */
  readonly file: string
  readonly sizeBytes: number
  /** Where each ref stands in it, and the commits of it that the other side lacks. */
  readonly refs: readonly { readonly ref: RefName; readonly commit: Oid; readonly operations: number }[]
  readonly prerequisites: readonly Oid[]
  readonly artifacts: {
    readonly count: number
    readonly sizeBytes: number
    /** Chosen, and neither here nor in a store that answers. */
    readonly absent: number
  }
  /** Commits of code that no bundle took along before. */
  readonly code: number
}

const NAME_BYTES = 6

/**
 * Writes a bundle: whole, or no file.
 *
 * @throws `branch-not-found`, `destination-changed` for a file that is there, `file-not-found` for a `since` that is
 * neither a bundle nor a commit, `bundle-incomplete` for one that was not taken in here, `object-missing` for artifacts
 * of a named revision, `object-damaged`, what `resolveRevision` refuses, `git-missing`, the disk's refusals
 */
export async function bundleBranch(
  repository: Repository,
  target: string,
  options: BundleOptions,
): Promise<BundleReport> {
  const { files, entropy, commonDir } = repository
  const git = requireGit(repository, 'bundle the branch')
  const file = resolve(repository.folder, target)
  await refuseOccupied(repository, file, options.force)
  const branch = await findBranch(repository.context.engine)
  const since = await sinceCommits(repository, options.since)
  const chosen = await chosenFiles(repository, branch, since, options)
  const { objects, absent } = await wholeObjects(repository, branch, chosen, options)
  const { place, variables } = repository
  const remote: GitRemote = { git, place, variables, name: BUNDLES, onProgress: ignore }
  const code = options.bringsCode ? await codeForBundle(repository, remote) : { tip: undefined, added: 0 }
  const refs = refsOf(branch, code)
  const name = `${SNAPSHOT_PREFIX}bundle-${Buffer.from(entropy.randomBytes(NAME_BYTES)).toString('hex')}`
  const folder = join(temporaryFolder(commonDir), name)
  try {
    await files.makeFolder(folder)
    const history = await bundleHistory({ git, place, files, folder }, refs, since)
    const content = { refs, prerequisites: since, history, objects }
    const sizeBytes = await writeBundle(writingOf(repository, objects, options), file, content)
    const told = { refs: await countedRefs(remote, refs, since), prerequisites: since, code: code.added }
    const artifacts = { count: objects.length, sizeBytes: totalOf(objects), absent }
    return { file, sizeBytes, ...told, artifacts }
  } finally {
    await removeTree(files, folder)
  }
}

async function refuseOccupied({ files }: Repository, file: string, force: boolean): Promise<void> {
  const found = await files.lstat(file)
  if (found === undefined || (force && found.kind === 'file')) return
  if (found.kind === 'file') throw refuse('destination-changed', { paths: [file] })
  throw refuse('destination-occupied', { path: file, found: `a ${found.kind}` })
}

/** The commits the other side has: where the refs of a bundle stood, or a commit itself. Sorted, each once. */
async function sinceCommits(repository: Repository, since: readonly string[]): Promise<readonly Oid[]> {
  const { files, folder, context } = repository
  const commits = new Set<Oid>()
  for (const text of since) {
    const path = resolve(folder, text)
    if ((await files.stat(path))?.kind === 'file') {
      for (const oid of await commitsOfBundle(repository, path)) commits.add(oid)
      continue
    }
    const commit = text.startsWith('-') ? undefined : await context.engine.resolveCommit(text)
    if (commit === undefined) throw refuse('file-not-found', { file: text, wanted: 'bundle or commit' })
    commits.add(commit)
  }
  return [...commits].sort()
}

async function commitsOfBundle({ files, context }: Repository, path: string): Promise<readonly Oid[]> {
  const commits = [...(await readBundleManifest(files, path)).refs.values()]
  const missing: Oid[] = []
  for (const oid of commits) if ((await context.engine.resolveCommit(oid)) === undefined) missing.push(oid)
  if (missing.length > 0) throw refuse('bundle-incomplete', { file: path, missing })
  return commits
}

/** Files whose artifacts go along; those of revisions that were named must be had. */
interface ChosenFiles {
  readonly named: readonly ArtifactFile[]
  readonly others: readonly ArtifactFile[]
}

async function chosenFiles(
  repository: Repository,
  branch: BranchState,
  since: readonly Oid[],
  { revisions, artifacts }: BundleOptions,
): Promise<ChosenFiles> {
  const snapshot = snapshotOf(repository.context.engine, branch)
  const named: ArtifactFile[] = []
  for (const revision of revisions) {
    const found = await resolveRevision(snapshot, revision)
    const files =
      found.kind === 'run'
        ? await readRunFiles(snapshot, found.run.id)
        : await readVersionFiles(snapshot, found.version.model, found.version.number)
    named.push(...files)
  }
  const scope = artifacts ?? (revisions.length > 0 ? 'none' : 'models')
  return { named, others: scope === 'none' ? [] : await filesSince(repository, branch, since, scope) }
}

/** Files of versions, or of runs too, that the other side has no record of. */
async function filesSince(
  { context: { engine } }: Repository,
  { areas }: BranchState,
  since: readonly Oid[],
  scope: 'models' | 'all',
): Promise<readonly ArtifactFile[]> {
  const { tip } = areas.records
  const before = await newestOf(engine, since, tip)
  const files: ArtifactFile[] = []
  for (const { unit, path, after } of await changedUnits(engine, before, tip)) {
    const isWanted = unit.kind === 'version' || (scope === 'all' && unit.kind === 'run')
    if (!isWanted || after === undefined) continue
    const entry = (await engine.readTree(after.oid)).find(({ name }) => name === 'files.yaml')
    if (entry !== undefined) files.push(...decodeFiles(await engine.readBlob(entry.oid), `${path}/files.yaml`))
  }
  return files
}

/** Of commits, the ancestor of a tip that has no other as its descendant. */
async function newestOf(
  engine: Repository['context']['engine'],
  commits: readonly Oid[],
  tip: Oid,
): Promise<Oid | undefined> {
  let newest: Oid | undefined
  for (const commit of commits) {
    if (!(await engine.isAncestor(commit, tip))) continue
    if (newest === undefined || (await engine.isAncestor(newest, commit))) newest = commit
  }
  return newest
}

interface WholeObjects {
  readonly objects: readonly BundledFile[]
  readonly absent: number
}

/** Brings what is not here, from a cache or a store where one answers, and tells what is whole by its bytes later. */
async function wholeObjects(
  repository: Repository,
  { settings }: BranchState,
  { named, others }: ChosenFiles,
  { onProgress }: BundleOptions,
): Promise<WholeObjects> {
  const store = repository.artifacts(settings.store)
  const watch: BringOptions = { onProgress: (progress) => onProgress?.({ kind: 'artifacts', progress }) }
  await bringArtifacts(repository, settings, [...named, ...others], watch).catch((caught: unknown) => {
    // Without a network what is here goes along, and the rest is told.
    if (!(caught instanceof Failure)) throw caught
  })
  const objects = new Map<Sha256, BundledFile>()
  const absent = new Set<Sha256>()
  const add = async (files: readonly ArtifactFile[], onAbsent: (sha256: Sha256) => void): Promise<void> => {
    for (const { sha256, sizeBytes } of objectsOf(files)) {
      if (objects.has(sha256)) continue
      if (await store.has(sha256)) objects.set(sha256, { path: store.path(sha256), sha256, sizeBytes })
      else onAbsent(sha256)
    }
  }
  await add(named, (sha256) => {
    throw refuse('object-missing', { what: 'artifact', id: sha256 })
  })
  await add(others, (sha256) => absent.add(sha256))
  return { objects: [...objects.values()], absent: absent.size }
}

/** Records before registry, as they are pushed; the code of runs last. */
function refsOf({ areas }: BranchState, { tip }: BundledCode): ReadonlyMap<RefName, Oid> {
  const refs = new Map([areas.records, areas.registry].map((area) => [area.ref, area.tip]))
  return tip === undefined ? refs : refs.set(CODE_REF, tip)
}

async function countedRefs(
  remote: GitRemote,
  refs: ReadonlyMap<RefName, Oid>,
  since: readonly Oid[],
): Promise<BundleReport['refs']> {
  const counted = [...refs].map(async ([ref, commit]) => {
    return { ref, commit, operations: await countBeyond(remote, commit, since) }
  })
  return Promise.all(counted)
}

function writingOf({ files, entropy }: Repository, objects: readonly BundledFile[], { onProgress }: BundleOptions) {
  const totals = { totalObjects: objects.length, totalBytes: totalOf(objects) }
  let [doneObjects, doneBytes] = [0, 0]
  const tell = (): void => onProgress?.({ kind: 'artifacts', progress: { doneObjects, doneBytes, ...totals } })
  const onBytes = (bytes: number): void => {
    doneBytes += bytes
    tell()
  }
  const onObject = (): void => {
    doneObjects += 1
    tell()
  }
  return { files, entropy, onBytes, onObject }
}

function totalOf(objects: readonly BundledFile[]): number {
  return objects.reduce((sum, { sizeBytes }) => sum + sizeBytes, 0)
}

function ignore(): void {
  // Git's own steps are quick here.
}
