/**
 * Finds another copy of an artifact the store lacks on this machine, and takes it into the store.
 */
import { join } from 'node:path'
import type { Sha256 } from '../base/digest.ts'
import { parseArtifactPath } from '../domain/artifact-path.ts'
import type { ArtifactFile } from '../domain/artifact.ts'
import { Failure } from '../domain/failure.ts'
import type { ArtifactStore } from '../store/artifacts/artifact-store.ts'
import { listTrash, restoreFromTrash } from '../store/artifacts/trash.ts'
import { lfsObjectPath } from '../store/artifacts/object-layout.ts'
import type { Repository } from './repository.ts'

/**
 * Restores an artifact from Git LFS's own store or from the worktree, whichever holds the recorded bytes.
 *
 * @returns where the copy was found, or `undefined` when there is none.
 */
export async function healObject(
  repository: Repository,
  store: ArtifactStore,
  file: ArtifactFile,
): Promise<string | undefined> {
  const isBack = await takeFromTrash(repository, [file])
  if (isBack && (await store.verify(file.sha256, file.sizeBytes, { rehash: true })) === 'ok') return 'the trash'
  const fromLfs = await takeCopy(repository, store, file, lfsObjectPath(repository.commonDir, file.sha256))
  if (fromLfs !== undefined || repository.worktree === undefined) return fromLfs
  const path = join(repository.worktree, parseArtifactPath(file.path))
  return (await holds(repository, store, file, path)) ? takeCopy(repository, store, file, path) : undefined
}

/** Looks before it takes: a file of the worktree that merely has the size is no artifact. */
async function holds(repository: Repository, store: ArtifactStore, file: ArtifactFile, path: string): Promise<boolean> {
  const stat = await repository.files.lstat(path)
  if (stat?.kind !== 'file' || stat.sizeBytes !== file.sizeBytes) return false
  return (await store.digestFile(path)).sha256 === file.sha256
}

/** Puts back what `mlv gc` set aside and a record names after all. Tells whether there was any. */
export async function takeFromTrash(
  repository: Repository,
  wanted: readonly { readonly sha256: Sha256 }[],
): Promise<boolean> {
  const { files, commonDir } = repository
  const names = new Set(wanted.map(({ sha256 }) => sha256))
  const found = (await listTrash(files, commonDir)).filter(({ sha256 }) => names.has(sha256))
  if (found.length > 0) await restoreFromTrash(files, commonDir, found)
  return found.length > 0
}

/** Takes what `git lfs fetch` brought into the store; does nothing for files that are there or that LFS lacks too. */
export async function takeFromLfs(
  repository: Repository,
  store: ArtifactStore,
  files: readonly ArtifactFile[],
): Promise<void> {
  for (const file of files) {
    if (file.storage === 'inline' || (await store.has(file.sha256))) continue
    await takeCopy(repository, store, file, lfsObjectPath(repository.commonDir, file.sha256))
  }
}

async function takeCopy(
  repository: Repository,
  store: ArtifactStore,
  file: ArtifactFile,
  path: string,
): Promise<string | undefined> {
  const stat = await repository.files.lstat(path)
  if (stat?.kind !== 'file' || stat.sizeBytes !== file.sizeBytes) return undefined
  try {
    const added = await store.addFile(path)
    return added.sha256 === file.sha256 ? path : undefined
  } catch (caught) {
    if (!(caught instanceof Failure)) throw caught
    return undefined
  }
}
