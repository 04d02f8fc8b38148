/**
 * Brings artifacts that this clone lacks from where they are shared: what checkout, fsck and pull ask for.
 */
import { objectsOf } from '../../domain/artifact.ts'
import type { ArtifactFile } from '../../domain/artifact.ts'
import type { ArtifactTransfer, OnTransferProgress, TransferObject } from '../../remote/artifact-transfer.ts'
import type { ArtifactStore } from '../../store/artifacts/artifact-store.ts'
import type { OpenTransfer } from '../../remote/open-transfer.ts'
import { openSharedStore, withSharedStore } from '../repository/artifact-store-access.ts'
import { takeFromLfs, takeFromTrash } from './heal-object.ts'
import type { BranchSettings } from '../../domain/branch.ts'
import type { Repository } from '../repository/repository.ts'

/** How artifacts are brought. */
export interface BringOptions {
  /** A remote of git's configuration; the usual one when absent. */
  readonly remote?: string
  readonly onProgress?: OnTransferProgress
  /** Stands for the store of the branch. */
  readonly transfer?: ArtifactTransfer
}

/** What was brought. */
export interface BroughtArtifacts {
  readonly moved: readonly TransferObject[]
  /** Objects that no store has. */
  readonly absent: readonly TransferObject[]
}

const NOTHING: BroughtArtifacts = { moved: [], absent: [] }

/**
 * Brings those of the files that this clone lacks, each verified before it is there; what Git LFS fetched is taken
 * first. A clone that lacks nothing asks nobody.
 *
 * @throws `digest-mismatch`, `remote-unreachable`, `remote-refused`, what opening the store refuses
 */
export async function bringArtifacts(
  repository: Repository,
  settings: BranchSettings,
  files: readonly ArtifactFile[],
  options: BringOptions = {},
): Promise<BroughtArtifacts> {
  const store = repository.artifacts(settings.store)
  await takeFromLfs(repository, store, files)
  const missing = await missingObjects(store, files)
  const isBack = missing.length > 0 && (await takeFromTrash(repository, missing))
  const wanted = isBack ? await missingObjects(store, files) : missing
  return wanted.length === 0 ? NOTHING : bringObjects(repository, settings, wanted, options)
}

/** Brings objects whether or not this clone has something of their name. @throws as `bringArtifacts` */
export async function bringObjects(
  repository: Repository,
  settings: BranchSettings,
  objects: readonly TransferObject[],
  { remote, onProgress = ignore, transfer }: BringOptions = {},
): Promise<BroughtArtifacts> {
  if (transfer !== undefined) return transfer.download(objects, onProgress)
  const { taken, missing } = await takeFromCache(repository.artifacts(settings.store), objects)
  // What the cache has needs no network, nor anything else of the store.
  if (missing.length === 0) return { moved: taken, absent: [] }
  const report = await withSharedStore(repository, settings, remote, (shared) => shared.download(missing, onProgress))
  return { moved: [...taken, ...report.moved], absent: report.absent }
}

/** Takes what this machine's cache has. */
async function takeFromCache(
  store: ArtifactStore,
  objects: readonly TransferObject[],
): Promise<{ readonly taken: readonly TransferObject[]; readonly missing: readonly TransferObject[] }> {
  const taken: TransferObject[] = []
  const missing: TransferObject[] = []
  for (const object of objects) ((await store.takeCached(object)) ? taken : missing).push(object)
  return { taken, missing }
}

/** Brings objects over one way to the store, opened when first needed. */
export interface BringOnce {
  /** @throws as `bringArtifacts` */
  readonly objects: (objects: readonly TransferObject[]) => Promise<BroughtArtifacts>
  readonly close: () => Promise<void>
}

/** Makes a way that many questions share. */
export function bringingOnce(repository: Repository, settings: BranchSettings): BringOnce {
  let opened: Promise<OpenTransfer> | undefined
  return {
    objects: async (objects) => {
      const { taken, missing } = await takeFromCache(repository.artifacts(settings.store), objects)
      if (missing.length === 0) return { moved: taken, absent: [] }
      opened ??= openSharedStore(repository, settings)
      const report = await (await opened).transfer.download(missing, ignore)
      return { moved: [...taken, ...report.moved], absent: report.absent }
    },
    close: async () => {
      // One that could not be opened was told to whoever asked.
      const open = await opened?.catch(() => undefined)
      await open?.close()
    },
  }
}

/** Objects that files need and that are not here, each once. */
export async function missingObjects(
  store: ArtifactStore,
  files: readonly ArtifactFile[],
): Promise<readonly TransferObject[]> {
  const missing: TransferObject[] = []
  for (const object of objectsOf(files)) if (!(await store.has(object.sha256))) missing.push(object)
  return missing
}

function ignore(): void {
  // Nobody watches.
}
